"""`_include` and `_revinclude`: what the matches of a page refer to, or what refers to them, as far as it is open.

Each candidate is decided by consent, as everything else the search touches, before it counts for the limit; one that is
hidden, another facility's or gone is simply not there. https://www.hl7.org/fhir/R4/search.html#include
"""

from collections.abc import Collection, Iterable
from time import perf_counter

from hub.access.candidates import opened, visible
from hub.access.costs import MOST_SCANNED, too_costly
from hub.access.plan import Plan, guard, pointing
from hub.access.registered import is_registered
from hub.errors import Category, HubError
from hub.fhir import parse_reference, type_name, type_number
from hub.model import Issue, Key, Row, Selection
from hub.search import referred
from hub.search.query import Include

MOST_INCLUDED = 1_000
_DEPTH = 2


def included(plan: Plan, matches: list[Row], bodies: dict[Key, bytes]) -> list[Row]:
    """What goes with the matches of a page, each once and no match again, in order of type and key; their content is
    added to `bodies`. HubError when it is more than 1,000 resources."""
    seen = {Key(row.compartment, row.rid) for row in matches}
    found: list[Row] = []
    fresh = matches
    for depth in range(_DEPTH):
        since = perf_counter()
        wanted = [each for each in plan.query.includes if depth == 0 or each.is_iterate]
        arrived: dict[Key, Row] = {}
        for include in wanted:
            step = _backward if include.is_reverse else _forward
            for row in step(plan, include, fresh, bodies):
                key = Key(row.compartment, row.rid)
                if key not in seen:
                    arrived[key] = row
            if len(found) + len(arrived) > MOST_INCLUDED:
                raise HubError(Category.UNPROCESSABLE, Issue("HUB-4107", args={"limit": str(MOST_INCLUDED)}))
        if wanted:
            plan.note("_include", "chain", len(arrived), since)
        fresh = list(arrived.values())
        seen |= arrived.keys()
        found += fresh
        if not fresh:
            break
    return sorted(found, key=lambda row: (row.type, row.rid, row.compartment))


def _forward(plan: Plan, include: Include, rows: Iterable[Row], bodies: dict[Key, bytes]) -> list[Row]:
    """What these rows refer to; facilities of the registry are noted in the plan."""
    sources = [row for row in rows if type_name(row.type) == include.source]
    keys: dict[str, set[Key]] = {}
    for _, tree in opened(plan.scope, sources, bodies):
        for text in referred(include.source, include.param, tree):
            reference = parse_reference(text)
            if reference is None or include.target not in (None, reference.type):
                continue
            if (key := plan.scope.hub.ids.decode(reference.id)) is not None:
                keys.setdefault(reference.type, set()).add(key)
            elif is_registered(plan.scope.hub, reference.type, reference.id) and plan.scope.may_read(reference.type):
                plan.facilities.add(reference.id)
    return [row for type_, wanted in keys.items() for row in _open(plan, type_, wanted)]


def _open(plan: Plan, type_: str, keys: Collection[Key]) -> list[Row]:
    return visible(plan.scope, type_, keys) if plan.scope.may_read(type_) else []


def _backward(plan: Plan, include: Include, rows: Iterable[Row], _bodies: dict[Key, bytes]) -> list[Row]:
    """What refers to these rows."""
    scope = plan.scope
    targets: dict[str, list[Key]] = {}
    for row in rows:
        type_ = type_name(row.type)
        if include.target in (None, type_):
            targets.setdefault(type_, []).append(Key(row.compartment, row.rid))
    if not targets or not scope.may_read(include.source):
        return []
    number = type_number(include.source)
    reaches = pointing(scope, number, scope.all(include.source), include.param, targets)
    selection = Selection(number, tuple(reaches), limit=MOST_INCLUDED, is_counted=False)
    if not guard(scope, selection):
        raise too_costly(MOST_SCANNED)
    found = scope.tx.select(selection)
    if found.after is not None:
        raise HubError(Category.UNPROCESSABLE, Issue("HUB-4107", args={"limit": str(MOST_INCLUDED)}))
    return found.rows
