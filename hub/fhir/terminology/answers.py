"""The answers of the terminology operations, as the Parameters or ValueSet that R4 asks for.

https://www.hl7.org/fhir/R4/terminology-service.html
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from hub.fhir.terminology.code_system import CodeSystem, Concept
from hub.fhir.terminology.finding import concept_of, known, system_of, value_set_of
from hub.fhir.terminology.own import LAY

Resource = dict[str, Any]

NO_CODE = "The code is not in the code system."
NOT_IN_SET = "The code is not in the value set."
NO_DISPLAY = "The code is valid; the display given is not one of its displays."
UNCHECKED = "The code is valid; the display was not checked: the official titles are not shipped, only plain names."


class Code(NamedTuple):
    """A code as it is asked about; "" for what was not given."""

    system: str
    code: str
    display: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a value set is wanted. `count` None: all. `lang`: the language displays are preferred in."""

    filter: str = ""
    offset: int = 0
    count: int | None = None
    lang: str = ""
    is_active: bool = False
    has_designations: bool = False


def lookup(asked: Code, properties: Collection[str] = (), lang: str = "") -> Resource:
    """What is known of a code. https://www.hl7.org/fhir/R4/codesystem-operation-lookup.html

    NOT_FOUND for a code or a code system that does not exist, UNPROCESSABLE where the hub can't know.
    """
    system = system_of(asked.system, asked.version)
    concept = concept_of(system, asked.code)
    found: list[Resource] = [{"name": "name", "valueString": system.definition["name"]}]
    if "version" in system.definition:
        found.append({"name": "version", "valueString": system.definition["version"]})
    found.append({"name": "display", "valueString": display_of(concept, lang) or concept.code})
    found += [{"name": "designation", "part": _designation(each)} for each in concept.raw.get("designation", ())]
    told = [
        (code, kind, value)
        for code, kind, value in _properties(system, concept)
        if not properties or code in properties
    ]
    found += [
        {"name": "property", "part": [{"name": "code", "valueCode": code}, {"name": "value", kind: value}]}
        for code, kind, value in told
    ]
    return _parameters(found)


def validate_in_system(codes: Sequence[Code], lang: str = "") -> Resource:
    """Whether one of the codes is a code of its system, and has the display it is given with.

    https://www.hl7.org/fhir/R4/codesystem-operation-validate-code.html; NOT_FOUND and UNPROCESSABLE as for a lookup.
    """
    return _verdict([(each, known(system_of(each.system, each.version), each.code)) for each in codes], NO_CODE, lang)


def validate_in_set(url: str, version: str, codes: Sequence[Code], lang: str = "") -> Resource:
    """Whether one of the codes is in a value set; without a system it may be any of the set's.

    https://www.hl7.org/fhir/R4/valueset-operation-validate-code.html; NOT_FOUND or UNPROCESSABLE for the value set.
    """
    members = value_set_of(url, version)[1]
    return _verdict([(each, _member(members, each)) for each in codes], NOT_IN_SET, lang)


def subsumes(system: str, version: str, one: str, other: str) -> Resource:
    """How code `one` lies to `other`. https://www.hl7.org/fhir/R4/codesystem-operation-subsumes.html"""
    found = system_of(system, version)
    a, b = concept_of(found, one).code, concept_of(found, other).code
    if a == b:
        said = "equivalent"
    elif found.is_below(b, a):
        said = "subsumes"
    else:
        said = "subsumed-by" if found.is_below(a, b) else "not-subsumed"
    return _parameters([{"name": "outcome", "valueCode": said}])


def expanded(url: str, version: str, wanted: Wanted, made: str) -> Resource:
    """The value set with the codes it holds, in its order. `made`: the instant of the answer.

    https://www.hl7.org/fhir/R4/valueset-operation-expand.html; NOT_FOUND, or UNPROCESSABLE when it can't be expanded.
    """
    definition, members = value_set_of(url, version)
    text = wanted.filter.casefold()
    chosen = [
        concept
        for concept in members.values()
        if not (wanted.is_active and concept.is_inactive) and (not text or any(text in said for said in _said(concept)))
    ]
    last = len(chosen) if wanted.count is None else wanted.offset + wanted.count
    expansion: Resource = {
        "identifier": f"urn:uuid:{uuid5(NAMESPACE_URL, f'{url}|{version}|{wanted}')}",
        "timestamp": made,
        "total": len(chosen),
    }
    if wanted.offset or wanted.count is not None:
        expansion["offset"] = wanted.offset
    if shown := _used(wanted):
        expansion["parameter"] = shown
    if page := chosen[wanted.offset : last]:
        expansion["contains"] = [_contained(concept, wanted) for concept in page]
    head = {key: value for key, value in definition.items() if key not in ("id", "compose")}
    return head | {"expansion": expansion}


