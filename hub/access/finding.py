"""Carrying a search out: its plan, what is asked along the way (chains, `_has`), and a page of what is found.

https://www.hl7.org/fhir/R4/search.html#chaining, https://www.hl7.org/fhir/R4/search.html#has
"""

from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter

from hub.access.candidates import Found, Tree, first_of, opened, visible
from hub.access.costs import MOST_OPENED, MOST_SCANNED, too_costly
from hub.access.indexes import require_indexes
from hub.access.plan import (
    FEW_HOMES,
    PATIENT_PARAMS,
    Plan,
    guard,
    keyed,
    pointing,
    referring,
    within,
)
from hub.access.scope import Scope, keys_of
from hub.access.yielding import begin_long, give_way
from hub.errors import Category, HubError
from hub.fhir import parse_reference, type_number
from hub.model import PATIENT_RID, After, Issue, Key, Reach, Row, Selection
from hub.search import Query, meets, referred, sort_values
from hub.search.query import Chain, Has

_CHUNK = 500


def planned(scope: Scope, query: Query) -> Plan:
    """The plan of a query. HubError (too costly) when what is asked along the way is found in too many places."""
    require_indexes(scope.hub, query)
    number = type_number(query.type)
    reaches = [keyed(scope, reach, query) for reach in scope.of(query)]
    plan = Plan(scope, query, Selection(number, ()))
    ids = None if query.ids is None else set(keys_of(scope.hub, query.ids))
    is_narrow = query.patient is not None or ids is not None
    for has in query.has:
        since = perf_counter()
        found = _having(plan, has, _few_homes(scope, query, reaches, ids))
        ids = found if ids is None else ids & found
        plan.note(f"_has:{has.query.type}:{has.param}", "chain", len(found), since)
    for chain in query.chains:
        since = perf_counter()
        for sub in chain.queries:
            scope.require(sub.type)
        if not is_narrow:
            try:
                targets = {sub.type: keys_found(plan, sub) for sub in chain.queries}
                reaches = pointing(scope, number, reaches, chain.param, targets)
                plan.note(chain.param, "chain", sum(map(len, targets.values())), since)
                continue
            except HubError as error:  # too many of them: the candidates' own references may be fewer
                if error.category != Category.UNPROCESSABLE:
                    raise
        plan.follows.append(chain)
    order = "updated" if query.updated and query.order == "rid" and not is_narrow else query.order
    plan.selection = Selection(
        number,
        tuple(referring(scope, reach, query.tokens) for reach in reaches),
        query.days,
        query.updated,
        None if ids is None else tuple(sorted(ids)),
        order,
    )
    return plan


def keys_found(plan: Plan, query: Query) -> list[Key]:
    """All that a query asked along the way finds, under the same scope. HubError when it is too much."""
    return _keys(plan, planned(plan.scope, query))


def _keys(plan: Plan, sub: Plan) -> list[Key]:
    if sub.is_opened:
        rows = list(_matching(sub, sub.selection, {}))
        keys = [Key(row.compartment, row.rid) for row in rows]
    else:
        if not guard(plan.scope, sub.selection):
            raise too_costly(MOST_SCANNED)
        keys = plan.scope.tx.keys(replace(sub.selection, limit=MOST_OPENED))
    if len(keys) > MOST_OPENED:
        raise too_costly()
    plan.notes += sub.notes
    return keys


def _few_homes(scope: Scope, query: Query, reaches: list[Reach], ids: set[Key] | None) -> set[int] | None:
    """The compartments of what a query's other conditions leave, where that is little and found by an index."""
    if ids is not None:
        return {key.compartment for key in ids} if len(ids) <= FEW_HOMES else None
    if query.patient is not None or not any(query.indexed):
        return None
    few = Selection(type_number(query.type), tuple(reaches), query.days, query.updated, limit=FEW_HOMES)
    keys = scope.tx.keys(few)
    return {key.compartment for key in keys} if len(keys) <= FEW_HOMES else None


