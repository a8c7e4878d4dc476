"""Says whether a query finds a resource, from its extract alone: the store's work on tokens, done with plain values."""

from typing import Any

from hub.model import DayRange
from hub.search import Extract, Query, extract, meets, parse


def is_within(extracted: Extract, condition: DayRange) -> bool:
    """https://www.hl7.org/fhir/R4/search.html#prefix, the resource's days against the value's."""
    day, end, (prefix, first, last) = extracted.day, extracted.day_end, condition
    return {
        "eq": first <= day and end <= last,
        "ap": day <= last and first <= end,
        "ne": not (first <= day and end <= last),
        "gt": end > last,
        "ge": day >= first or end > last,
        "lt": day < first,
        "le": end <= last or day < first,
        "sa": day > last,
        "eb": end < first,
    }[prefix] and day <= end


def finds(query: Query, resource: dict[str, Any]) -> bool:
    """Whether the resource is in the query's result; patients, ids, times of change and other resources aside."""
    return is_let_through(query, extract(query.type, resource)) and meets(query, resource)


def is_let_through(query: Query, extracted: Extract) -> bool:
    """Whether the store's part of the query finds what was extracted."""
    values = set(extracted.values)
    for group, is_indexed in zip(query.tokens, query.indexed, strict=True):
        pool = extracted.indexed if is_indexed else values
        if not any(pair in pool for pair in group):
            return False
    if any(pair in values for group in query.excluded for pair in group):
        return False
    return all(any(is_within(extracted, option) for option in options) for options in query.days)


def search(resource: dict[str, Any], text: str, *, lenient: bool = False) -> bool:
    """Whether `a=b&c=d` (unencoded) finds the resource."""
    params = [(name, value) for name, _, value in (part.partition("=") for part in text.split("&"))]
    return finds(parse(resource["resourceType"], params, lenient), resource)
