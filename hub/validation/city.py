"""The city's own rules, beyond R4: each with its code, its source and an example that breaks it.

An error refuses the resource, a warning travels with it. Texts: hub/errors/texts/city.toml.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from hub.fhir import date_range, day_text, systems
from hub.model import Issue, Mapped
from hub.validation import city_examples as examples
from hub.validation.nik import is_nik, read_nik
from hub.validation.patients import OF_PATIENTS, is_nobodys, named_only
from hub.validation.vitals import inverted_pressure, out_of_range

Resource = dict[str, Any]
Found = Iterator[tuple[str, dict[str, str]]]
"""The places at fault (FHIRPath, relative to the type) and arguments of the text."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a rule may know beside the resource: today (city day, and as text) and birth days by patient reference."""

    today: int
    born: Mapping[str, int]
    today_text: str


@dataclass(frozen=True, slots=True)
class CityRule:
    """A rule of the city. `example` breaks it on 22 November 2026 (for a rule across resources: the patient first)."""

    code: str
    severity: Literal["error", "warning"]
    types: frozenset[str]
    source: str
    find: Callable[[Resource, Scene], Found]
    example: tuple[Resource, ...]
    in_files_only: bool = False
    """An error where a person can correct the row; a FHIR client, whose transaction would fall, gets a warning."""


OLDEST_DAYS = 130 * 366
_CLINICAL_DATES: dict[str, tuple[tuple[str, ...], ...]] = {
    "Encounter": (("period", "start"), ("period", "end")),
    "Condition": (("recordedDate",), ("onsetDateTime",)),
    "Observation": (("effectiveDateTime",), ("effectivePeriod", "start"), ("effectiveInstant",)),
    "Procedure": (("performedDateTime",), ("performedPeriod", "start")),
    "MedicationRequest": (("authoredOn",),),
    "MedicationDispense": (("whenHandedOver",),),
    "Immunization": (("occurrenceDateTime",),),
    "DiagnosticReport": (("effectiveDateTime",), ("issued",)),
    "AllergyIntolerance": (("recordedDate",),),
}
_STEMS = {
    "effectiveDateTime": "effective",
    "effectivePeriod": "effective",
    "effectiveInstant": "effective",
    "onsetDateTime": "onset",
    "performedDateTime": "performed",
    "performedPeriod": "performed",
    "occurrenceDateTime": "occurrence",
}
_NOT_YET = frozenset({"planned", "preparation", "not-done", "cancelled", "draft", "entered-in-error"})
_ICD10 = re.compile(r"[A-Z][0-9][0-9A-Z](?:\.?[0-9A-Z]{1,4})?[*+†]?")
_BPJS = re.compile(r"[0-9]{13}")


def scene_of(mapped: list[Mapped], today: int) -> Scene:
    """What the rules may know while they look at one part."""
    return Scene(today, births(mapped), day_text(today))


def births(mapped: list[Mapped]) -> dict[str, int]:
    """The first possible birth day of each patient of the part, by the references that may name it."""
    found = {}
    for each in mapped:
        text = each.resource.get("birthDate") if each.type == "Patient" else None
        if isinstance(text, str):
            try:
                day = date_range(text).first
            except ValueError:
                continue
            if each.source:
                found[f"Patient?identifier={each.source}"] = day
            if each.full_url:
                found[each.full_url] = day
    return found


def city_issues(resource: Resource, scene: Scene, is_file: bool = False) -> Iterator[Issue]:
    """What the city's rules say about a structurally valid resource. `is_file`: it comes from a row of a file."""
    kind = resource["resourceType"]
    rules = _BY_TYPE.get(kind)
    if rules is None:
        return
    for rule in rules:
        for path, args in rule.find(resource, scene):
            severity = "warning" if rule.in_files_only and not is_file else rule.severity
            yield Issue(rule.code, path=f"{kind}.{path}", severity=severity, args=args)


def _dates(resource: Resource) -> Iterator[tuple[str, str]]:
    for path in _CLINICAL_DATES[resource["resourceType"]]:
        value: Any = resource
        for name in path:
            value = value.get(name)
            if value is None:
                break
        else:
            yield ".".join(_STEMS.get(name, name) for name in path), value


def _future(resource: Resource, scene: Scene) -> Found:
    if resource.get("status") in _NOT_YET:
        return
    for path, text in _dates(resource):
        if text[:10] >= scene.today_text and date_range(text).first > scene.today:
            yield path, {}


def _before_birth(resource: Resource, scene: Scene) -> Found:
    if not scene.born:
        return
    patient = resource.get("subject") or resource.get("patient")
    born = scene.born.get(patient.get("reference", "")) if patient else None
    if born is not None:
        for path, text in _dates(resource):
            if date_range(text).last < born:
                yield path, {}


def _birth_day(resource: Resource, scene: Scene) -> Found:
    text = resource.get("birthDate")
    if text and date_range(text).first > scene.today:
        yield "birthDate", {}


def _too_old(resource: Resource, scene: Scene) -> Found:
    text = resource.get("birthDate")
    if text and date_range(text).last < scene.today - OLDEST_DAYS:
        yield "birthDate", {}


