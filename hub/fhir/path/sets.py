"""Functions of whole collections: counting, cutting, combining. https://hl7.org/fhirpath/N1/#subsetting"""

from collections.abc import Callable
from itertools import filterfalse
from typing import Any, cast

from hub.fhir.path.comparing import equal, key
from hub.fhir.path.values import Amount, Fixed, Items, PathError, is_true, one, plain

FEW = 4
"""So many items are compared one by one faster than by their keys."""


def distinct(items: Items) -> Items:
    """Each value once, in order."""
    found: Items = []
    try:
        seen = set()
        for item in items:
            mark = key(item)
            if mark not in seen:
                seen.add(mark)
                found.append(item)
    except PathError:  # quantities, which only an expression itself can write
        found = []
        for item in items:
            if not any(equal(item, each) is True for each in found):
                found.append(item)
    return found


def holder(items: Items) -> Callable[[Any], bool]:
    """Tells whether a value is among these."""
    if type(items) is not Fixed:
        return _holder(items)
    items.has = items.has or _holder(items)
    return cast(Callable[[Any], bool], items.has)


def _holder(items: Items) -> Callable[[Any], bool]:
    def among(value: Any) -> bool:
        return any(equal(value, each) is True for each in items)

    if len(items) <= FEW or any(type(item) is Amount for item in items):
        return among
    keys = set(map(key, items))
    return lambda value: among(value) if type(value) is Amount else key(value) in keys


def _slice(cut: Callable[[int], slice]) -> Callable[[Items, Items], Items]:
    return lambda items, count: items[cut(max(one(count), 0))] if count else []


def _single(items: Items) -> Items:
    one(items)
    return items


def _not(items: Items) -> Items:
    answer = is_true(items)
    return [] if answer is None else [not answer]


def _is_within(items: Items, others: Items) -> bool:
    return all(map(holder(others), items))


def _truths(items: Items) -> set[bool]:
    """The different answers in a collection of true and false."""
    found = {plain(item) for item in items}
    if not found <= {True, False} or any(not isinstance(each, bool) for each in found):
        raise PathError("only true and false are expected here")
    return found


SETS: dict[str, Callable[..., Items]] = {
    "empty": lambda x: [not x],
    "not": _not,
    "count": lambda x: [len(x)],
    "first": lambda x: x[:1],
    "last": lambda x: x[-1:],
    "tail": lambda x: x[1:],
    "single": _single,
    "skip": _slice(lambda n: slice(n, None)),
    "take": _slice(lambda n: slice(0, n)),
    "distinct": distinct,
    "isDistinct": lambda x: [len(distinct(x)) == len(x)],
    "union": lambda x, y: distinct(x + y),
    "combine": lambda x, y: x + y,
    "intersect": lambda x, y: distinct(list(filter(holder(y), x))),
    "exclude": lambda x, y: list(filterfalse(holder(y), x)),
    "subsetOf": lambda x, y: [_is_within(x, y)],
    "supersetOf": lambda x, y: [_is_within(y, x)],
    "allTrue": lambda x: [False not in _truths(x)],
    "anyTrue": lambda x: [True in _truths(x)],
    "allFalse": lambda x: [True not in _truths(x)],
    "anyFalse": lambda x: [False in _truths(x)],
}
