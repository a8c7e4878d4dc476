"""Conditions of the FHIR API: of conditional create, update and delete, and those that stand in references.

https://www.hl7.org/fhir/R4/http.html#ccreate, https://www.hl7.org/fhir/R4/http.html#trules (conditional references)
"""

from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from hub.errors import Category, HubError
from hub.fhir import RESOURCE_TYPES, type_number
from hub.model import PATIENT_RID, Issue, Key, Reach, Selection
from hub.parts import Hub
from hub.search import Query, parse
from hub.store import ReadTx

_TYPES = frozenset(RESOURCE_TYPES)
_MOST = 40


class Condition(NamedTuple):
    """What a conditional interaction looks for: one identifier `system|value`, which can be kept unique, or else the
    query of a search of the sender's own resources."""

    source: str | None
    criteria: str | None


def condition_of(text: str, is_encoded: bool) -> tuple[str, str] | None:
    """The type and the identifier of a reference `Type?identifier=system|value`, None for any other reference.

    An adapter writes its own identifiers plainly; what comes by the API is part of an address, so `is_encoded`.
    """
    type_, mark, identifier = text.partition("?identifier=")
    if not mark or type_ not in _TYPES:
        return None
    return type_, unquote(identifier) if is_encoded else identifier


def condition_from(type_: str, query: str, path: str = "") -> Condition:
    """The condition of an If-None-Exist, or of the address of a conditional update or delete (form-encoded).

    PRECONDITION when it can't be understood or asks for nothing: passing over it would store a thing twice.
    """
    name, mark, value = query.removeprefix("?").partition("=")
    identifier = unquote(value)
    if name == "identifier" and "&" not in value and "," not in identifier and "|" in identifier.strip("|"):
        return Condition(identifier, None)
    try:
        asked = _query(type_, query)
    except HubError as error:
        raise HubError(Category.PRECONDITION, Issue("HUB-3107", path), *error.issues) from error
    narrowing = (asked.patient, asked.ids, asked.tokens, asked.days, asked.updated)
    if not mark or all(each in (None, ()) for each in narrowing):
        raise HubError(Category.PRECONDITION, Issue("HUB-3107", path))
    return Condition(None, query.removeprefix("?"))


def found_by(hub: Hub, tx: ReadTx, author: int, type_: str, criteria: str) -> list[Key]:
    """The author's own resources of a type that a condition's search finds; two at most, for two are not one."""
    return _found(hub, tx, author, type_, _query(type_, criteria))


def _query(type_: str, text: str) -> Query:
    try:
        pairs = parse_qsl(text.removeprefix("?"), keep_blank_values=True, max_num_fields=_MOST, errors="strict")
    except ValueError:
        raise HubError(Category.PRECONDITION, Issue("HUB-3107")) from None
    return parse(type_, pairs, lenient=False)


def matching(hub: Hub, tx: ReadTx, author: int, type_: str, identifier: str) -> list[Key]:
    """The author's own resources of a type that carry an identifier; two at most, for two are already not one."""
    if "," in identifier:
        return []
    try:
        query = parse(type_, [("identifier", identifier)], lenient=False)
    except HubError:  # the type has no identifier, or none can look like this
        return []
    return _found(hub, tx, author, type_, query)


def _found(hub: Hub, tx: ReadTx, author: int, type_: str, query: Query) -> list[Key]:
    tokens = tuple(tuple(hub.blinder.token(author, name, value) for name, value in group) for group in query.tokens)
    homes, ids = None, None
    if query.patient is not None:
        patients = (hub.ids.decode(text) for text in query.patient)
        homes = tuple(key.compartment for key in patients if key is not None and key.rid == PATIENT_RID)
    if query.ids is not None:
        ids = tuple(key for text in query.ids if (key := hub.ids.decode(text)) is not None)
    reach = Reach(author, homes, None, tokens, query.indexed)
    asked = Selection(type_number(type_), (reach,), query.days, query.updated, ids, limit=2)
    return [Key(row.compartment, row.rid) for row in tx.select(asked).rows]
