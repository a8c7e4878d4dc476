"""SMART scopes: `(patient|user|system)/(Type|*).cruds` and the v1 forms; a ceiling, never a grant.

https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html. Scopes with search parameters are not
supported and never granted.
"""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from hub.fhir import RESOURCE_TYPES

CITY_SCOPES = ("city/areas", "city/licences", "city/feed")
"""What agencies of the city may hold: they open no record and are no SMART scopes; never together with those."""

Interaction = Literal[
    "create", "read", "vread", "update", "delete", "search", "history-instance", "history-type", "history-system"
]
_SCOPE = re.compile(r"(patient|user|system)/(\*|[A-Z][A-Za-z]{1,40})\.(read|write|\*|c?r?u?d?s?)")
_TYPES = frozenset(("*", *RESOURCE_TYPES))
_V1 = {"read": "rs", "write": "cud", "*": "cruds"}
_LETTER: dict[Interaction, str] = {
    "create": "c",
    "read": "r",
    "vread": "r",
    "history-instance": "r",
    "update": "u",
    "delete": "d",
    "search": "s",
    "history-type": "s",
    "history-system": "s",
}


class Scope(NamedTuple):
    """A parsed scope: level, resource type or "*", and its letters in the order c r u d s."""

    level: str
    type: str
    letters: str

    def __str__(self) -> str:
        return f"{self.level}/{self.type}.{self.letters}"


def parse_scope(text: str) -> Scope | None:
    """One scope, v1 forms translated; None when it is not a resource scope we support."""
    found = _SCOPE.fullmatch(text)
    if found is None or not found[3] or found[2] not in _TYPES:
        return None
    return Scope(found[1], found[2], _V1.get(found[3], found[3]))


def allows(scopes: Iterable[str], type: str, interaction: Interaction) -> bool:  # noqa: A002 (the FHIR word)
    """Whether one of the scopes covers the interaction on `type`; type "*" asks for all types at once."""
    letter = _LETTER[interaction]
    return any(
        scope is not None and scope.type in {"*", type} and letter in scope.letters
        for scope in map(parse_scope, scopes)
    )


def grant(requested: str | None, registered: Iterable[str]) -> tuple[str, ...]:
    """What of a requested scope string the registered scopes cover, narrowed; empty = nothing (`invalid_scope`).

    No request asks for everything registered. A requested wildcard is narrowed to the registered types.
    """
    if is_city(registered := tuple(registered)):
        wanted_city = (requested or "").split() or registered
        return tuple(scope for scope in registered if scope in wanted_city)
    ceiling = [scope for scope in map(parse_scope, registered) if scope is not None]
    if requested is None or not requested.strip():
        return tuple(str(scope) for scope in ceiling)
    wanted = [scope for scope in map(parse_scope, requested.split(" ")) if scope is not None]
    granted: dict[tuple[str, str], set[str]] = {}
    for want in wanted:
        for have in ceiling:
            common = set(want.letters) & set(have.letters)
            if common and want.level == have.level and (want.type == have.type or "*" in (want.type, have.type)):
                type_ = have.type if want.type == "*" else want.type
                granted.setdefault((want.level, type_), set()).update(common)
    return tuple(f"{level}/{type_}.{_ordered(letters)}" for (level, type_), letters in granted.items())


def is_city(scopes: Iterable[str]) -> bool:
    """Whether these are the scopes of an agency."""
    found = tuple(scopes)
    return bool(found) and set(found) <= set(CITY_SCOPES)


def is_write_only(scopes: Iterable[str]) -> bool:
    """Whether the scopes allow nothing but create and update."""
    parsed = [parse_scope(scope) for scope in scopes]
    return bool(parsed) and all(scope is not None and set(scope.letters) <= {"c", "u"} for scope in parsed)


def _ordered(letters: set[str]) -> str:
    return "".join(letter for letter in "cruds" if letter in letters)
