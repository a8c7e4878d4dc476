"""The FHIRPath of the official search parameters, as paths through a type.

Only what those expressions use: paths, `|`, `as`/`ofType`, `where(resolve() is X)`, `where(a='b')`, an index and
`extension('…')`. Choices (`value[x]`) become one path per type, so that a path ends in one known R4 datatype.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.fhir.definitions import table

_PART = re.compile(
    r"""(?P<where>where\(\s*resolve\(\)\s+is\s+(?P<target>\w+)\s*\))
      | (?P<equal>where\(\s*(?P<key>\w+)\s*=\s*'(?P<literal>[^']*)'\s*\))
      | (?P<cast>(?:as|ofType)\(\s*(?P<type>\w+)\s*\))
      | (?P<name>\w+)(?P<index>\[\d+\])?$""",
    re.VERBOSE,
)
_AS = re.compile(r"\((?P<path>[\w.]+)\s+as\s+(?P<type>\w+)\)(?P<rest>.*)")


@dataclass(frozen=True, slots=True)
class Step:
    """One element of a path. `equal` keeps the items whose field has the literal."""

    key: str
    is_array: bool
    equal: tuple[str, str] | None = None


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
    """The paths of an expression that start at `type_name`; what lies outside the subset is left out."""
    found: list[Path] = []
    for alternative in _alternatives(expression):
        cast = _AS.fullmatch(alternative)
        if cast:
            alternative = f"{cast['path']}.as({cast['type']}){cast['rest']}"
        root, *parts = _parts(alternative)
        if root == type_name:
            found += _walk(parts, type_name, (), None)
    return found


def _walk(parts: list[str], owner: str, steps: tuple[Step, ...], target: str | None) -> Iterator[Path]:
    """Follows the parts from a type; several paths where a choice is left open."""
    match = _PART.fullmatch(parts[0]) if parts else None
    if match is None or not match["name"]:
        return
    for key, element in _elements(owner, match["name"]):
        rest, equal, here = parts[1:], None, target
        is_wanted = True
        while rest and (condition := _PART.fullmatch(rest[0])) and not condition["name"]:
            if condition["where"]:
                here = condition["target"]
            elif condition["equal"]:
                equal = (condition["key"], condition["literal"])
            else:
                is_wanted = is_wanted and element["type"] == condition["type"]
            rest = rest[1:]
        if not is_wanted:
            continue
        following = (*steps, Step(key, element.get("array", False), equal))
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


def _alternatives(expression: str) -> Iterator[str]:
    yield from (part.strip() for part in _split(expression, "|"))


def _parts(path: str) -> list[str]:
    return _split(path, ".")


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
