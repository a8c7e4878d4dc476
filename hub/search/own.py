"""The city's own search parameters: SearchParameter resources in a file, checked, and served like the official ones.

https://www.hl7.org/fhir/R4/searchparameter.html. Read once at the start; what an expression may say is what
`hub.search.expressions` compiles.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from hub.fhir.definitions import RESOURCE_TYPES
from hub.search.expressions import alternatives, paths
from hub.search.extraction import extractor
from hub.search.parameters import DATATYPES, INDEXED, NAMES, OWN, official, served
from hub.search.prints import prints
from hub.search.values import PATIENT_PARAMS

MOST, LONGEST = 200, 2_000
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_TYPES = frozenset(RESOURCE_TYPES)
_KEPT_NAMES = frozenset((*INDEXED, *NAMES, *PATIENT_PARAMS, "date"))
"""Names that the store treats in ways of their own."""

Definition = dict[str, Any]


def adopt(definitions: Sequence[Definition]) -> None:
    """Serve these besides the official parameters, in this process, from now on. For the start alone: not while
    anything is being searched or stored."""
    if list(definitions) != OWN:
        OWN[:] = definitions
        for cached in (served, extractor, prints):
            cached.cache_clear()


def read_own(text: bytes) -> list[Definition]:
    """The definitions of a file: one SearchParameter, or a Bundle of them. ValueError says in words what is wrong."""
    try:
        content = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"it is not JSON ({error})") from None
    resources = [content]
    if isinstance(content, dict) and content.get("resourceType") == "Bundle":
        entries = content.get("entry", [])
        if not isinstance(entries, list):
            raise ValueError("Bundle.entry must be a list")
        resources = [each.get("resource") if isinstance(each, dict) else None for each in entries]
    if len(resources) > MOST:
        raise ValueError(f"it holds more than {MOST} parameters")
    found = [_definition(resource) for resource in resources]
    taken: set[tuple[str, str]] = set()
    for each in found:
        for base in each["base"]:
            if (base, each["code"]) in taken:
                raise ValueError(f"{each['code']}: {base} gets it twice")
            taken.add((base, each["code"]))
    return found


def _definition(resource: object) -> Definition:
    if not isinstance(resource, dict) or resource.get("resourceType") != "SearchParameter":
        raise ValueError("it must hold a SearchParameter, or a Bundle of them")
    code = resource.get("code")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise ValueError("code must be letters, digits and -, beginning with a letter, at most 64")
    type_, expression, url = (resource.get(name) for name in ("type", "expression", "url"))
    base, target = (resource.get(name, []) for name in ("base", "target"))
    if not isinstance(url, str) or not url:
        raise ValueError(f"{code}: url is missing")
    if type_ not in DATATYPES:
        raise ValueError(f"{code}: type must be one of {', '.join(DATATYPES)}")
    for name, types in (("base", base), ("target", target)):
        if not isinstance(types, list) or not _TYPES.issuperset(str(each) for each in types):
            raise ValueError(f"{code}: {name} must be a list of resource types of R4")
    if not base:
        raise ValueError(f"{code}: base is missing")
    clashing = [each for each in base if code in official(each)]
    if clashing or code in _KEPT_NAMES:
        raise ValueError(f"{code}: the name is official ({', '.join(clashing) or 'elsewhere'}); choose another")
    if not isinstance(expression, str) or not 0 < len(expression) <= LONGEST:
        raise ValueError(f"{code}: expression must be a text of at most {LONGEST} letters")
    _compiles(code, type_, base, expression)
    return {"code": code, "base": base, "type": type_, "expression": expression, "target": target, "url": url}


def _compiles(code: str, type_: str, base: list[str], expression: str) -> None:
    """ValueError unless each type gets something from the expression, and each part of it gives some type something."""
    usable = {(each, part): _is_usable(part, each, type_) for each in base for part in alternatives(expression)}
    for each in base:
        if not any(usable[each, part] for part in alternatives(expression)):
            raise ValueError(f"{code}: the expression gives {each} nothing that a {type_} can be. {_SUBSET}")
    for part in alternatives(expression):
        if not any(usable[each, part] for each in base):
            raise ValueError(f"{code}: this part of the expression can't be used: {part[:200]}. {_SUBSET}")


def _is_usable(part: str, type_name: str, type_: str) -> bool:
    found = [path for path in paths(part, type_name) if path.datatype in DATATYPES[type_] - {"Resource"}]
    return bool(found) and all(path.target is None or path.datatype == "Reference" for path in found)


_SUBSET = (
    "An expression is a path that begins with the type, such as Patient.name.given, alternatives with | between them; "
    "in it extension('url'), where(a='b'), where(resolve() is Type), as(Type) or ofType(Type), [0]"
)
