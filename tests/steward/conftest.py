"""A whole hub on each database with three facilities that know people by FHIR, and a steward."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.bootstrap import build, close
from hub.config import read_config
from hub.fhir.systems import BPJS, NIK, SID
from hub.model import Facility, Principal
from hub.parts import Hub
from hub.pipeline import create, update
from hub.upkeep.registering import register_facility

NOW = 1_795_400_000_000
CLINICS = ("klinik-teratai", "klinik-bekantan", "rsud-contoh")
STEWARD = Principal("steward", "steward.uji", "HOPERAT", person="steward.uji")
NIK_SITI, NIK_OTHER, NIK_JOHAN = "6371014509909001", "6371017001729002", "6371010302619003"
"""Of a woman born on 5 September 1990, a woman born on 30 January 1972, a man born on 3 February 1961."""
SITI = {"name": "Siti Noor Halimah", "birth": "1990-09-05", "sex": "female", "phone": "081234567890"}


class Clock:
    """Epoch ms, one later at each look, moved by the test."""

    def __init__(self) -> None:
        self.ms = NOW

    def __call__(self) -> int:
        self.ms += 1
        return self.ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hub(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Hub]:
    config = read_config(
        {"HUB_HOME": str(tmp_path / "home"), "HUB_DATABASE_URL": database_url, "HUB_BASE_URL": "https://hub.test"}
    )
    found = build(config, clock)
    for name in CLINICS:
        register_facility(found, Facility(0, name, name.replace("-", " ").title()))
    yield found
    close(found)


def client(facility: str) -> Principal:
    """The facility's system."""
    return Principal("clinic-client", f"{facility}-rme", "TREAT", facility=facility, scopes=("system/*.crus",))


def patient(number: str, facility: str, *, nik: str = "", bpjs: str = "", **known: str) -> dict[str, object]:
    """A Patient as a facility sends it."""
    known = SITI | known
    numbers = [(f"{SID}{facility}/pasien", number), (NIK, nik), (BPJS, bpjs)]
    return {
        "resourceType": "Patient",
        "identifier": [{"system": system, "value": value} for system, value in numbers if value],
        "name": [{"text": known["name"]}],
        "gender": known["sex"],
        "birthDate": known["birth"],
        "telecom": [{"system": "phone", "value": known["phone"]}],
    }


@pytest.fixture
def known_at(hub: Hub) -> Callable[..., str]:
    """Makes a person known at a facility; the Patient's public id."""

    def make(facility: str, number: str, **known: str) -> str:
        return create(hub, client(facility), patient(number, facility, **known)).id

    return make


@pytest.fixture
def corrected(hub: Hub) -> Callable[..., None]:
    """The facility corrects what it knows of a person."""

    def correct(facility: str, id_: str, number: str, **known: str) -> None:
        update(hub, client(facility), "Patient", id_, {"id": id_, **patient(number, facility, **known)})

    return correct


def compartment(hub: Hub, id_: str) -> int:
    """Where a Patient lives."""
    key = hub.ids.decode(id_)
    assert key is not None
    return key.compartment


def person(hub: Hub, id_: str) -> set[int]:
    """The compartments of a Patient's person."""
    with hub.store.reading() as tx:
        return tx.person([compartment(hub, id_)])
