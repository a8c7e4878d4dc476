"""The FHIRPath of the official search parameters, as paths through a type.

Only what those expressions use, and `extension('…')`: paths, `|`, `as`/`ofType`, `where(resolve() is X)`,
`where(a='b')`, `where(hasExtension('…'))`, an index. Choices (`value[x]`) become one path per type, so that a path
ends in one known R4 datatype. Of logic there is one expression, Patient.deceased, which has a datatype of its own
(DECEASED).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.fhir.definitions import table

DECEASED = "deceased"
"""The datatype of the paths of Patient.deceased: true for any date and for `true`, else false."""

_PART = re.compile(
    r"""(?P<where>where\(\s*resolve\(\)\s+is\s+(?P<target>\w+)\s*\))
      | (?P<equal>where\(\s*(?P<key>\w+)\s*=\s*'(?P<literal>[^']*)'\s*\))
      | (?P<has>where\(\s*hasExtension\(\s*'(?P<extension>[^']*)'\s*\)\s*\))
      | (?P<cast>(?:as|ofType)\(\s*(?P<type>\w+)\s*\))
      | (?P<name>\w+)(?:\[(?P<index>\d+)\])?$""",
    re.VERBOSE,
)
_AS = re.compile(r"\((?P<path>\w.*?)\s+as\s+(?P<type>\w+)\)(?P<rest>.*)")
_EXTENSION = re.compile(r"\bextension\(\s*('[^']*')\s*\)")
_DECEASED = re.compile(r"(?P<path>[\w.]+)\.exists\(\) and (?P=path) != false")
_WRITTEN_WRONG = {"DateTime": "dateTime"}
"""Names of types as one official expression (Observation's code-value-date) has them, and as they are."""


@dataclass(frozen=True, slots=True)
class Step:
    """One element of a path. `equal` keeps the items whose field has the literal, `extension` those with one of this
    url, `index` the one at this place."""

    key: str
    is_array: bool
    equal: tuple[str, str] | None = None
    extension: str | None = None
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """Where a parameter's values stand in a resource: steps, the datatype at their end, its bound value set.

    `target` keeps references to that type only.
    """

    steps: tuple[Step, ...]
    datatype: str
    codes: str | None = None
    target: str | None = None


def paths(expression: str, type_name: str) -> list[Path]:
    """The paths of an expression that start at `type_name`, or at `Resource`, or name no type at all."""
    found: list[Path] = []
    logic = _DECEASED.fullmatch(expression)
    if logic:
        steps = paths(logic["path"], type_name)
        return [Path(path.steps, DECEASED) for path in steps]
    for alternative in alternatives(expression):
        alternative = _EXTENSION.sub(r"extension.where(url=\1)", alternative)
        cast = _AS.fullmatch(alternative)
        if cast:
            alternative = f"{cast['path']}.as({cast['type']}){cast['rest']}"
        root, *parts = _split(alternative, ".")
        if root[:1].islower():
            found += _walk([root, *parts], type_name, (), None)
        elif root in (type_name, "Resource"):
            found += _walk(parts, type_name, (), None) if parts else [Path((), type_name)]
    return found


def alternatives(expression: str) -> list[str]:
    """What stands on either side of each `|`."""
    return [alternative.strip() for alternative in _split(expression, "|")]


def _walk(parts: list[str], owner: str, steps: tuple[Step, ...], target: str | None) -> Iterator[Path]:
    """Follows the parts from a type; several paths where a choice is left open."""
    match = _PART.fullmatch(parts[0]) if parts else None
    if match is None or not match["name"]:
        return
    index = int(match["index"]) if match["index"] else None
    for key, element in _elements(owner, match["name"]):
        rest, equal, extension, here = parts[1:], None, None, target
        is_wanted = True
        while rest and (condition := _PART.fullmatch(rest[0])) and not condition["name"]:
            if condition["where"]:
                here = condition["target"]
            elif condition["equal"]:
                is_wanted = is_wanted and equal is None and bool(_elements(element["type"], condition["key"]))
                equal = (condition["key"], condition["literal"])
            elif condition["has"]:
                is_wanted = is_wanted and bool(_elements(element["type"], "extension"))
                extension = condition["extension"]
            else:
                wanted = _WRITTEN_WRONG.get(condition["type"], condition["type"])
                is_wanted = is_wanted and element["type"] == wanted
            rest = rest[1:]
        if not is_wanted:
            continue
        following = (*steps, Step(key, element.get("array", False), equal, extension, index))
        if rest:
            yield from _walk(rest, element["type"], following, here)
        else:
            yield Path(following, element["type"], element.get("codes"), here)


def _elements(owner: str, name: str) -> list[tuple[str, dict[str, Any]]]:
    definition = table()["types"].get(owner, {"elements": {}})
    elements = definition["elements"]
    choice = definition.get("choices", {}).get(name)
    names = choice["names"] if choice else [name]
    return [(key, elements[key]) for key in names if key in elements]


def _split(text: str, separator: str) -> list[str]:
    """Splits outside brackets and quotes."""
    parts, depth, start, is_quoted = [], 0, 0, False
    for position, letter in enumerate(text):
        if letter == "'":
            is_quoted = not is_quoted
        elif is_quoted:
            continue
        elif letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= 1
        elif letter == separator and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    return [*parts, text[start:]]
