"""Three facilities, a patient known at two of them, and members of staff at their counters."""

from collections.abc import Callable

import pytest

from hub.admission.links import patient_principal
from hub.fhir.systems import ICD10
from hub.model import Principal
from hub.parts import Hub
from hub.pipeline import create
from tests.steward.conftest import (
    CLINICS,
    NIK_SITI,
    client,
    clock,
    compartment,
    hub,
    known_at,
)

__all__ = ["clock", "hub", "known_at"]
A, B, C = CLINICS


def staff(facility: str, name: str = "ners.ani") -> Principal:
    """A member of a facility's staff, signed in under their own name."""
    return Principal("clinician", name, "TREAT", facility=facility, person=name, scopes=("user/*.crus",))


@pytest.fixture
def siti(hub: Hub, known_at: Callable[..., str]) -> Principal:
    """A patient with an ordinary diagnosis at A and a sensitive one at B."""
    ids = {A: known_at(A, "RM-1", nik=NIK_SITI), B: known_at(B, "RM-2", nik=NIK_SITI)}
    for facility, code in ((A, "J06.9"), (B, "B20")):
        create(
            hub,
            client(facility),
            {
                "resourceType": "Condition",
                "code": {"coding": [{"system": ICD10, "code": code}]},
                "subject": {"reference": f"Patient/{ids[facility]}"},
                "recordedDate": "2026-11-02",
            },
        )
    return patient_principal(hub, compartment(hub, ids[A]))
