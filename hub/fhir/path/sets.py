"""Functions of whole collections: counting, cutting, combining. https://hl7.org/fhirpath/N1/#subsetting"""

from collections.abc import Callable

from hub.fhir.path.comparing import equal
from hub.fhir.path.values import Items, PathError, is_true, one, plain


def distinct(items: Items) -> Items:
    """Each value once, in order."""
    found: Items = []
    seen: set[str] = set()  # texts are the common case and need no pairwise comparison
    for item in items:
        value = plain(item)
        if type(value) is str:
            if value not in seen:
                seen.add(value)
                found.append(item)
        elif not any(equal(item, each) is True for each in found):
            found.append(item)
    return found


def _slice(cut: Callable[[int], slice]) -> Callable[[Items, Items], Items]:
    return lambda items, count: items[cut(max(one(count), 0))] if count else []


def _single(items: Items) -> Items:
    one(items)
    return items


def _not(items: Items) -> Items:
    answer = is_true(items)
    return [] if answer is None else [not answer]


def _is_within(items: Items, others: Items) -> bool:
    return all(any(equal(x, y) is True for y in others) for x in items)


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
    "intersect": lambda x, y: distinct([a for a in x if any(equal(a, b) is True for b in y)]),
    "exclude": lambda x, y: [a for a in x if not any(equal(a, b) is True for b in y)],
    "subsetOf": lambda x, y: [_is_within(x, y)],
    "supersetOf": lambda x, y: [_is_within(y, x)],
    "allTrue": lambda x: [False not in _truths(x)],
    "anyTrue": lambda x: [True in _truths(x)],
    "allFalse": lambda x: [True not in _truths(x)],
    "anyFalse": lambda x: [False in _truths(x)],
}
