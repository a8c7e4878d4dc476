"""What is read out of a Patient, and the blocks made of it."""

from typing import Any

import pytest

from hub.fhir.systems import ADMINISTRATIVE_CODE, BPJS, KK, NIK
from hub.identity import blocking_keys, demographics
from hub.identity.nik import encodes_birth, is_plausible_nik, is_slip

SITI: dict[str, Any] = {
    "resourceType": "Patient",
    "identifier": [
        {"system": NIK, "value": "6371015503909001"},
        {"system": BPJS, "value": "0001234567891"},
        {"system": KK, "value": "6371010101109001"},
        {"system": "https://jukung.id/sid/klinik-teratai/pasien", "value": "000123"},
    ],
    "name": [{"text": "Hj. Siti Aisyah"}],
    "gender": "female",
    "birthDate": "1990-03-15",
    "telecom": [{"system": "phone", "value": "0810-1111 0001"}, {"system": "email", "value": "x@example.id"}],
    "address": [
        {
            "line": ["Jl. Kuin No. 012 RT 05"],
            "extension": [
                {"url": ADMINISTRATIVE_CODE, "extension": [{"url": "village", "valueCode": "6371041009"}]},
            ],
        }
    ],
}


def test_everything_is_read() -> None:
    siti = demographics(SITI)
    assert (siti.nik, siti.bpjs, siti.birth, siti.sex) == ("6371015503909001", "0001234567891", "1990-03-15", "female")
    assert siti.phones == {"+6281011110001"}
    assert siti.kelurahan == "6371041009"
    assert siti.address == {"kuin", "no12", "rt5"}
    assert siti.mrns == {("https://jukung.id/sid/klinik-teratai/pasien", "000123")}


def test_blocks() -> None:
    keys = blocking_keys(demographics(SITI))
    assert ("nik", "6371015503909001") in keys
    assert ("birth", "1990-03-15") in keys
    assert ("name", "as|1990|female") in keys
    assert len(keys) == len(set(keys)) == 6
    assert blocking_keys(demographics({})) == []
    assert not [kind for kind, _ in blocking_keys(demographics(SITI | {"birthDate": "1990-01-01"})) if kind == "birth"]


def test_a_newborn_with_its_mothers_nik_as_its_own() -> None:
    baby = demographics(SITI | {"name": [{"text": "By. Ny. Siti Aisyah"}], "birthDate": "2026-04-01"})
    assert (baby.nik, baby.nik_ibu) == (None, "6371015503909001")


@pytest.mark.parametrize(
    ("nik", "is_plausible"),
    [
        ("6371015503909001", True),
        ("6371017203909001", False),
        ("6371011513909001", False),
        ("6371010003909001", False),
        ("0071011503909001", False),
        ("6371011503900000", False),
        ("1111111111111111", False),
        ("637101550390900", False),
        ("63710155039090011", False),
        ("6371O15503909001", False),
        ("", False),
    ],
)
def test_nik_structure(nik: str, is_plausible: bool) -> None:
    assert is_plausible_nik(nik) is is_plausible


def test_nik_date_and_slips() -> None:
    assert encodes_birth("6371015503909001", "1990-03-15")
    assert encodes_birth("6371010503909001", "1990-03-05")
    assert not encodes_birth("6371015503909001", "1990-03-16")
    assert is_slip("12345", "12354")
    assert is_slip("12345", "12845")
    assert not is_slip("12345", "12345")
    assert not is_slip("12345", "13254")
    assert not is_slip("12345", "1234")