def _identifiers(resource: Resource, *wanted: str) -> Iterator[tuple[int, str, str]]:
    for at, each in enumerate(resource.get("identifier", ())):
        if each.get("system") in wanted and isinstance(each.get("value"), str):
            yield at, each["system"], each["value"]


def _nik_form(resource: Resource, _scene: Scene) -> Found:
    for at, _, value in _identifiers(resource, systems.NIK, systems.NIK_IBU):
        if not is_nik(value):
            yield f"identifier[{at}].value", {}


def _nik_sense(resource: Resource, _scene: Scene) -> Found:
    for at, _, value in _identifiers(resource, systems.NIK, systems.NIK_IBU):
        if is_nik(value) and read_nik(value) is None:
            yield f"identifier[{at}].value", {}


def _nik_agrees(resource: Resource, _scene: Scene) -> Found:
    birth, gender = resource.get("birthDate", ""), resource.get("gender")
    for at, _, value in _identifiers(resource, systems.NIK):
        nik = read_nik(value)
        if nik is None:
            continue
        is_other_day = len(birth) == 10 and f"{nik.year:02}-{nik.month:02}-{nik.day:02}" != birth[2:]
        if is_other_day or (gender in ("male", "female") and gender != nik.gender):
            yield f"identifier[{at}].value", {}


def _bpjs_form(resource: Resource, _scene: Scene) -> Found:
    for at, _, value in _identifiers(resource, systems.BPJS):
        if not _BPJS.fullmatch(value):
            yield f"identifier[{at}].value", {}


def _icd10_form(resource: Resource, _scene: Scene) -> Found:
    for at, each in enumerate(resource.get("code", {}).get("coding", ())):
        if each.get("system") == systems.ICD10 and not _ICD10.fullmatch(each.get("code", "")):
            yield f"code.coding[{at}].code", {}


def _vital(resource: Resource, _scene: Scene) -> Found:
    yield from out_of_range(resource)


def _pressure(resource: Resource, _scene: Scene) -> Found:
    yield from inverted_pressure(resource)


def _named_only(resource: Resource, _scene: Scene) -> Found:
    if name := named_only(resource):
        yield name, {"name": name}


def _nobodys(resource: Resource, _scene: Scene) -> Found:
    if is_nobodys(resource):
        yield OF_PATIENTS[resource["resourceType"]], {}


def _subscription(resource: Resource, _scene: Scene) -> Found:
    if resource.get("status") in ("requested", "active"):
        yield "status", {}


_PATIENT = frozenset({"Patient"})
_PERSONS = frozenset({"Patient", "Practitioner", "RelatedPerson"})
_CONDITION = frozenset({"Condition"})
_OBSERVATION = frozenset({"Observation"})
_DATED = frozenset(_CLINICAL_DATES)
_RECORDS = frozenset(OF_PATIENTS)
_NIK_SOURCE = "UU 23/2006 jo. UU 24/2013 (NIK); susunan 16 angka menurut Kemendagri"
_OWN = "Dinas Kesehatan: aturan mutu data hub"
CITY_RULES: tuple[CityRule, ...] = (
    CityRule("HUB-6001", "error", _DATED, _OWN, _future, examples.FUTURE_VISIT),
    CityRule("HUB-6002", "error", _DATED, _OWN, _before_birth, examples.VISIT_BEFORE_BIRTH, True),
    CityRule("HUB-6003", "error", _PERSONS, _OWN, _birth_day, examples.FUTURE_BIRTH),
    CityRule("HUB-6004", "error", _PERSONS, _OWN, _too_old, examples.TOO_OLD),
    CityRule("HUB-6005", "error", _PERSONS, _NIK_SOURCE, _nik_form, examples.SHORT_NIK),
    CityRule("HUB-6006", "warning", _PERSONS, _NIK_SOURCE, _nik_sense, examples.IMPOSSIBLE_NIK),
    CityRule("HUB-6007", "warning", _PATIENT, _NIK_SOURCE, _nik_agrees, examples.OTHER_NIK),
    CityRule("HUB-6008", "error", _PATIENT, "BPJS Kesehatan: nomor kartu 13 angka", _bpjs_form, examples.SHORT_BPJS),
    CityRule("HUB-6009", "error", _CONDITION, "ICD-10 WHO 2010: bentuk kode", _icd10_form, examples.ICD10),
    CityRule("HUB-6010", "warning", _OBSERVATION, _OWN, _vital, examples.STRANGE_VITAL),
    CityRule("HUB-6011", "warning", _OBSERVATION, _OWN, _pressure, examples.INVERTED_PRESSURE),
    CityRule("HUB-6012", "error", _RECORDS, _OWN, _named_only, examples.NAMED_ONLY),
    CityRule("HUB-6013", "warning", _RECORDS, _OWN, _nobodys, examples.NOBODYS),
    CityRule("HUB-6014", "error", frozenset({"Subscription"}), _OWN, _subscription, examples.SUBSCRIPTION),
)
_BY_TYPE: dict[str, tuple[CityRule, ...]] = {
    kind: tuple(rule for rule in CITY_RULES if kind in rule.types)
    for kind in sorted({kind for rule in CITY_RULES for kind in rule.types})
}
