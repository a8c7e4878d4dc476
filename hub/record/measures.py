"""Observations as measurements: the newest value of each, in words."""

from collections.abc import Mapping, Sequence

from hub.fhir.systems import LOINC
from hub.record.dates import in_words
from hub.record.elements import (
    Resource,
    clinical_moment,
    code_of,
    codings,
    first_code,
    quantity,
    said,
    value_of,
)
from hub.record.lines import Lang, Measure
from hub.record.words import answer, number, observation, word

_UPPER, _LOWER = "8480-6", "8462-4"


def vital_signs_and_results(observations: Sequence[Resource]) -> tuple[list[Resource], list[Resource]]:
    """Split by category: vital signs, and laboratory results; other observations are in neither."""
    vitals, results = [], []
    for resource in observations:
        categories = {code for concept in resource.get("category", ()) for _, code, _ in codings(concept)}
        if "vital-signs" in categories:
            vitals.append(resource)
        elif "laboratory" in categories:
            results.append(resource)
    return vitals, results


def title(resource: Resource, lang: Lang) -> str:
    """What was measured, in plain words where the table knows it; else what the sender wrote."""
    concept = resource.get("code") or {}
    return observation(code_of(concept, LOINC), concept.get("text", ""), lang) or said(concept, lang)


def value(resource: Resource, lang: Lang) -> str:
    """The measured value in words; the parts of a panel together ("120/80 mmHg"); "" when there is none."""
    parts = {code_of(c.get("code"), LOINC): c for c in resource.get("component", ())}
    if _UPPER in parts and _LOWER in parts:
        upper, lower = parts[_UPPER].get("valueQuantity"), parts[_LOWER].get("valueQuantity")
        if upper and lower:
            return f"{number(upper.get('value', ''), lang)}/{quantity(lower, lang)}"
    alone = value_of(resource, lang)
    if alone or not parts:
        return alone
    named = [(title(c, lang), value_of(c, lang)) for c in resource["component"]]
    return ", ".join(f"{name} {text}" for name, text in named if text)


def latest(observations: Sequence[Resource], where: Mapping[int, str], lang: Lang) -> tuple[Measure, ...]:
    """The newest value of each measurement, newest day first, then by name."""
    newest: dict[str, tuple[str, Resource, str]] = {}
    for resource in observations:
        name, text, at = title(resource, lang), value(resource, lang), clinical_moment(resource)
        if name and text and at >= newest.get(name, ("",))[0]:
            newest[name] = (at, resource, text)
    ordered = sorted(newest.items(), key=lambda item: item[0].casefold())
    ordered.sort(key=lambda item: item[1][0][:10], reverse=True)
    return tuple(
        Measure(
            title=name,
            value=text,
            note=_note(resource, lang),
            last=at[:10],
            last_text=in_words(at[:10], lang),
            facility=where.get(id(resource), ""),
        )
        for name, (at, resource, text) in ordered
    )


def _note(resource: Resource, lang: Lang) -> str:
    concepts = resource.get("interpretation", ())
    notes = [word("interpretation", first_code(concept), lang) or said(concept, lang) for concept in concepts]
    ranges = [_range(reference, lang) for reference in resource.get("referenceRange", ())[:1]]
    notes += [f"{word('label', 'normal', lang)} {text}" for text in ranges if text]
    return ", ".join(n for n in notes if n)


def _range(reference: Resource, lang: Lang) -> str:
    """From the numbers, written as the language does, with the laboratory's own sign; else its words."""
    low, high, written = reference.get("low"), reference.get("high"), reference.get("text", "").strip()
    if low and high:
        is_one_unit = low.get("unit") == high.get("unit")
        first = number(low.get("value", ""), lang) if is_one_unit else quantity(low, lang)
        return f"{first}–{quantity(high, lang)}"
    if end := low or high:
        sign = written[0] if written[:1] in {"<", ">", "≤", "≥"} and written[1:2] != "=" else "≥" if low else "≤"
        return f"{sign} {quantity(end, lang)}"
    return answer("", written, lang) or written
