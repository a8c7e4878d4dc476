"""Reading the few FHIR R4 elements a summary needs, tolerant of what is absent."""

from collections.abc import Iterator
from typing import Any

from hub.record.dates import city_day
from hub.record.lines import Lang
from hub.record.words import number, unit, word

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
    for name in _DATES.get(resource.get("resourceType", ""), ()):
        value = resource.get(name)
        if isinstance(value, dict):
            value = value.get("start") or value.get("end")
        if value:
            return city_day(value)
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
    gap = "" if shown_unit in {"%", ""} else " "
    return f"{sign}{number(value.get('value', ''), lang)}{gap}{shown_unit}"


def value_of(holder: Resource, lang: Lang) -> str:
    """The value[x] of an Observation or a component in words; "" when it has none."""
    if "valueQuantity" in holder:
        return quantity(holder["valueQuantity"], lang)
    if "valueCodeableConcept" in holder:
        return shown(holder["valueCodeableConcept"])
    for name in ("valueString", "valueInteger", "valueDateTime", "valueTime"):
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
