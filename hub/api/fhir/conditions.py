"""What the conditions of a write look through needs the scope of the same search.

A client that may only write could else ask, by what becomes of its writes, what its facility's records say. One
identifier `system|value` is no search: it is the sender's own key.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from hub.api.site import scope_issue
from hub.auth import allows
from hub.errors import Category, HubError
from hub.fhir import parse_conditional, references
from hub.model import Principal
from hub.pipeline.conditions import searched_types

_KEY = rb'identifier=[A-Za-z0-9:/._-]{1,200}(?:\||%7[Cc])[A-Za-z0-9:/._-]{1,200}"'
_ASKING = re.compile(rb"\?(?!" + _KEY + rb")|\\u003[fF]")
"""A question mark before anything but an identifier: what a body without any can't hold is a search."""


def may_ask(who: Principal, body: bytes) -> bool:
    """Whether a body has to be looked through for conditions that search what the caller may not."""
    return not allows(who.scopes, "*", "search") and _ASKING.search(body) is not None


def require_condition(who: Principal, type_: str, query: str, path: str = "") -> None:
    """FORBIDDEN unless the caller may search the types that a condition looks through."""
    _require(who, searched_types(type_, query), path)


def require_references(
    who: Principal, resource: dict[str, Any], operations: Sequence[dict[str, Any]] = (), path: str = ""
) -> None:
    """The same for the conditional references of a resource, or of what a patch puts in."""
    texts = [text for _, text in references(resource)]
    texts += [text for operation in operations for text in _texts(operation.get("value"))]
    for type_, query in filter(None, map(parse_conditional, dict.fromkeys(texts))):
        require_condition(who, type_, query, path)
    if any(operation.get("op") in ("copy", "move") and _is_reference(operation) for operation in operations):
        _require(who, ("*",), path)  # what is copied is a text that may say anything


def _require(who: Principal, types: Iterable[str], path: str) -> None:
    for type_ in sorted(types):
        if not allows(who.scopes, type_, "search"):
            raise HubError(Category.FORBIDDEN, scope_issue(type_, "search", path))


def _is_reference(operation: dict[str, Any]) -> bool:
    return str(operation.get("path", "")).endswith("/reference")


def _texts(value: Any) -> Iterator[str]:
    """Every text within a value."""
    pending = [value]
    for node in pending:  # grows while it is walked
        if isinstance(node, str):
            yield node
        elif isinstance(node, dict):
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)
