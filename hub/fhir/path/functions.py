"""The functions of the FHIRPath subset. CHOOSING ones evaluate their argument per item, PLAIN ones take its value."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from math import ceil, floor
from typing import Any

from hub.fhir.path.values import Env, Items, Moment, Typed, equal, is_true, plain

Closure = Callable[[Items, Env], Items]


def _where(items: Items, env: Env, test: Closure) -> Items:
    return [x for at, x in enumerate(items) if is_true(test([x], env.at(x, at))) is True]


def _select(items: Items, env: Env, path: Closure) -> Items:
    return [found for at, x in enumerate(items) for found in path([x], env.at(x, at))]


def _all(items: Items, env: Env, test: Closure) -> Items:
    return [all(is_true(test([x], env.at(x, at))) is True for at, x in enumerate(items))]


def _exists(items: Items, env: Env, test: Closure | None = None) -> Items:
    return [bool(items if test is None else _where(items, env, test))]


def _repeat(items: Items, env: Env, path: Closure) -> Items:
    found: Items = []
    pending = list(items)
    while pending:
        pending = [x for x in _select(pending, env, path) if not any(equal(x, y) is True for y in found)]
        found += pending
    return found


def _iif(items: Items, env: Env, test: Closure, then: Closure, other: Closure | None = None) -> Items:
    env = env.at(items[0], env.index) if items else env
    if is_true(test(items, env)) is True:
        return then(items, env)
    return other(items, env) if other else []


def _aggregate(items: Items, env: Env, step: Closure, start: Closure | None = None) -> Items:
    total = start([env.this], env) if start else []
    for at, x in enumerate(items):
        inner = env.at(x, at)
        inner.total = total
        total = step([x], inner)
    return total


def _trace(items: Items, _env: Env, *_: Closure) -> Items:
    return items


def _children(items: Items) -> Items:
    found: Items = []
    for item in items:
        node = plain(item)
        for source in (node, item.beside if type(item) is Typed else None):
            if type(source) is dict:
                for key, value in source.items():
                    if key != "resourceType":
                        found += value if type(value) is list else [value]
    return [x for x in found if x is not None]


def _descendants(items: Items) -> Items:
    found: Items = []
    level = items
    while level := _children(level):
        found += level
    return found


def _distinct(items: Items) -> Items:
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


def _number(items: Items) -> Items:
    if not items:
        return []
    value = plain(items[0])
    if isinstance(value, bool):
        return [int(value)]
    try:
        number = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        return []
    return [number] if number.is_finite() else []


def _integer(items: Items) -> Items:
    value = plain(items[0]) if items else None
    if isinstance(value, bool | int):
        return [int(value)]
    return [int(value)] if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]+", value) else []


def _boolean(items: Items) -> Items:
    value = plain(items[0]) if items else None
    folded = str(value).lower()
    if folded in ("true", "t", "yes", "y", "1", "1.0"):
        return [True]
    return [False] if folded in ("false", "f", "no", "n", "0", "0.0") else []


def text_of(item: Any) -> str | None:
    """An item as text; None when it has none."""
    value = plain(item)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Moment):
        return value.text
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() and abs(value.adjusted()) < 1000 else str(value)
    return str(value) if isinstance(value, str | int) else None


def _string(items: Items) -> Items:
    value = text_of(items[0]) if items else None
    return [] if value is None else [value]


def _on_text(apply: Callable[..., Any]) -> Callable[..., Items]:
    """A function of one text (and more values) that is empty when any of them is missing."""

    def run(items: Items, *arguments: Items) -> Items:
        value = plain(items[0]) if len(items) == 1 else None
        if not isinstance(value, str) or not all(arguments):
            return []
        found: Any = apply(value, *[plain(argument[0]) for argument in arguments])
        return list(found) if isinstance(found, list | Iterator) else [] if found is None else [found]

    return run


def _substring(text: str, start: int, length: int | None = None) -> str | None:
    if not 0 <= start < len(text):
        return None
    return text[start:] if length is None else text[start : start + max(length, 0)]


def _replace_matches(text: str, pattern: str, new: str) -> str:
    return re.sub(pattern, new.replace("$", "\\"), text) if pattern else text


def _slice(first: Callable[[int], slice]) -> Callable[[Items, Items], Items]:
    return lambda items, count: items[first(plain(count[0]))] if count else []


def _holds_value(items: Items) -> Items:
    value = plain(items[0]) if len(items) == 1 else None
    return [value is not None and not isinstance(value, dict | list)]


def _within(items: Items, others: Items) -> bool:
    return all(any(equal(x, y) is True for y in others) for x in items)


def _extension(items: Items, url: Items) -> Items:
    found: Items = []
    for item in items:
        sources = (plain(item), item.beside if type(item) is Typed else None)
        for source in sources:
            if type(source) is dict:
                found += [x for x in source.get("extension", []) if x.get("url") == url[0]]
    return found


CHOOSING: dict[str, Callable[..., Items]] = {
    "where": _where,
    "select": _select,
    "all": _all,
    "exists": _exists,
    "repeat": _repeat,
    "iif": _iif,
    "aggregate": _aggregate,
    "trace": _trace,
}
PLAIN: dict[str, Callable[..., Items]] = {
    "empty": lambda x: [not x],
    "not": lambda x: [not answer for answer in [is_true(x)] if answer is not None],
    "count": lambda x: [len(x)],
    "first": lambda x: x[:1],
    "last": lambda x: x[-1:],
    "tail": lambda x: x[1:],
    "single": lambda x: x if len(x) == 1 else [],
    "skip": _slice(lambda n: slice(max(n, 0), None)),
    "take": _slice(lambda n: slice(0, max(n, 0))),
    "children": _children,
    "descendants": _descendants,
    "distinct": _distinct,
    "isDistinct": lambda x: [len(_distinct(x)) == len(x)],
    "union": lambda x, y: _distinct(x + y),
    "combine": lambda x, y: x + y,
    "intersect": lambda x, y: _distinct([a for a in x if any(equal(a, b) is True for b in y)]),
    "exclude": lambda x, y: [a for a in x if not any(equal(a, b) is True for b in y)],
    "subsetOf": lambda x, y: [_within(x, y)],
    "supersetOf": lambda x, y: [_within(y, x)],
    "allTrue": lambda x: [all(plain(a) is True for a in x)],
    "anyTrue": lambda x: [any(plain(a) is True for a in x)],
    "allFalse": lambda x: [all(plain(a) is False for a in x)],
    "anyFalse": lambda x: [any(plain(a) is False for a in x)],
    "hasValue": _holds_value,
    "extension": _extension,
    "toInteger": _integer,
    "toDecimal": _number,
    "toString": _string,
    "toBoolean": _boolean,
    "convertsToInteger": lambda x: [bool(_integer(x))] if x else [],
    "convertsToDecimal": lambda x: [bool(_number(x))] if x else [],
    "convertsToBoolean": lambda x: [bool(_boolean(x))] if x else [],
    "convertsToString": lambda x: [bool(_string(x))] if x else [],
    "length": _on_text(len),
    "upper": _on_text(str.upper),
    "lower": _on_text(str.lower),
    "trim": _on_text(str.strip),
    "toChars": _on_text(list),
    "startsWith": _on_text(str.startswith),
    "endsWith": _on_text(str.endswith),
    "contains": _on_text(lambda text, part: part in text),
    "indexOf": _on_text(str.find),
    "substring": _on_text(_substring),
    "replace": _on_text(str.replace),
    "split": _on_text(str.split),
    "matches": _on_text(lambda text, pattern: re.search(pattern, text, re.S) is not None),
    "matchesFull": _on_text(lambda text, pattern: re.fullmatch(pattern, text, re.S) is not None),
    "replaceMatches": _on_text(_replace_matches),
    "join": lambda x, by=("",): ["".join(plain(by[0]).join(str(plain(a)) for a in x))] if x else [],
    "abs": lambda x: [abs(plain(x[0]))] if x else [],
    "floor": lambda x: [floor(plain(x[0]))] if x else [],
    "ceiling": lambda x: [ceil(plain(x[0]))] if x else [],
    "truncate": lambda x: [int(plain(x[0]))] if x else [],
}
