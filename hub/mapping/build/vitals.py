"""Vital signs as Observations. https://www.hl7.org/fhir/R4/observation-vitalsigns.html"""

from decimal import Decimal
from typing import Any

from hub.fhir import systems
from hub.mapping.build.elements import concept, quantity
from hub.mapping.build.visit import Visit
from hub.mapping.values.vitals import VITALS


def vital_sign(visit: Visit, kind: str, value: Decimal) -> dict[str, Any]:
    """One vital sign; `kind` is a key of `VITALS`, `value` is in its UCUM unit."""
    known = VITALS[kind]
    found = _observation(visit, known.loinc, known.loinc, known.display)
    found["valueQuantity"] = quantity(value, known.unit, known.ucum)
    return found


def blood_pressure_panel(visit: Visit, systolic: Decimal, diastolic: Decimal) -> dict[str, Any]:
    """A blood pressure: the panel 85354-9 with its two components, in mmHg."""
    found = _observation(visit, "85354-9", "85354-9", "Blood pressure panel with all children optional")
    found["component"] = [
        {
            "code": concept(systems.LOINC, VITALS[kind].loinc, VITALS[kind].display),
            "valueQuantity": quantity(value, "mmHg", "mm[Hg]"),
        }
        for kind, value in (("systolic", systolic), ("diastolic", diastolic))
    ]
    return found


def _observation(visit: Visit, part: str, loinc: str, display: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resourceType": "Observation",
        "identifier": visit.identifier("observasi", part),
        "status": "final",
        "category": [concept(systems.OBSERVATION_CATEGORY, "vital-signs", "Vital Signs")],
        "code": concept(systems.LOINC, loinc, display),
        "subject": visit.subject(),
        **visit.encounter(),
        "effectiveDateTime": visit.start,
    }
    if performer := visit.performer():
        found["performer"] = [performer]
    return found
