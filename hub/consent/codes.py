"""Sensitive codes, by code system (tables/codes.csv), and whether a code can be understood at all.

ICD-10, ICD-9-CM and ATC are hierarchies: a range is sensitive as a whole, and every well-formed code outside the ranges
is ordinary. The codes of LOINC, SNOMED CT and CVX say nothing by themselves: there a code is understood when it is in a
table or comes with its name, which is then screened like any text. Those of medicines (KFA, RxNorm) and of a facility's
own lists are understood when the name holds a word known to be ordinary, because a brand name gives nothing away.
"""

import re
from functools import cache, lru_cache

from hub.consent import words

_SHORT = {
    "http://hl7.org/fhir/sid/icd-10": "icd10",
    "http://hl7.org/fhir/sid/icd-10-cm": "icd10",
    "http://hl7.org/fhir/sid/icd-9-cm": "icd9cm",
    "http://www.whocc.no/atc": "atc",
    "http://loinc.org": "loinc",
    "http://snomed.info/sct": "snomed",
}
_NAMED = (
    "http://terminology.kemkes.go.id/",
    "http://hl7.org/fhir/sid/",
    "http://dicom.nema.org/",
    "http://unitsofmeasure.org",
)
_PLAIN = ("http://terminology.hl7.org/", "http://hl7.org/fhir/", "urn:ietf:bcp:", "urn:iso:")
_FORMS = {
    "icd10": re.compile(r"[A-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?"),
    "icd9cm": re.compile(r"([VE]?\d{2,3})(\.\d{1,2})?"),
    "atc": re.compile(r"[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?"),
}
_SEPARATOR = "."


@lru_cache(maxsize=32_768)
def judge(system: str | None, code: str | None, display: str | None) -> tuple[frozenset[str], bool]:
    """The sensitivities of a coding, and whether its meaning is understood."""
    found = words.sensitivities(display) if display else words.NONE
    short = _SHORT.get(system or "")
    if short in _FORMS:
        normal = (code or "").strip().upper()
        form = _FORMS[short].fullmatch(normal) is not None
        return found | _ranged(short, normal.replace(_SEPARATOR, "") if short == "icd10" else normal), form
    if short is not None:
        exact = _exact().get((short, code or ""))
        is_known = exact is not None or _is_word(display)
        return found | (exact or words.NONE), is_known
    if system is None or not system.startswith(_NAMED + _PLAIN):  # a medicine's brand name alone says nothing either
        return found, display is not None and words.names_something_ordinary(display)
    if system.startswith(_NAMED):
        return found, _is_word(display)
    return found | (words.sensitivities(code) if code else words.NONE), True


def _is_word(text: str | None) -> bool:
    return text is not None and any(len(token) > 2 and token.isalpha() for token in words.tokens_of(text))


def _ranged(short: str, code: str) -> frozenset[str]:
    """The labels of all ranges a code falls into; a range covers everything below its ends.

    A bare category (K29) is not labelled for one sensitive subcategory (K29.2): it says nothing of it.
    """
    found = words.NONE
    for first, last, labels in _ranges()[short].get(code[:1], ()):
        if code[: len(first)] >= first and code[: len(last)] <= last and len(code) >= len(first):
            found |= labels
    return found


@cache
def _ranges() -> dict[str, dict[str, list[tuple[str, str, frozenset[str]]]]]:
    """By system and first character: first code, last code, labels."""
    found: dict[str, dict[str, list[tuple[str, str, frozenset[str]]]]] = {short: {} for short in _FORMS}
    for row in words.table("codes"):
        short = row["system"]
        if short not in found:
            continue
        first, _, last = row["codes"].partition("-")
        if short == "icd10":
            first, last = first.replace(_SEPARATOR, ""), last.replace(_SEPARATOR, "")
        found[short].setdefault(first[0], []).append((first, last or first, frozenset(row["labels"].split())))
    return found


@cache
def _exact() -> dict[tuple[str, str], frozenset[str]]:
    """LOINC and SNOMED CT codes with their labels; no label for those known to be ordinary."""
    found = {(r["system"], r["codes"]): frozenset(r["labels"].split()) for r in words.table("codes")}
    for row in words.table("ordinary"):
        if row["kind"] in ("loinc", "snomed"):
            found |= {(row["kind"], code): words.NONE for code in row["words"].split(";")}
    return found
