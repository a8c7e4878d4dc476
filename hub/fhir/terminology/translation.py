"""From one code system to another, by concept maps. https://www.hl7.org/fhir/R4/conceptmap-operation-translate.html"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

Definition = dict[str, Any]
Spell = Callable[[str, str], Sequence[str]]
"""(code system, code) -> the forms under which a map may list it, the likeliest first."""

NO_MATCH = "No map knows this code."

_NONE = frozenset({"unmatched", "disjoint"})
_REVERSED = {"wider": "narrower", "subsumes": "specializes", "narrower": "wider", "specializes": "subsumes"}


class Asked(NamedTuple):
    """A code to be translated, "" for a system that was not given; `target`: the system wanted, "" for any."""

    system: str
    code: str
    target: str = ""
    is_reverse: bool = False


class Match(NamedTuple):
    """A code of the other side, how it lies to the one asked for, and the map that says so."""

    equivalence: str
    coding: Definition
    map: str


def exactly(_system: str, code: str) -> Sequence[str]:
    """The spelling of codes that are codes."""
    return (code,)


def matches(maps: Iterable[Definition], asked: Asked, spell: Spell = exactly) -> list[Match]:
    """What the maps say, in their order, each coding once; statements that nothing matches are left out."""
    found: dict[tuple[str, str, str], Match] = {}
    for each in maps:
        for group in each.get("group", ()):
            for match in _in_group(group, asked, spell, each.get("url", "")):
                found.setdefault((match.coding.get("system", ""), match.coding["code"], match.map), match)
    return list(found.values())


def translated(found: Sequence[Match]) -> Definition:
    """The answer, with `result` false and a message when nothing was found."""
    said: list[Definition] = [{"name": "result", "valueBoolean": bool(found)}]
    if not found:
        said.append({"name": "message", "valueString": NO_MATCH})
    for match in found:
        part = [
            {"name": "equivalence", "valueCode": match.equivalence},
            {"name": "concept", "valueCoding": match.coding},
            {"name": "source", "valueUri": match.map},
        ]
        said.append({"name": "match", "part": part})
    return {"resourceType": "Parameters", "parameter": said}


def _in_group(group: Definition, asked: Asked, spell: Spell, url: str) -> Iterator[Match]:
    source, target = group.get("source", ""), group.get("target", "")
    here, there = (target, source) if asked.is_reverse else (source, target)
    if (asked.system and asked.system != here) or (asked.target and asked.target != there):
        return
    for form in (asked.code,) if asked.is_reverse else spell(source, asked.code):
        hits = list(_hits(group, form, asked.is_reverse))
        yield from (Match(said, {"system": there, **coding}, url) for said, coding in hits)
        if hits:
            return


def _hits(group: Definition, code: str, is_reverse: bool) -> Iterator[tuple[str, Definition]]:
    for element in group.get("element", ()):
        for to in element.get("target", ()):
            said = to.get("equivalence", "relatedto")
            if said in _NONE or "code" not in to:
                continue
            if is_reverse and to["code"] == code:
                yield _REVERSED.get(said, said), _coding(element)
            elif not is_reverse and element.get("code") == code:
                yield said, _coding(to)


def _coding(listed: Definition) -> Definition:
    return {key: listed[key] for key in ("code", "display") if key in listed}
