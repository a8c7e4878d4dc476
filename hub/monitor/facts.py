"""Which pseudonymous facts a resource yields: codes, day, facility, kelurahan, age band, sex, value; nothing else.

No name, id, reference or free text ever enters a fact: codes are taken only from the systems listed here and only in
their system's shape. Anything sensitive yields no fact, only sums per kecamatan and month; anything unlabelled neither.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from hub.fhir import date_range
from hub.fhir.systems import ATC, CASE_TYPE, CVX, ICD9CM, ICD10, KFA, LOINC
from hub.model import Facility, Labels
from hub.monitor.ages import age_band

_EPOCH = date(1970, 1, 1).toordinal()
OUTSIDE = "-"
"""In place of a kelurahan: the patient lives outside the city."""


class Fact(msgspec.Struct, frozen=True, array_like=True):
    """One pseudonymous fact. `day` is days since 1970-01-01, `facility` its number, `kelurahan` a 10-digit code,
    OUTSIDE, or "" when it is not known.

    `kind`: encounter, diagnosis, vital, lab, procedure, medicine, immunization. `band`: see hub.monitor.ages. An ICD-10
    code has at most four characters (A01.0). `case` of a diagnosis: new, existing or "". `lag` of an encounter: days
    from its end until it was first received. Facts are kept: fields are only added at the end.
    """

    kind: str
    code: str
    day: int
    facility: int
    kelurahan: str
    band: str
    sex: str
    value: Decimal | None = None
    case: str = ""
    lag: int | None = None


class Sum(msgspec.Struct, frozen=True, array_like=True):
    """One step of a sum: kecamatan code (6 digits, "" outside the city), month YYYY-MM, category, +1 or -1."""

    area: str
    month: str
    category: str
    step: int


def facts(
    type_: str,
    resource: dict[str, Any],
    labels: Labels,
    facility: Facility,
    kelurahan_code: str,
    birth: str | None,
    sex: str | None,
    day: int,
    received: int | None = None,
) -> list[Fact]:
    """The facts of one resource; none when it is sensitive, unlabelled, undated, withdrawn or of a type we don't count.

    `kelurahan_code`, `birth` (FHIR date) and `sex` (FHIR code) are the patient's; `day` the clinical day, 0 = unknown;
    `received` the day the resource first came in.
    """
    read = _READERS.get(type_)
    if read is None or labels.conf != "N" or labels.sens or not day or resource.get("status") in _WITHDRAWN:
        return []
    found = list(read(resource))
    if not found:
        return []
    band = age_band(birth, day)
    known = sex if sex in ("male", "female") else ""
    where = kelurahan_code if _KELURAHAN.fullmatch(kelurahan_code) else ""
    if not where and _ELSEWHERE.fullmatch(kelurahan_code):
        where = OUTSIDE
    case = _case(resource) if type_ == "Condition" else ""
    lag = max(0, received - _last_day(resource, day)) if type_ == "Encounter" and received is not None else None
    return [Fact(kind, code, day, facility.number, where, band, known, value, case, lag) for kind, code, value in found]


def sums(
    type_: str,
    resource: dict[str, Any],
    labels: Labels,
    kelurahan_code: str,
    day: int,
    step: int = 1,
) -> list[Sum]:
    """The steps of a sensitive resource: one per sensitivity, category "kind/CODE" (diagnosis/HIV); none when ordinary.

    Restricted without a named sensitivity counts as "R" or "V"; unlabelled yields nothing. `step` -1
    takes a corrected or deleted resource out again.
    """
    kind = _KINDS.get(type_)
    if kind is None or not day or (labels.conf in (None, "N") and not labels.sens):
        return []
    if resource.get("status") in _WITHDRAWN or _is_refuted(resource):
        return []
    area = kelurahan_code[:6] if _KELURAHAN.fullmatch(kelurahan_code) else ""
    month = date.fromordinal(day + _EPOCH).isoformat()[:7]
    names = sorted(labels.sens) or [labels.conf or "R"]
    return [Sum(area, month, f"{kind}/{name}", step) for name in names]


def encode_fact(fact: Fact) -> bytes:
    """The fact as MessagePack (an array, so that no field name is stored)."""
    return _ENCODER.encode(fact)


def decode_fact(data: bytes) -> Fact:
    """The inverse of `encode_fact`. msgspec.ValidationError when it is none."""
    return _FACTS.decode(data)


def encode_items(items: Mapping[int, Sequence[Fact]]) -> bytes:
    """The facts of some items, each a number of its own, as MessagePack."""
    return _ENCODER.encode(list(items.items()))


def decode_items(data: bytes) -> dict[int, list[Fact]]:
    """The inverse of `encode_items`."""
    return dict(_ITEMS.decode(data))


def encode_sum(step: Sum) -> bytes:
    """The step as MessagePack."""
    return _ENCODER.encode(step)


def decode_sum(data: bytes) -> Sum:
    """The inverse of `encode_sum`."""
    return _SUMS.decode(data)


_ENCODER = msgspec.msgpack.Encoder()
_FACTS = msgspec.msgpack.Decoder(Fact)
_ITEMS = msgspec.msgpack.Decoder(list[tuple[int, list[Fact]]])
_SUMS = msgspec.msgpack.Decoder(Sum)
_WITHDRAWN = ("entered-in-error", "cancelled")
_KELURAHAN = re.compile(r"6371\d{6}")
_ELSEWHERE = re.compile(r"(?!6371)\d{4,10}|-")
_SHAPES = {
    ICD10: re.compile(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?"),
    ICD9CM: re.compile(r"\d{2}(?:\.\d{1,2})?"),
    LOINC: re.compile(r"\d{1,7}-\d"),
    KFA: re.compile(r"9\d{7}"),
    ATC: re.compile(r"[A-Z]\d{2}[A-Z]{0,2}(?:\d{2})?"),
    CVX: re.compile(r"\d{1,4}"),
}
_Found = tuple[str, str, Decimal | None]


def _code(concept: object, *systems: str) -> str:
    """The first code of the concept from these systems, in the order of the systems, that has the system's shape."""
    codings = concept.get("coding", ()) if isinstance(concept, dict) else ()
    for system in systems:
        for coding in codings:
            if coding.get("system") == system and _SHAPES[system].fullmatch(code := coding.get("code", "")):
                return str(code)
    return ""


