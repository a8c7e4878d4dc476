"""What is asked of opened resources: whether they meet a query, how they are sorted, what they refer to."""

from functools import total_ordering
from typing import Any

from hub.fhir.dates import Span
from hub.fhir.references import parse_reference
from hub.search import names
from hub.search.parameters import served
from hub.search.query import Query
from hub.search.typed import FIRST_MS, Amount, Link, Token, Value, values


def meets(query: Query, resource: dict[str, Any]) -> bool:
    """Whether a resource of the query's type holds all of its checks."""
    return all(check.holds(resource) for check in query.checks)


def sort_values(query: Query, resource: dict[str, Any]) -> tuple[Any, ...]:
    """A key by which resources of the query's type come in the order of its `sort`; without a value, last.

    Of several values the first in that order counts (https://www.hl7.org/fhir/R4/search.html#sort).
    """
    known = served(query.type)
    keys: list[tuple[Any, ...]] = []
    for key in query.sort:
        found = [_comparable(value) for value in values(known[key.param], resource)]
        present = [value for value in found if value is not None]
        if not present:
            keys.append((1,))
        else:
            keys.append((0, _Descending(max(present))) if key.is_descending else (0, min(present)))
    return tuple(keys)


def referred(type_name: str, param: str, resource: dict[str, Any]) -> list[str]:
    """The local references ("Type/id") that a reference parameter takes from a resource, patients too, each once."""
    found = [value.text for value in values(served(type_name)[param], resource) if isinstance(value, Link)]
    return list(dict.fromkeys(text for text in found if text is not None and parse_reference(text)))


@total_ordering
class _Descending:
    """A value that comes before what is less than it."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and self.value == other.value

    def __lt__(self, other: "_Descending") -> bool:
        return bool(other.value < self.value)

    __hash__ = None  # type: ignore[assignment]


def _comparable(value: Value) -> Any:
    if isinstance(value, Span):
        return (value.first if value.first != FIRST_MS else value.last, value.last)
    if isinstance(value, Amount):
        return value.low if value.low is not None else value.high
    if isinstance(value, Token):
        shown = value.code if value.code is not None else next(iter(value.texts), None)
        return None if shown is None else names.fold(shown)
    if isinstance(value, Link):
        return value.text
    return names.fold(value) if isinstance(value, str) else None
