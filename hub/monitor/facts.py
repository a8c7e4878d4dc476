"""Which pseudonymous facts a resource yields: codes, day, facility, kelurahan, age band, sex, value; nothing else.

No name, id, reference or free text ever enters a fact: codes are taken only from the systems listed here and only in
their system's shape. Anything sensitive yields no fact, only sums per kecamatan and month; anything unlabelled neither.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import msgspec

from hub.cities import city
from hub.fhir import date_range, day_text
from hub.fhir.systems import ATC, CASE_TYPE, CVX, ICD9CM, ICD10, KFA, LOINC
from hub.model import Facility, Labels
from hub.monitor.ages import age_band, completed_years
from hub.monitor.codes import CLASSES, code_of, is_refuted, number_of
from hub.monitor.courses import birth, pregnancy, referral, tuberculosis, waiting

OUTSIDE = "-"
"""In place of a kelurahan: the patient lives outside the city."""


class Fact(msgspec.Struct, frozen=True, array_like=True):
    """One pseudonymous fact. `day` is days since 1970-01-01, `facility` its number, `kelurahan` a 10-digit code,
    OUTSIDE, or "" when it is not known.

    `kind`: encounter, diagnosis, vital, lab, procedure, medicine, immunization, and as hub.monitor.courses says wait,
    payer, referral, pregnancy, birth, tb. `band`: see hub.monitor.ages. An ICD-10 code has at most four characters
    (A01.0). `case` of a diagnosis: new, existing or "". `lag` of an encounter: days from its end until it was first
    received. `age`: completed years. Facts are kept: fields are only added at the end.
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
    age: int | None = None


class Sum(NamedTuple):
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
    birth_date: str | None,
    sex: str | None,
    day: int,
    received: int | None = None,
    is_member: bool = False,
) -> list[Fact]:
    """The facts of one resource; none when it is sensitive, unlabelled, undated, withdrawn or of a type we don't count.

    `kelurahan_code`, `birth_date` (FHIR date) and `sex` (FHIR code) are the patient's; `day` the clinical day, 0 =
    unknown; `received` the day the resource first came in; `is_member`: the patient has a number of the national
    insurance.
    """
    read = _READERS.get(type_)
    if read is None or labels.conf != "N" or labels.sens or not day or resource.get("status") in _WITHDRAWN:
        return []
    found = list(read(resource))
    if type_ == "Encounter" and is_member:
        found.append(("payer", "JKN", None))
    if not found:
        return []
    band, age = age_band(birth_date, day), completed_years(birth_date, day)
    known = sex if sex in ("male", "female") else ""
    inside, elsewhere = _codes_of_areas()
    where = kelurahan_code if inside.fullmatch(kelurahan_code) else ""
    if not where and elsewhere.fullmatch(kelurahan_code):
        where = OUTSIDE
    case = _case(resource) if type_ == "Condition" else ""
    lag = max(0, received - _last_day(resource, day)) if type_ == "Encounter" and received is not None else None
    return [
        Fact(kind, code, day, facility.number, where, band, known, value, case, lag if kind in _RECEIVED else None, age)
        for kind, code, value in found
    ]


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
    if resource.get("status") in _WITHDRAWN or is_refuted(resource):
        return []
    area = kelurahan_code[:6] if _codes_of_areas()[0].fullmatch(kelurahan_code) else ""
    month = day_text(day)[:7]
    names = sorted(labels.sens) or [labels.conf or "R"]
    return [Sum(area, month, f"{kind}/{name}", step) for name in names]


def decode_fact(data: bytes) -> Fact:
    """One fact alone, as rows held them before several shared a row. msgspec.ValidationError when it is none."""
    return _FACTS.decode(data)


def encode_items(items: Mapping[int, Sequence[Fact]]) -> bytes:
    """The facts of some items, each a number of its own, as MessagePack arrays: no field name is stored."""
    return _ENCODER.encode(list(items.items()))


def decode_items(data: bytes) -> dict[int, list[Fact]]:
    """The inverse of `encode_items`."""
    return dict(_ITEMS.decode(data))


def decode_values(data: bytes) -> list[list[Any]]:
    """The facts of all items as lists of values, in the order of Fact's fields, as many as were written then."""
    return [values for _, found in _VALUES.decode(data) for values in found]


_ENCODER = msgspec.msgpack.Encoder()
_FACTS = msgspec.msgpack.Decoder(Fact)
_ITEMS = msgspec.msgpack.Decoder(list[tuple[int, list[Fact]]])
_VALUES = msgspec.msgpack.Decoder(list[tuple[int, list[list[Any]]]])
_RECEIVED = ("encounter",)
_WITHDRAWN = ("entered-in-error", "cancelled")
_Found = tuple[str, str, Decimal | None]


@cache
def _codes_of_areas() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The forms of a kelurahan's code in the city, and of a code (or "-") that says the place is elsewhere."""
    own = city().code
    return re.compile(rf"{own}\d{{6}}"), re.compile(rf"(?!{own})\d{{4,10}}|-")


def _encounter(resource: dict[str, Any]) -> Iterator[_Found]:
    code = resource.get("class", {}).get("code", "")
    yield "encounter", code if code in CLASSES else "", None
    yield from waiting(resource)


def _condition(resource: dict[str, Any]) -> Iterator[_Found]:
    if not is_refuted(resource) and (code := code_of(resource.get("code"), ICD10)):
        yield "diagnosis", code[:5], None
        yield from birth(code)


def _observation(resource: dict[str, Any]) -> Iterator[_Found]:
    yield from pregnancy(resource)
    categories = {c.get("code") for concept in resource.get("category", ()) for c in concept.get("coding", ())}
    kind = "vital" if "vital-signs" in categories else "lab" if "laboratory" in categories else None
    if kind is None:
        return
    for holder in (resource, *resource.get("component", ())):
        code, value = code_of(holder.get("code"), LOINC), number_of(holder.get("valueQuantity"))
        if code and (value is not None or (kind == "lab" and _IN_WORDS & holder.keys())):
            yield kind, code, value


def _procedure(resource: dict[str, Any]) -> Iterator[_Found]:
    if code := code_of(resource.get("code"), ICD9CM):
        yield "procedure", code, None


def _medicine(resource: dict[str, Any]) -> Iterator[_Found]:
    yield "medicine", code_of(resource.get("medicationCodeableConcept"), KFA, ATC), None


def _immunization(resource: dict[str, Any]) -> Iterator[_Found]:
    if resource.get("status") == "completed":
        yield "immunization", code_of(resource.get("vaccineCode"), CVX, KFA), None


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


_IN_WORDS = frozenset(("valueCodeableConcept", "valueString", "valueBoolean"))
"""A test was done and says something; what it says is not taken."""
_READERS: dict[str, Callable[[dict[str, Any]], Iterator[_Found]]] = {
    "Encounter": _encounter,
    "Condition": _condition,
    "Observation": _observation,
    "Procedure": _procedure,
    "MedicationRequest": _medicine,
    "Immunization": _immunization,
    "ServiceRequest": referral,
    "EpisodeOfCare": tuberculosis,
}
_KINDS = {
    "Encounter": "encounter",
    "Condition": "diagnosis",
    "Observation": "observation",
    "Procedure": "procedure",
    "MedicationRequest": "medicine",
    "Immunization": "immunization",
}
