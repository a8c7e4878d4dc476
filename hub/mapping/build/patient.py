"""Patient: one facility's record of a person. https://www.hl7.org/fhir/R4/patient.html"""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from hub.fhir import systems
from hub.mapping.build.source import Source
from hub.mapping.codes import Coding
from hub.mapping.values.names import PersonName

_PERSONS = uuid.uuid5(uuid.NAMESPACE_URL, systems.SID + "pasien")


def patient_number(
    mrn: str | None, nik: str | None, bpjs: str | None, name: PersonName | None, birth: date | None, gender: str | None
) -> str:
    """What the facility's record of a person is known by: MRN, else NIK, else BPJS number, else a
    UUID of name, birth and sex."""
    if known := mrn or nik or bpjs:
        return known
    return str(uuid.uuid5(_PERSONS, f"{name.key if name else ''}|{birth}|{gender}"))


def patient(
    source: Source,
    number: str,
    *,
    name: PersonName | None,
    gender: str | None,
    birth: date | None,
    mrn: str | None = None,
    nik: str | None = None,
    nik_mother: str | None = None,
    bpjs: str | None = None,
    phones: Sequence[str] = (),
    home: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A Patient. `number` as from `patient_number`, first among the identifiers; `home` as from `address`."""
    identifiers = [source.identifier("pasien", number, "MR" if mrn else None)]
    identifiers += [
        {"use": "official", "system": system, "value": value}
        for system, value in ((systems.NIK, nik), (systems.BPJS, bpjs), (systems.NIK_IBU, nik_mother))
        if value
    ]
    found: dict[str, Any] = {"resourceType": "Patient", "identifier": identifiers, "active": True}
    if name:
        found["name"] = [human_name(name)]
    if phones:
        found["telecom"] = [
            {"system": "phone", "value": phone, "use": "mobile" if phone.startswith("+628") else "home"}
            for phone in phones
        ]
    if gender:
        found["gender"] = gender
    if birth:
        found["birthDate"] = birth.isoformat()
    if home:
        found["address"] = [home]
    return found


def human_name(name: PersonName) -> dict[str, Any]:
    """A HumanName: `text` as sent; Indonesian names have no family name, so every word is given.

    "By. Ny. X" is a temporary name made of the mother's: no part of it is given to the child.
    """
    found: dict[str, Any] = {"use": "temp" if name.is_newborn else "official", "text": name.text}
    if not name.is_newborn:
        found["given"] = list(name.words)
    if name.prefix:
        found["prefix"] = list(name.prefix)
    if name.suffix:
        found["suffix"] = list(name.suffix)
    return found


def address(
    line: str | None,
    kelurahan: str | None,
    village: Coding | None = None,
    *,
    rt: str | None = None,
    rw: str | None = None,
) -> dict[str, Any] | None:
    """A home address as sent; with the kelurahan's Kemendagri code (10 digits) where known, as SATUSEHAT wants it.

    `rt` and `rw` (neighbourhoods) are given when they have columns of their own.
    """
    hood = " ".join(f"{name} {value}" for name, value in (("RT", rt), ("RW", rw)) if value)
    lines = [text for text in (line, hood, f"Kel. {_bare(kelurahan)}" if kelurahan else None) if text]
    if not lines:
        return None
    found: dict[str, Any] = {"use": "home", "text": ", ".join(lines), "line": lines, "country": "ID"}
    if village:
        code = village.code
        parts = [("province", code[:2]), ("city", code[:4]), ("district", code[:6]), ("village", code)]
        parts += [(name, value) for name, value in (("rt", rt), ("rw", rw)) if value and value.isalnum()]
        found["extension"] = [
            {
                "url": systems.ADMINISTRATIVE_CODE,
                "extension": [{"url": url, "valueCode": part} for url, part in parts],
            }
        ]
    return found


def _bare(kelurahan: str) -> str:
    for prefix in ("kelurahan ", "kel. ", "kel.", "kel "):
        if kelurahan.casefold().startswith(prefix):
            return kelurahan[len(prefix) :].strip()
    return kelurahan
