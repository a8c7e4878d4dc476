"""From a datatype to the plain values it is searched by (https://www.hl7.org/fhir/R4/search.html#table).

The scheme: a token is `system|code` (no system: `|code`) and, for searches that name no system, `*|code`. A reference
is `Type/id`. Names are the beginnings of their folded words, birth dates what `births.values` says.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from hub.fhir.references import parse_reference
from hub.search import births, names

Out = list[tuple[str, str]]


def concept(out: Out, params: tuple[str, ...], value: dict[str, Any]) -> None:
    """A CodeableConcept: each of its codings."""
    if "coding" in value:
        for item in value["coding"]:
            coding(out, params, item)


def coding(out: Out, params: tuple[str, ...], value: dict[str, Any]) -> None:
    """A Coding."""
    if "code" in value:
        out += coded(params, value.get("system", ""), value["code"])


@lru_cache(maxsize=16_384)
def coded(params: tuple[str, ...], system: str, code: str) -> Out:
    """The pairs of a code with its system ("": none)."""
    return [(param, text) for param in params for text in (f"*|{code}", f"{system}|{code}")]


def identifier(out: Out, params: tuple[str, ...], value: dict[str, Any]) -> None:
    """An Identifier by its value; one without a value cannot be searched."""
    if "value" in value:
        text = value["value"]
        for param in params:
            out.append((param, "*|" + text))
            out.append((param, f"{value.get('system', '')}|{text}"))


def contact(out: Out, params: tuple[str, ...], value: dict[str, Any]) -> None:
    """A ContactPoint by its value; it has no system in the sense of search."""
    if "value" in value:
        out += [(param, "*|" + value["value"]) for param in params]


def plain(out: Out, params: tuple[str, ...], value: object) -> None:
    """A string, uri or boolean searched as a token."""
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    out += [(param, "*|" + text) for param in params]


def deceased(out: Out, params: tuple[str, ...], value: object) -> None:
    """Whether somebody is dead: a token of the dead alone."""
    if value:
        out += [(param, "*|true") for param in params]


def code(out: Out, value: str, pairs: dict[str, Out], params: tuple[str, ...]) -> None:
    """A code: the pairs of its required value set (`code_pairs`), or itself where the set is open."""
    out += pairs.get(value) or [(param, "*|" + value) for param in params]


def code_pairs(params: tuple[str, ...], systems: dict[str, list[str]]) -> dict[str, Out]:
    """The pairs of each code of a value set, given its codes by system."""
    found: dict[str, Out] = {}
    for system, codes in systems.items():
        for each in codes:
            pairs = found.setdefault(each, [(param, "*|" + each) for param in params])
            pairs += [(param, f"{system}|{each}") for param in params]
    return found


def reference(out: Out, params: tuple[str, ...], value: dict[str, Any], target: str | None) -> None:
    """A literal Reference, without its version; `target` keeps those to one type."""
    if "reference" in value:
        out += referred(params, value["reference"], target)


@lru_cache(maxsize=8_192)
def referred(params: tuple[str, ...], text: str, target: str | None) -> Out:
    """The pairs of a literal reference."""
    normal = normal_reference(text)
    if normal is None or (target is not None and not normal.startswith(target)):
        return []
    is_patient = normal.startswith("Patient/")
    return [(param, normal) for param in params if not (is_patient and param in PATIENT_PARAMS)]


def link(out: Out, params: tuple[str, ...], value: str, target: str | None) -> None:
    """A canonical or uri searched as a reference, with its version and without."""
    if target is None:
        out += [(param, value) for param in params]
        if "|" in value:
            out += [(param, value.partition("|")[0]) for param in params]


PATIENT_PARAMS = ("patient", "subject")
"""References to a patient are not values: a resource lies in its patient's compartment, which answers that search."""


def normal_reference(text: str | None) -> str | None:
    """`Type/id` of a relative reference, an absolute one as it is; None for none, contained and conditional ones."""
    if not text or text[0] == "#":
        return None
    if "/_history/" in text:
        local = parse_reference(text)
        return f"{local.type}/{local.id}" if local else text.partition("/_history/")[0]
    return None if "?" in text and ":" not in text.partition("?")[0] else text


def name(out: Out, params: tuple[str, ...], value: dict[str, Any]) -> None:
    """A HumanName: every part of it."""
    texts: list[str] = [value[key] for key in ("text", "family") if key in value]
    for key in ("given", "prefix", "suffix"):
        texts += [part for part in value.get(key, ()) if part]
    word_starts(out, params, " ".join(texts))


def word_starts(out: Out, params: tuple[str, ...], text: str) -> None:
    """A name given as one string."""
    starts: Iterable[str] = dict.fromkeys(names.prefixes(text))
    out += [(param, start) for start in starts for param in params]


def birth(out: Out, params: tuple[str, ...], value: str) -> None:
    """A birth date."""
    out += [(param, text) for text in births.values(value) for param in params]
