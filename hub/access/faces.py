"""A Patient as the steward of identities sees it: enough to tell people apart, numbers partly covered."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from hub.fhir.systems import BPJS, NIK, NIK_IBU

COVER = "•"
_MAIDEN_NAME = "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName"
_MOTHER = frozenset({"MTH", "NMTH", "GESTM"})
_SHOWN_DIFFERENCES = 2
"""Two numbers that differ in more places are two numbers, not one mistyped: nothing more is shown of them."""


@dataclass(frozen=True, slots=True)
class Face:
    """One facility's record of a person. `id` is the Patient's public id, `facility` a facility's id, `birth` a FHIR
    date, `sex` a FHIR code; empty = not known. `is_own_place`: what the patient says, without personal details."""

    id: str
    facility: str
    name: str = ""
    birth: str = ""
    sex: str = ""
    nik: str = ""
    bpjs: str = ""
    phones: tuple[str, ...] = ()
    address: str = ""
    mother: str = ""
    mother_nik: str = ""
    is_own_place: bool = False


def face_of(id_: str, facility: str, patient: dict[str, Any], *, is_own_place: bool = False) -> Face:
    """The face of a FHIR Patient; its numbers are still whole (`covered` or `covered_pair` before it is shown)."""
    return Face(
        id=id_,
        facility=facility,
        name=" / ".join(dict.fromkeys(filter(None, map(_name, patient.get("name", ()))))),
        birth=patient.get("birthDate", ""),
        sex=patient.get("gender", ""),
        nik=_identifier(patient, NIK),
        bpjs=_identifier(patient, BPJS),
        phones=tuple(dict.fromkeys(t["value"] for t in patient.get("telecom", ()) if _is_phone(t))),
        address="; ".join(filter(None, map(_address, patient.get("address", ())))),
        mother=_mother(patient),
        mother_nik=_identifier(patient, NIK_IBU),
        is_own_place=is_own_place,
    )


def covered(face: Face) -> Face:
    """NIK, mother's NIK and BPJS number down to the last four digits, phones to the last three."""
    return _with(face, cover(face.nik, 4), cover(face.bpjs, 4), cover(face.mother_nik, 4))


def covered_pair(one: Face, other: Face) -> tuple[Face, Face]:
    """The same for two side by side; where two numbers differ in at most two places, those digits are shown as well:
    whether a number was mistyped is what the steward has to see."""
    niks = _cover_both(one.nik, other.nik)
    cards = _cover_both(one.bpjs, other.bpjs)
    mothers = _cover_both(one.mother_nik, other.mother_nik)
    return _with(one, niks[0], cards[0], mothers[0]), _with(other, niks[1], cards[1], mothers[1])


def cover(number: str, shown: int, places: Iterable[int] = ()) -> str:
    """A number with all but its last `shown` characters and these `places` covered."""
    kept = set(places) | set(range(len(number) - shown, len(number)))
    return "".join(c if i in kept else COVER for i, c in enumerate(number))


def _cover_both(one: str, other: str) -> tuple[str, str]:
    places = [i for i in range(len(one)) if one[i] != other[i]] if len(one) == len(other) else []
    if len(places) > _SHOWN_DIFFERENCES:
        places = []
    return cover(one, 4, places), cover(other, 4, places)


def _with(face: Face, nik: str, bpjs: str, mother_nik: str) -> Face:
    phones = tuple(cover(re.sub(r"\s", "", phone), 3) for phone in face.phones)
    return replace(face, nik=nik, bpjs=bpjs, phones=phones, mother_nik=mother_nik)


def _identifier(patient: dict[str, Any], system: str) -> str:
    return next((str(i.get("value", "")) for i in patient.get("identifier", ()) if i.get("system") == system), "")


def _name(name: dict[str, Any]) -> str:
    return str(name.get("text") or " ".join([*name.get("given", ()), name.get("family", "")]).strip())


def _is_phone(contact: dict[str, Any]) -> bool:
    return contact.get("system") in ("phone", "sms") and bool(contact.get("value"))


def _address(address: dict[str, Any]) -> str:
    return str(address.get("text") or ", ".join([*address.get("line", ()), address.get("city", "")]).strip(", "))


def _mother(patient: dict[str, Any]) -> str:
    for contact in patient.get("contact", ()):
        codes = {c.get("code") for r in contact.get("relationship", ()) for c in r.get("coding", ())}
        if codes & _MOTHER:
            return _name(contact.get("name", {}))
    found = (e.get("valueString", "") for e in patient.get("extension", ()) if e.get("url") == _MAIDEN_NAME)
    return str(next(found, ""))