def _homes_found(plan: Plan, query: Query, homes: set[int] | None) -> set[int]:
    """The compartments of all that a query asked along the way finds, of one patient one; no others than `homes`."""
    sub = planned(plan.scope, query)
    if homes is not None:
        reaches = tuple(within(reach, homes) for reach in sub.selection.reaches)
        sub.selection = replace(sub.selection, reaches=reaches)
    if sub.is_opened:
        return {key.compartment for key in _keys(plan, sub)}
    if not guard(plan.scope, sub.selection):
        raise too_costly(MOST_SCANNED)
    found = plan.scope.tx.homes(replace(sub.selection, limit=MOST_OPENED))
    if len(found) > MOST_OPENED:
        raise too_costly()
    plan.notes += sub.notes
    return set(found)


def page(plan: Plan, limit: int, after: After | None, not_after_ms: int | None, total: int | None) -> Found:
    """A page of matches. `total`: known from the first page, None to count (unless the query wants none)."""
    query = plan.query
    wants_total = total is None and query.total != "none"
    selection = replace(plan.selection, limit=limit, not_after_ms=not_after_ms, is_counted=wants_total)
    since = perf_counter()
    is_easy = guard(plan.scope, selection)
    if not is_easy and (query.total != "none" or query.sort):
        raise too_costly(MOST_SCANNED)
    if query.sort:
        found = _sorted(plan, selection, after)
    elif plan.is_opened:
        found = _opened(plan, replace(selection, after=after), is_easy=is_easy)
    else:
        found = _stored(plan, replace(selection, after=after), is_easy=is_easy)
    if query.total == "none":
        found.total = None
    elif total is not None:
        found.total = total
    plan.note("_sort" if query.sort else "page", "opened" if plan.is_opened else "store", len(found.rows), since)
    return found


def first_keys(scope: Scope, query: Query, most: int) -> list[Key]:
    """The keys of the first of what a query finds. HubError when that can't be said without looking at too much."""
    plan = planned(scope, replace(query, total="none", order="rid", sort=()))
    found = page(plan, most, None, None, None)
    if len(found.rows) < most and found.after is not None:
        raise too_costly()
    return [Key(row.compartment, row.rid) for row in found.rows]


def count(plan: Plan) -> int:
    """How many matches there are."""
    if not guard(plan.scope, plan.selection):
        raise too_costly(MOST_SCANNED)
    since = perf_counter()
    if plan.is_opened:
        found = sum(1 for _ in _matching(plan, plan.selection, {}))
    else:
        found = plan.scope.tx.count(plan.selection)
    plan.note("_total", "opened" if plan.is_opened else "store", found, since)
    return found


def _stored(plan: Plan, selection: Selection, *, is_easy: bool) -> Found:
    tx = plan.scope.tx
    until = None if is_easy else tx.place_of(_unpacked(selection), MOST_SCANNED)
    result = tx.select(replace(selection, until=until))
    return Found(result.rows, result.total, result.after or until)


def _unpacked(selection: Selection) -> Selection:
    """The list that a selection looks through, without what it looks for."""
    reaches = tuple(replace(reach, tokens=(), indexed=(), excluded=(), is_coded=False) for reach in selection.reaches)
    return replace(selection, reaches=reaches)


def _opened(plan: Plan, selection: Selection, *, is_easy: bool) -> Found:
    """A page in the store's order; all candidates are opened when a total is wanted."""
    bodies: dict[Key, bytes] = {}
    limit = selection.limit
    if selection.is_counted:
        rows = list(_matching(plan, selection, bodies))
        return first_of(rows, limit, len(rows), selection, bodies)
    rows, place, looked = [], selection.after, 0
    until = None if is_easy else plan.scope.tx.place_of(_unpacked(selection), MOST_SCANNED)
    while len(rows) <= limit and looked < MOST_OPENED:
        part = plan.scope.tx.select(replace(selection, after=place, limit=_CHUNK, until=until))
        rows += _tested(plan, part.rows, bodies)
        looked, place = looked + len(part.rows), part.after
        if place is None:
            break
    found = first_of(rows, limit, 0, selection, bodies)
    if found.after is None:
        found.after = place or until
    return found


