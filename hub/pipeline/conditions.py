"""Conditions of the FHIR API, `identifier=system|value`: a conditional create's, and those that stand in references.

https://www.hl7.org/fhir/R4/http.html#ccreate, https://www.hl7.org/fhir/R4/http.html#trules (conditional references)
"""

from urllib.parse import unquote

from hub.errors import HubError
from hub.fhir import RESOURCE_TYPES, type_number
from hub.model import Key, Reach, Selection
from hub.parts import Hub
from hub.search import parse
from hub.store import ReadTx

_TYPES = frozenset(RESOURCE_TYPES)


def condition_of(text: str, is_encoded: bool) -> tuple[str, str] | None:
    """The type and the identifier of a reference `Type?identifier=system|value`, None for any other reference.

    An adapter writes its own identifiers plainly; what comes by the API is part of an address, so `is_encoded`.
    """
    type_, mark, identifier = text.partition("?identifier=")
    if not mark or type_ not in _TYPES:
        return None
    return type_, unquote(identifier) if is_encoded else identifier


def matching(hub: Hub, tx: ReadTx, author: int, type_: str, identifier: str) -> list[Key]:
    """The author's own resources of a type that carry an identifier; two at most, for two are already not one."""
    if "," in identifier:
        return []
    try:
        query = parse(type_, [("identifier", identifier)], lenient=False)
    except HubError:  # the type has no identifier, or none can look like this
        return []
    tokens = tuple(tuple(hub.blinder.token(author, name, value) for name, value in group) for group in query.tokens)
    reach = Reach(author, None, None, tokens, query.indexed)
    rows = tx.select(Selection(type_number(type_), (reach,), limit=2)).rows
    return [Key(row.compartment, row.rid) for row in rows]