def _encounter(resource: dict[str, Any]) -> Iterator[_Found]:
    code = resource.get("class", {}).get("code", "")
    yield "encounter", code if code in _CLASSES else "", None


def _condition(resource: dict[str, Any]) -> Iterator[_Found]:
    if not _is_refuted(resource) and (code := _code(resource.get("code"), ICD10)):
        yield "diagnosis", code[:5], None


def _observation(resource: dict[str, Any]) -> Iterator[_Found]:
    categories = {c.get("code") for concept in resource.get("category", ()) for c in concept.get("coding", ())}
    kind = "vital" if "vital-signs" in categories else "lab" if "laboratory" in categories else None
    if kind is None:
        return
    for holder in (resource, *resource.get("component", ())):
        code, value = _code(holder.get("code"), LOINC), _number(holder.get("valueQuantity"))
        if code and value is not None:
            yield kind, code, value


def _procedure(resource: dict[str, Any]) -> Iterator[_Found]:
    if code := _code(resource.get("code"), ICD9CM):
        yield "procedure", code, None


def _medicine(resource: dict[str, Any]) -> Iterator[_Found]:
    yield "medicine", _code(resource.get("medicationCodeableConcept"), KFA, ATC), None


def _immunization(resource: dict[str, Any]) -> Iterator[_Found]:
    if resource.get("status") == "completed":
        yield "immunization", _code(resource.get("vaccineCode"), CVX, KFA), None


def _case(condition: dict[str, Any]) -> str:
    """New or existing in this patient, as the source says."""
    found = (each.get("valueCode") for each in condition.get("extension", ()) if each.get("url") == CASE_TYPE)
    return next((case for case in found if case in ("new", "existing")), "")


def _last_day(encounter: dict[str, Any], day: int) -> int:
    """The day a visit ended; the day it began while it goes on."""
    end = encounter.get("period", {}).get("end")
    try:
        return max(day, date_range(end).last) if isinstance(end, str) else day
    except ValueError:
        return day


def _is_refuted(resource: dict[str, Any]) -> bool:
    codings = resource.get("verificationStatus", {}).get("coding", ())
    return any(coding.get("code") in ("refuted", "entered-in-error") for coding in codings)


def _number(quantity: object) -> Decimal | None:
    value = quantity.get("value") if isinstance(quantity, dict) else None
    if value is None or isinstance(value, bool):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


_CLASSES = frozenset(["AMB", "EMER", "FLD", "HH", "IMP", "ACUTE", "NONAC", "OBSENC", "PRENC", "SS", "VR"])
_READERS: dict[str, Callable[[dict[str, Any]], Iterator[_Found]]] = {
    "Encounter": _encounter,
    "Condition": _condition,
    "Observation": _observation,
    "Procedure": _procedure,
    "MedicationRequest": _medicine,
    "Immunization": _immunization,
}
_KINDS = {
    "Encounter": "encounter",
    "Condition": "diagnosis",
    "Observation": "observation",
    "Procedure": "procedure",
    "MedicationRequest": "medicine",
    "Immunization": "immunization",
}
