"""The search parameters of each type: the official definitions, as far as the hub serves them.

Token and reference parameters are served for every type; of dates, the clinical date of a type and a person's birth date;
of strings, names. Quantities, numbers, composites and chains are not (docs/fhir.md lists the divergences).
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

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


def _parameter(definition: dict[str, object], type_name: str) -> Parameter | None:
    name, kind, url = str(definition["code"]), str(definition["type"]), str(definition["url"])
    if kind == "date":
        if CLINICAL_DATES.get(type_name, ("",))[0] == name:
            return Parameter(name, "day", url)
        if name == "birthdate":
            return Parameter(name, "birthdate", url, paths=tuple(paths(str(definition["expression"]), type_name)))
        return None
    if kind == "string" and name in _NAMES and type_name in NAMED:
        return Parameter(name, "string", url, paths=tuple(paths(str(definition["expression"]), type_name)))
    if kind not in ("token", "reference"):
        return None
    places = tuple(paths(str(definition["expression"]), type_name))
    targets = tuple(t for t in definition["target"] if isinstance(t, str)) if kind == "reference" else ()  # type: ignore[attr-defined]
    if not places:
        return None
    allowed = {p.target for p in places if p.target}
    narrowed = tuple(sorted(allowed)) if allowed and all(p.target for p in places) else targets
    return Parameter(name, "token" if kind == "token" else "reference", url, narrowed, places)


@cache
def _official_names(type_name: str) -> frozenset[str]:
    return frozenset(d["code"] for d in search_parameters() if type_name in d["base"])


@cache
def _all_types() -> frozenset[str]:
    return frozenset(table()["resources"])
