"""The clinical date of a type: the one date that the store keeps, as days."""

from functools import cache
from typing import Any

from hub.cities import city
from hub.fhir.dates import FIRST_DAY, LAST_DAY, Span, city_day, date_range, instant_range, period_range

CLINICAL_DATES: dict[str, tuple[str, tuple[str, ...]]] = {
    "AllergyIntolerance": ("date", ("recordedDate", "onsetDateTime")),
    "Appointment": ("date", ("start",)),
    "AuditEvent": ("date", ("recorded",)),
    "CarePlan": ("date", ("period",)),
    "Claim": ("created", ("created",)),
    "ClinicalImpression": ("date", ("date", "effectiveDateTime", "effectivePeriod")),
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
    "Observation": ("date", ("effectiveDateTime", "effectivePeriod", "effectiveInstant", "effectiveTiming", "issued")),
    "Procedure": ("date", ("performedDateTime", "performedPeriod")),
    "Provenance": ("recorded", ("recorded",)),
    "QuestionnaireResponse": ("authored", ("authored",)),
    "RiskAssessment": ("date", ("occurrenceDateTime", "occurrencePeriod")),
    "ServiceRequest": ("authored", ("authoredOn", "occurrenceDateTime", "occurrencePeriod")),
    "Task": ("authored-on", ("authoredOn",)),
}
"""By type: the parameter that searches its clinical date, and the elements that is taken from, the first present one.

The parameter's own elements come first; the others date a resource that has none of them, for what goes by day."""

NO_DAYS = (LAST_DAY, FIRST_DAY)
"""Of a resource without a clinical date: no date search matches it."""


def clinical_days(type_name: str, resource: dict[str, Any]) -> tuple[int, int]:
    """The first and last city day (days since 1970-01-01) of the type's clinical date, NO_DAYS when there is none."""
    if type_name in CLINICAL_DATES:
        for key in CLINICAL_DATES[type_name][1]:
            if key in resource:
                try:
                    return _days(resource[key])
                except (ValueError, OverflowError):
                    continue
    return NO_DAYS


def timing_range(timing: dict[str, Any]) -> Span | None:
    """The milliseconds from the first to the last moment a Timing names; None when it names none. Raises ValueError."""
    spans = [instant_range(event) for event in timing.get("event", ()) if event]
    bounds = timing.get("repeat", {}).get("boundsPeriod", {})
    spans += [instant_range(bounds[key]) for key in ("start", "end") if key in bounds]
    return Span(min(s.first for s in spans), max(s.last for s in spans)) if spans else None


@cache
def _city_offset() -> str:
    return city().offset


def _days(value: Any) -> tuple[int, int]:
    if type(value) is dict:
        return _timed_days(value) if "event" in value or "repeat" in value else period_range(value)
    if value.endswith(_city_offset()):
        value = value[:10]  # the city's own zone: the day is as written, and the short text is often in the cache
    return date_range(value)


def _timed_days(timing: dict[str, Any]) -> tuple[int, int]:
    span = timing_range(timing)
    return (city_day(span.first), city_day(span.last)) if span else NO_DAYS