def _sorted(plan: Plan, selection: Selection, after: After | None) -> Found:
    """A page in an order of content: every candidate is opened, at most 5,000."""
    bodies: dict[Key, bytes] = {}
    scope, query = plan.scope, plan.query
    rows = list(_matching(plan, selection, bodies))
    places = {}
    for row, tree in opened(scope, rows, bodies):
        places[Key(row.compartment, row.rid)] = (sort_values(query, tree), row.rid, row.compartment)
    rows = sorted(rows, key=lambda row: places[Key(row.compartment, row.rid)])
    total = len(rows)
    if after is not None:
        last = scope.tx.version(Key(after.compartment, after.rid), after.value)
        trees = [tree for _, tree in opened(scope, [last], {})] if last is not None else []
        if not trees:  # its key was destroyed meanwhile
            raise HubError(Category.INCORRECT, Issue("HUB-4104"))
        start = (sort_values(query, trees[0]), after.rid, after.compartment)
        rows = [row for row in rows if places[Key(row.compartment, row.rid)] > start]
    shown = rows[: selection.limit]
    is_last = len(rows) <= selection.limit or not shown
    place = None if is_last else After(shown[-1].version, shown[-1].compartment, shown[-1].rid)
    return Found(shown, total, place, {key: bodies[key] for key in (Key(r.compartment, r.rid) for r in shown)})


def _matching(plan: Plan, selection: Selection, bodies: dict[Key, bytes]) -> Iterator[Row]:
    """All candidates of a plan that hold what only content tells. HubError when there are too many candidates."""
    if plan.is_opened and plan.is_wide:
        begin_long()
    rows = _candidates(plan, selection)
    since = perf_counter()
    found = _tested(plan, rows, bodies)
    if plan.query.checks:
        names = ", ".join(dict.fromkeys(check.name for check in plan.query.checks))
        plan.note(names, "opened", len(rows), since)
    return iter(found)


def _candidates(plan: Plan, selection: Selection) -> list[Row]:
    """The rows that are to be opened, fetched in pieces: while a driver makes rows nothing else runs."""
    rows: list[Row] = []
    place = selection.after
    while True:
        part = plan.scope.tx.select(replace(selection, is_counted=False, after=place, limit=_CHUNK))
        rows += part.rows
        place = part.after
        if place is None:
            return rows
        if len(rows) >= MOST_OPENED:
            raise too_costly()
        if plan.scope.who is not None:  # else it is the condition of a write, and other writes wait for that
            give_way()


def _tested(plan: Plan, rows: list[Row], bodies: dict[Key, bytes]) -> list[Row]:
    if not plan.query.checks and not plan.follows:
        return rows
    held = [(row, tree) for row, tree in opened(plan.scope, rows, bodies) if meets(plan.query, tree)]
    for chain in plan.follows:
        held = _followed(plan, chain, held)
    return [row for row, _ in held]


def _followed(plan: Plan, chain: Chain, held: list[tuple[Row, Tree]]) -> list[tuple[Row, Tree]]:
    """Those that refer to something that meets the chain, and that the caller may see."""
    since = perf_counter()
    asked = [(pair, set(referred(plan.query.type, chain.param, pair[1]))) for pair in held]
    texts = set().union(*(refers for _, refers in asked)) if asked else set()
    good: set[str] = set()
    for sub in chain.queries:
        ids = {found.id for text in texts if (found := parse_reference(text)) and found.type == sub.type}
        if sub.ids is not None:
            ids &= set(sub.ids)
        if ids:
            keys = keys_found(plan, replace(sub, ids=tuple(sorted(ids))))
            good |= {f"{sub.type}/{plan.scope.hub.ids.encode(key)}" for key in keys}
    plan.note(chain.param, "chain", len(texts), since)
    return [pair for pair, refers in asked if refers & good]


def _having(plan: Plan, has: Has, homes: set[int] | None) -> set[Key]:
    """The keys of the query's type to which something that meets the inner query refers. `homes`: the compartments of
    all that come into question, where that is known; what refers to a patient stands in the patient's own."""
    scope, type_ = plan.scope, plan.query.type
    scope.require(has.query.type)
    if type_ == "Patient" and has.param in PATIENT_PARAMS:
        return {Key(home, PATIENT_RID) for home in _homes_found(plan, has.query, homes)}
    rows = visible(scope, has.query.type, keys_found(plan, has.query))
    found: set[Key] = set()
    for _, tree in opened(scope, rows, {}):
        for text in referred(has.query.type, has.param, tree):
            reference = parse_reference(text)
            key = scope.hub.ids.decode(reference.id) if reference and reference.type == type_ else None
            if key is not None:
                found.add(key)
    return found
