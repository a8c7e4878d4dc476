"""Trims the package's code systems, value sets and concept maps to what `hub.fhir.terminology` answers from.

Kept: names, status, content, hierarchy, codes, displays, definitions, properties, compositions, maps. Left out: prose,
narrative, translations, and what is not HL7's to give away (the CC0 of the package does not cover it): code systems of
other publishers, and the displays of their codes in HL7's value sets.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import zstandard

Definition = dict[str, Any]

KINDS = ("CodeSystem", "ValueSet", "ConceptMap")
_HEAD = ("resourceType", "id", "url", "version", "name", "title", "status", "experimental", "date", "publisher")
_KEPT = {
    "CodeSystem": ("caseSensitive", "valueSet", "hierarchyMeaning", "content", "property", "concept"),
    "ValueSet": ("immutable", "compose"),
    "ConceptMap": ("sourceUri", "sourceCanonical", "targetUri", "targetCanonical", "group"),
}
_CONCEPT = ("code", "display", "definition", "property", "concept")
_HL7 = ("http://hl7.org/fhir/", "http://terminology.hl7.org/", "http://cds-hooks.hl7.org/")
_FOREIGN = "http://hl7.org/fhir/sid/"
_EXAMPLE = re.compile(r"example(-.*|\d*)|\d+")
"""The ids of the specification's own examples."""
_MOST_TEXT = 600
"""Characters of a definition; the few longer ones are essays."""


def terminology(definitions: Mapping[str, Iterable[Definition]]) -> bytes:
    """One JSON line per definition, by kind and url, in one zstd frame."""
    encode = msgspec.json.Encoder(order=None).encode
    lines = [
        encode(_trimmed(definition))
        for kind in KINDS
        for definition in sorted(definitions[kind], key=lambda each: str(each["url"]))
        if _is_wanted(definition)
    ]
    return zstandard.ZstdCompressor(level=19).compress(b"\n".join(lines))


def _is_wanted(definition: Definition) -> bool:
    if definition["resourceType"] == "CodeSystem" and not (_is_hl7(definition["url"]) and definition.get("concept")):
        return False
    return not _EXAMPLE.fullmatch(definition["id"])


def _trimmed(definition: Definition) -> Definition:
    kept = {key: definition[key] for key in (*_HEAD, *_KEPT[definition["resourceType"]]) if key in definition}
    if "concept" in kept:
        kept["concept"] = [_concept(each) for each in kept["concept"]]
        kept["property"] = [{k: v for k, v in each.items() if k != "description"} for each in kept.get("property", ())]
        kept = {key: value for key, value in kept.items() if value}
    if "compose" in kept:
        parts = {part: kept["compose"][part] for part in ("include", "exclude") if part in kept["compose"]}
        kept["compose"] = {part: [_include(each) for each in listed] for part, listed in parts.items()}
    return kept


def _include(include: Definition) -> Definition:
    kept: Definition = {
        key: include[key] for key in ("system", "version", "concept", "filter", "valueSet") if key in include
    }
    if "concept" in kept:
        keys = ("code", "display") if _is_hl7(kept.get("system", "")) else ("code",)
        kept["concept"] = [{key: each[key] for key in keys if key in each} for each in kept["concept"]]
    return kept


def _concept(concept: Definition) -> Definition:
    kept = {key: concept[key] for key in _CONCEPT if concept.get(key)}
    if "definition" in kept:
        text = " ".join(kept["definition"].split())
        kept["definition"] = text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT].rpartition(" ")[0] + " …"
        if text in (concept.get("display"), f"{concept.get('display')}."):
            del kept["definition"]
    if "concept" in kept:
        kept["concept"] = [_concept(each) for each in kept["concept"]]
    return kept


def _is_hl7(url: str) -> bool:
    return url.startswith(_HL7) and not url.startswith(_FOREIGN)
