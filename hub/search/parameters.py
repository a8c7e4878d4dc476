"""The search parameters of each type: the official definitions, as far as the hub serves them.

Token and reference parameters are served for every type; of dates, the clinical date of a type and a person's birth
date; of strings, names. Quantities, numbers, composites and chains are not.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from hub.fhir.definitions import search_parameters, table
from hub.search.expressions import Path, paths

Kind = Literal["token", "reference", "string", "day", "birthdate", "id", "instant"]

CLINICAL_DATES: dict[str, tuple[str, tuple[str, ...]]] = {
    "AllergyIntolerance": ("date", ("recordedDate", "onsetDateTime")),
    "Appointment": ("date", ("start",)),
    "AuditEvent": ("date", ("recorded",)),
    "CarePlan": ("date", ("period",)),
    "Claim": ("created", ("created",)),
    "ClinicalImpression": ("date", ("effectiveDateTime", "effectivePeriod", "date")),
    "Composition": ("date", ("date",)),
    "Condition": ("recorded-date", ("recordedDate", "onsetDateTime", "onsetPeriod")),
    "Consent": ("date", ("dateTime",)),
    "DiagnosticReport": ("date", ("effectiveDateTime", "effectivePeriod", "issued")),
    "DocumentReference": ("date", ("date",)),
    "Encounter": ("date", ("period",)),
    "EpisodeOfCare": ("date", ("period",)),
    "ExplanationOfBenefit": ("created", ("created",)),
    "FamilyMemberHistory": ("date", ("date",)),
    "Flag": ("date", ("period",)),
    "Goal": ("start-date", ("startDate",)),
    "ImagingStudy": ("started", ("started",)),
    "Immunization": ("date", ("occurrenceDateTime", "recorded")),
    "List": ("date", ("date",)),
    "MedicationAdministration": ("effective-time", ("effectiveDateTime", "effectivePeriod")),
    "MedicationDispense": ("whenhandedover", ("whenHandedOver", "whenPrepared")),
    "MedicationRequest": ("authoredon", ("authoredOn",)),
    "MedicationStatement": ("effective", ("effectiveDateTime", "effectivePeriod", "dateAsserted")),
    "NutritionOrder": ("datetime", ("dateTime",)),
    "Observation": ("date", ("effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued")),
    "Procedure": ("date", ("performedDateTime", "performedPeriod")),
    "Provenance": ("recorded", ("recorded",)),
    "QuestionnaireResponse": ("authored", ("authored",)),
    "RiskAssessment": ("date", ("occurrenceDateTime", "occurrencePeriod")),
    "ServiceRequest": ("authored", ("authoredOn", "occurrenceDateTime", "occurrencePeriod")),
    "Task": ("authored-on", ("authoredOn",)),
}
"""A type's clinical date: the parameter that searches it and the elements it is taken from, the first present one."""

NAMED = ("Patient", "Practitioner", "RelatedPerson", "Person", "Organization", "Location", "HealthcareService")
_NAMES = ("name", "family", "given")
INDEXED = frozenset(("identifier", "code", "name", "birthdate"))
"""Parameters whose values also get index rows, so that a search needs no patient to be fast."""

DATATYPES: defaultdict[str, frozenset[str]] = defaultdict(
    frozenset,
    {
        "token": frozenset(
            ("CodeableConcept", "Coding", "Identifier", "ContactPoint", "code", "boolean", "string", "uri", "id")
        )
        | frozenset(("oid", "uuid", "url", "canonical")),
        "reference": frozenset(("Reference", "canonical", "uri")),
        "string": frozenset(("HumanName", "string")),
        "date": frozenset(("date",)),
    },
)
"""The R4 datatypes a parameter's values are taken from."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A served parameter. `targets` are the types a reference may point to; `paths` where its values stand."""

    name: str
    kind: Kind
    url: str
    targets: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()

    @property
    def type(self) -> str:
        """Its FHIR search parameter type, for the CapabilityStatement."""
        if self.kind in ("day", "birthdate", "instant"):
            return "date"
        return "token" if self.kind == "id" else self.kind


_COMMON = (
    Parameter("_id", "id", "http://hl7.org/fhir/SearchParameter/Resource-id"),
    Parameter("_lastUpdated", "instant", "http://hl7.org/fhir/SearchParameter/Resource-lastUpdated"),
)


def parameters(type_name: str) -> list[Parameter]:
    """The parameters of a type, by name. KeyError for no type of R4."""
    if type_name not in _all_types():
        raise KeyError(type_name)
    return sorted(served(type_name).values(), key=lambda p: p.name)


@cache
def served(type_name: str) -> dict[str, Parameter]:
    """The parameters of a type by name."""
    found = {p.name: p for p in _COMMON}
    for definition in search_parameters():
        if type_name in definition["base"] and not definition["code"].startswith("_"):
            parameter = _parameter(definition, type_name)
            if parameter is not None:
                found[parameter.name] = parameter
    if type_name in CLINICAL_DATES and "date" not in _official_names(type_name):
        url = f"https://jukung.id/fhir/SearchParameter/{type_name}-date"
        found["date"] = Parameter("date", "day", url)
    return found


def _parameter(definition: dict[str, Any], type_name: str) -> Parameter | None:
    name, kind, url = definition["code"], definition["type"], definition["url"]
    if kind == "date" and CLINICAL_DATES.get(type_name, ("",))[0] == name:
        return Parameter(name, "day", url)
    places = tuple(p for p in paths(definition["expression"], type_name) if p.datatype in DATATYPES[kind])
    if not places:
        return None
    if kind == "date":
        return Parameter(name, "birthdate", url, paths=places) if name == "birthdate" else None
    if kind == "string":
        is_name = name in _NAMES and type_name in NAMED
        return Parameter(name, "string", url, paths=places) if is_name else None
    if kind == "token":
        return Parameter(name, "token", url, paths=places)
    targets = tuple(definition["target"])
    if all(place.target for place in places):
        targets = tuple(sorted({place.target for place in places if place.target}))
    return Parameter(name, "reference", url, targets, places)


@cache
def _official_names(type_name: str) -> frozenset[str]:
    return frozenset(d["code"] for d in search_parameters() if type_name in d["base"])


@cache
def _all_types() -> frozenset[str]:
    return frozenset(table()["resources"])
