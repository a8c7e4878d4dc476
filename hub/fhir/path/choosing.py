"""Functions that evaluate an argument once for every item. https://hl7.org/fhirpath/N1/#filtering-and-projection"""

from collections.abc import Callable
from functools import cmp_to_key

from hub.fhir.path.comparing import order
from hub.fhir.path.sets import distinct
from hub.fhir.path.values import Env, Items, PathError, Typed, is_true, one, plain

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
        before = len(found)
        found = distinct(found + _select(pending, env, path))
        pending = found[before:]
    return found


def _iif(items: Items, env: Env, test: Closure, then: Closure, other: Closure | None = None) -> Items:
    one(items)
    env = env.at(items[0], env.index) if items else env
    answer = one(test(items, env))
    if answer is not None and not isinstance(answer, bool):
        raise PathError("iif() asks for true or false")
    if answer is True:
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


def sorted_by(items: Items, env: Env, keys: list[tuple[Closure, bool]]) -> Items:
    """`sort()`: by each key in turn (True: descending); items without a key come first."""

    def precedes(a: tuple[Items, object], b: tuple[Items, object]) -> int:
        for (mine, theirs), (_, is_falling) in zip(zip(a[0], b[0], strict=True), keys, strict=True):
            if mine is None or theirs is None:
                found = (mine is not None) - (theirs is not None)
            else:
                found = (order(mine, theirs) or 0) * (-1 if is_falling else 1)
            if found:
                return found
        return 0

    keys = keys or [(lambda found, _env: found, False)]
    rows = [([one(key([x], env.at(x, at))) for key, _ in keys], x) for at, x in enumerate(items)]
    return [x for _, x in sorted(rows, key=cmp_to_key(precedes))]


def _extension(items: Items, env: Env, url: Closure) -> Items:
    found: Items = []
    wanted = one(url([env.this], env))
    for item in items:
        for source in (plain(item), item.beside if type(item) is Typed else None):
            if type(source) is dict:
                found += [x for x in source.get("extension", []) if x.get("url") == wanted]
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
    "extension": _extension,
}
