"""Conditions of the FHIR API: of conditional create, update and delete, and those that stand in references.

https://www.hl7.org/fhir/R4/http.html#ccreate, https://www.hl7.org/fhir/R4/http.html#trules (conditional references)
"""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from hub.access.costs import Budget
from hub.access.finding import first_keys
from hub.access.scope import scope_of_author
from hub.errors import Category, HubError
from hub.fhir import RESOURCE_TYPES
from hub.model import Issue, Key
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
    """The type and the condition of a reference `Type?…`, None for any other reference. The condition is an identifier
    `system|value` or, beginning with "?", the query of a search.

    An adapter writes its own identifiers plainly; what comes by the API is part of an address, so `is_encoded`.
    """
    type_, mark, query = text.partition("?")
    if not mark or type_ not in _TYPES:
        return None
    if not is_encoded:
        return (type_, query.removeprefix("identifier=")) if query.startswith("identifier=") else None
    try:
        found = condition_from(type_, query)
    except HubError:  # asks for nothing that can be understood: it leads nowhere
        return type_, f"?{query}"
    return type_, found.source if found.source is not None else f"?{found.criteria}"


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
        raise HubError(Category.PRECONDITION, Issue("HUB-3107", path), *_others(error)) from error
    narrowing: tuple[object, ...] = (asked.patient, asked.ids, asked.tokens, asked.excluded, asked.days, asked.updated)
    narrowing += (asked.checks, asked.chains, asked.has)
    if not mark or all(each in (None, ()) for each in narrowing):
        raise HubError(Category.PRECONDITION, Issue("HUB-3107", path))
    return Condition(None, query.removeprefix("?"))


def _others(error: HubError) -> list[Issue]:
    return [issue for issue in error.issues if issue.code != "HUB-3107"]


def searched_types(type_: str, query: str) -> frozenset[str]:
    """The types that the search of a condition looks through. None for an identifier `system|value`: that is the
    sender's own key, not a search; nor for a condition that is refused or leads nowhere."""
    try:
        condition = condition_from(type_, query)
        return frozenset() if condition.criteria is None else frozenset(_types(_query(type_, condition.criteria)))
    except HubError:
        return frozenset()


def _types(query: Query) -> Iterator[str]:
    yield query.type
    for chain in query.chains:
        for each in chain.queries:
            yield from _types(each)
    for has in query.has:
        yield from _types(has.query)


def own_matches(hub: Hub, tx: ReadTx, author: int, type_: str, condition: Condition, budget: Budget) -> list[Key]:
    """The author's own resources that meet a condition; two at most, for two are not one."""
    if condition.source is not None:
        return matching(hub, tx, author, type_, condition.source, budget)
    return found_by(hub, tx, author, type_, condition.criteria or "", budget)


def found_by(hub: Hub, tx: ReadTx, author: int, type_: str, criteria: str, budget: Budget) -> list[Key]:
    """The author's own resources of a type that a condition's search finds; two at most, for two are not one."""
    budget.search()
    return _found(hub, tx, author, _query(type_, criteria, f"{hub.config.base_url}/fhir/"), budget)


def _query(type_: str, text: str, base: str = "") -> Query:
    try:
        pairs = parse_qsl(text.removeprefix("?"), keep_blank_values=True, max_num_fields=_MOST, errors="strict")
    except ValueError:
        raise HubError(Category.PRECONDITION, Issue("HUB-3107")) from None
    return parse(type_, pairs, lenient=False, base=base)


def matching(hub: Hub, tx: ReadTx, author: int, type_: str, identifier: str, budget: Budget) -> list[Key]:
    """The author's own resources of a type that meet a condition as `condition_of` gives it; two at most, for two are
    already not one."""
    if identifier.startswith("?"):
        try:
            condition_from(type_, identifier)
        except HubError:
            return []
        return found_by(hub, tx, author, type_, identifier, budget)
    if "," in identifier:
        return []
    try:
        query = parse(type_, [("identifier", identifier)], lenient=False)
    except HubError:  # the type has no identifier, or none can look like this
        return []
    return _found(hub, tx, author, query, budget)


def _found(hub: Hub, tx: ReadTx, author: int, query: Query, budget: Budget) -> list[Key]:
    return first_keys(scope_of_author(hub, tx, author, budget), query, 2)