def display_of(concept: Concept, lang: str) -> str:
    """The concept's display, in `lang` where it has one."""
    own = (each["value"] for each in concept.raw.get("designation", ()) if each.get("language") == lang)
    return next(own, concept.display) if lang else concept.display


def _verdict(found: Sequence[tuple[Code, Concept | None]], refusal: str, lang: str) -> Resource:
    right = next(((asked, concept) for asked, concept in found if concept is not None), None)
    if right is None:
        return _parameters([{"name": "result", "valueBoolean": False}, {"name": "message", "valueString": refusal}])
    asked, concept = right
    is_ours = not asked.display or asked.display.casefold().strip() in _displays(concept)
    is_right = is_ours or concept.system in LAY
    said: list[Resource] = [{"name": "result", "valueBoolean": is_right}]
    if not is_ours:
        said.append({"name": "message", "valueString": UNCHECKED if is_right else NO_DISPLAY})
    return _parameters([*said, {"name": "display", "valueString": display_of(concept, lang) or concept.code}])


def _member(members: Mapping[tuple[str, str], Concept], asked: Code) -> Concept | None:
    if asked.system:
        return members.get((asked.system, asked.code))
    return next((concept for (_, code), concept in members.items() if code == asked.code), None)


def _displays(concept: Concept) -> set[str]:
    own = {each["value"].casefold() for each in concept.raw.get("designation", ())}
    official = concept.raw.get("display", "")
    return own | {text.casefold() for text in (concept.display, official) if text} or {concept.code.casefold()}


def _said(concept: Concept) -> list[str]:
    return [concept.code.casefold(), *_displays(concept)]


def _contained(concept: Concept, wanted: Wanted) -> Resource:
    shown: Resource = {"system": concept.system}
    if concept.is_abstract:
        shown["abstract"] = True
    if concept.is_inactive:
        shown["inactive"] = True
    shown["code"] = concept.code
    if display := display_of(concept, wanted.lang):
        shown["display"] = display
    if wanted.has_designations and concept.raw.get("designation"):
        shown["designation"] = concept.raw["designation"]
    return shown


def _used(wanted: Wanted) -> list[Resource]:
    said: list[Resource] = []
    if wanted.filter:
        said.append({"name": "filter", "valueString": wanted.filter})
    if wanted.is_active:
        said.append({"name": "activeOnly", "valueBoolean": True})
    if wanted.has_designations:
        said.append({"name": "includeDesignations", "valueBoolean": True})
    if wanted.lang:
        said.append({"name": "displayLanguage", "valueCode": wanted.lang})
    if wanted.count is not None:
        said.append({"name": "count", "valueInteger": wanted.count})
    return said


def _properties(system: CodeSystem, concept: Concept) -> list[tuple[str, str, Any]]:
    """(code, value[x], value) of everything that is said of a concept, its parents and children first."""
    told: list[tuple[str, str, Any]] = [("parent", "valueCode", each) for each in dict.fromkeys(concept.parents)]
    below = (each.code for each in system.concepts.values() if concept.code in each.parents)
    told += [("child", "valueCode", each) for each in below]
    if "definition" in concept.raw:
        told.append(("definition", "valueString", concept.raw["definition"]))
    for each in concept.raw.get("property", ()):
        if each["code"] not in ("parent", "child", "subsumedBy"):
            told += [(each["code"], key, value) for key, value in each.items() if key.startswith("value")]
    return told


def _designation(each: Mapping[str, Any]) -> list[Resource]:
    return [{"name": "language", "valueCode": each["language"]}, {"name": "value", "valueString": each["value"]}]


def _parameters(listed: list[Resource]) -> Resource:
    return {"resourceType": "Parameters", "parameter": listed}
