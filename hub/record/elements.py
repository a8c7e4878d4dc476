"""Reading the few FHIR R4 elements a summary needs, tolerant of what is absent."""

from collections.abc import Iterator
from typing import Any

from hub.record.dates import city_moment
from hub.record.lines import Lang
from hub.record.words import answer, number, unit, word

Resource = dict[str, Any]

_DATES: dict[str, tuple[str, ...]] = {
    "AllergyIntolerance": ("recordedDate", "lastOccurrence", "onsetDateTime"),
    "Condition": ("recordedDate", "onsetDateTime", "onsetPeriod"),
    "Encounter": ("period",),
    "Immunization": ("occurrenceDateTime",),
    "MedicationRequest": ("authoredOn",),
    "MedicationStatement": ("effectiveDateTime", "effectivePeriod", "dateAsserted"),
    "Observation": ("effectiveDateTime", "effectivePeriod", "issued"),
    "Procedure": ("performedDateTime", "performedPeriod"),
}
_RETRACTED = {"entered-in-error", "cancelled", "not-done"}


def clinical_day(resource: Resource) -> str:
    """The ISO city day a resource speaks of; "" when it names none."""
    return clinical_moment(resource)[:10]


def clinical_moment(resource: Resource) -> str:
    """As `clinical_day`, with the city's time of day where the resource names one: "2026-11-22T10:15"."""
    for name in _DATES.get(resource.get("resourceType", ""), ()):
        value = resource.get(name)
        if isinstance(value, dict):
            value = value.get("start") or value.get("end")
        if value:
            return city_moment(value)
    return ""


def codings(concept: Resource | None) -> Iterator[tuple[str, str, str]]:
    """(system, code, display) of every coding."""
    for coding in (concept or {}).get("coding", ()):
        yield coding.get("system", ""), coding.get("code", ""), coding.get("display", "")


def code_of(concept: Resource | None, system: str) -> str:
    """The concept's first code in `system` (ICD systems may carry a country suffix); "" for none."""
    return next((c for s, c, _ in codings(concept) if c and (s == system or s.startswith(system + "-"))), "")


def shown(concept: Resource | None) -> str:
    """What the sender called it: its text, else a display, else a code."""
    if not concept:
        return ""
    displays = [(d, c) for _, c, d in codings(concept)]
    return concept.get("text") or next((d for d, _ in displays if d), "") or next((c for _, c in displays if c), "")


def said(concept: Resource | None, lang: Lang) -> str:
    """A concept for readers of `lang`: plain words where the table of answers knows it; else, in Indonesian, what the
    sender wrote, and in English a coding's display, which the code systems here have in English."""
    displays = [(code, display) for _, code, display in codings(concept)]
    written = (concept or {}).get("text", "")
    known = (answer(code, "", lang) for code, _ in displays)
    plain = next(filter(None, known), "") or answer("", written, lang)
    return plain or (next((d for _, d in displays if d), "") if lang == "en" else "") or shown(concept)


def first_code(concept: Resource | None) -> str:
    """The first code of any system."""
    return next((c for _, c, _ in codings(concept) if c), "")


def is_retracted(resource: Resource) -> bool:
    """The record says of itself that it was a mistake, refuted or never took place."""
    verification = first_code(resource.get("verificationStatus"))
    return resource.get("status") in _RETRACTED or verification in {"entered-in-error", "refuted"}


def quantity(value: Resource, lang: Lang) -> str:
    """A Quantity in words: "36,5 °C"."""
    sign = value.get("comparator", "")
    shown_unit = unit(value.get("code", ""), value.get("unit", ""), lang)
    gap = "" if shown_unit in {"%", "/10", ""} else " "
    return f"{sign}{number(value.get('value', ''), lang)}{gap}{shown_unit}"


def value_of(holder: Resource, lang: Lang) -> str:
    """The value[x] of an Observation or a component in words; "" when it has none."""
    if "valueQuantity" in holder:
        return quantity(holder["valueQuantity"], lang)
    if "valueCodeableConcept" in holder:
        return said(holder["valueCodeableConcept"], lang)
    if "valueString" in holder:
        return answer("", str(holder["valueString"]), lang) or str(holder["valueString"])
    for name in ("valueInteger", "valueDateTime", "valueTime"):
        if name in holder:
            return str(holder[name])
    if "valueBoolean" in holder:
        return word("interpretation", "POS" if holder["valueBoolean"] else "NEG", lang)
    return ""


def human_name(resource: Resource) -> str:
    """The official, else the first name, as one line."""
    names = resource.get("name") or []
    chosen = next((n for n in names if n.get("use") == "official"), names[0] if names else {})
    if isinstance(chosen, str):
        return chosen
    parts = [*chosen.get("prefix", ()), *chosen.get("given", ()), chosen.get("family", ""), *chosen.get("suffix", ())]
    return chosen.get("text") or " ".join(p for p in parts if p)
