"""FROM and WHERE of a selection: each reach narrowed by what is smallest.

That is the keys it is limited to, a few compartments, the index rows of one of its token groups, or the index in the
order asked for; everything else is a condition on the resource row. Other tokens are looked for in the packed column
as 8 bytes at any offset: a hit across two neighbouring tokens has odds of 2^-57 per row, as rare as two values having
the same keyed token, which no index could tell apart either.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from struct import pack
from typing import Any, Literal

from hub.model import Reach, Selection
from hub.store.driver import Driver
from hub.store.periods import FIRST, day_condition, span

FEW = 32
"""Up to this many compartments are read through: about a person's worth, at some hundred resources each."""
MANY = 2_000
"""From this many index rows on, a list by day is walked in its order, which soon has a page of them."""

MANY_HOMES = 200
"""More compartments than these are not read through but looked for in the list of all."""
ALL = 20_000
"""Rows are counted no further than this to find out what narrows best."""

Lead = Literal["keys", "compartments", "index", "days", "periods", "list"]
"""What a reach is narrowed by: keys, its compartments, index rows, the days asked for (`periods`: longer ones, by their
end), or nothing but author and type (then the list is walked in the order asked for)."""
_SORTED = "+r"
"""Few rows, put in order: nothing is walked in its order until a page is full."""
_INDEX = {"rid": "rid", "day": "day", "-day": "day", "updated": "updated_ms", "-updated": "updated_ms"}


@dataclass(frozen=True, slots=True)
class Source:
    """FROM and WHERE of the rows of one or many reaches. `by`: the alias whose columns order the rows, where it is not
    the resource's own. `parts`: the same rows as many lists, each in order of number."""

    tables: str
    where: str
    params: list[Any]
    by: str = "r"
    parts: tuple["Source", ...] = ()


@dataclass(frozen=True, slots=True)
class _Choice:
    lead: Lead
    group: int | None = None


def source_of(db: Driver, selection: Selection, *, is_all: bool = False) -> Source | None:
    """Where the rows of a selection are; None when there can't be any. `is_all`: all of them are wanted, not a page."""
    reaches = [reach for reach in selection.reaches if not is_empty(reach)]
    if not reaches or selection.ids == ():
        return None
    chosen = [(reach, _choose(db, selection, reach, is_all=is_all)) for reach in reaches]
    parts = [part for each in chosen for part in _sources(db, selection, *each)]
    if len(parts) > 1:
        union = " UNION ".join(f"SELECT r.compartment, r.rid FROM {part.tables} WHERE {part.where}" for part in parts)
        where = "r.compartment = k.compartment AND r.rid = k.rid"
        params = [param for part in parts for param in part.params]
        return Source(f"({union}) k CROSS JOIN resource r", where, params, _SORTED)
    reach, choice = chosen[0]
    if choice.group is None or is_all or selection.order != "rid" or len(reach.tokens[choice.group]) == 1:
        return parts[0]
    return replace(parts[0], parts=tuple(_lists(db, selection, reach, choice.group)))


def _sources(db: Driver, selection: Selection, reach: Reach, choice: _Choice) -> Iterator[Source]:
    """The rows of one reach: of days those that begin in them and those that began before and last into them."""
    if choice.lead != "days":
        yield _reach(db, selection, reach, choice)
        return
    low, high = _bounds(selection)
    yield _reach(db, selection, reach, choice, "r.day BETWEEN ? AND ?", (low, high))
    if low > FIRST:
        before = "r.day < ? AND r.day_end > r.day AND r.day_end >= ?"
        yield _reach(db, selection, reach, _Choice("periods"), before, (low, low))


def _bounds(selection: Selection) -> tuple[int, int]:
    """The first and last day on which what is asked for begins, longer periods left aside."""
    spans = [span(group) for group in selection.days]
    return max(low for low, _ in spans), min(high for _, high in spans)


def _lists(db: Driver, selection: Selection, reach: Reach, group: int) -> Iterator[Source]:
    """The rows of a reach as one list per token of a group."""
    for token in sorted(set(reach.tokens[group])):
        one = (*reach.tokens[:group], (token,), *reach.tokens[group + 1 :])
        yield _reach(db, selection, replace(reach, tokens=one), _Choice("index", group))


def is_empty(reach: Reach) -> bool:
    """Nothing can be in it."""
    return () in (reach.compartments, reach.tags, reach.permitted) or () in reach.tokens


def _choose(db: Driver, selection: Selection, reach: Reach, *, is_all: bool) -> _Choice:
    """What narrows a reach best."""
    if selection.ids is not None or reach.permitted is not None:
        return _Choice("keys")
    homes = reach.compartments
    if homes is not None and len(homes) <= FEW:
        return _Choice("compartments")
    is_in_order = homes is None and not is_all and selection.order in ("day", "-day")
    is_dated = homes is None and bool(selection.days)
    most = dated_rows(db, selection, reach.author, ALL) if is_dated else MANY if is_in_order else ALL
    group, rows = _smallest_group(db, reach, is_needed=is_in_order or is_dated, most=most)
    if is_dated and (most < ALL or is_all) and (group is None or rows >= most):
        return _Choice("days")
    if is_in_order and group is not None and rows >= min(MANY, most):
        return _Choice("list")
    if group is not None:
        return _Choice("index", group)
    if homes is not None:
        return _Choice("compartments" if len(homes) <= MANY_HOMES else "list")
    return _Choice("list")


def dated_rows(db: Driver, selection: Selection, author: int, most: int) -> int:
    """About how many of an author's rows of the type begin in the days asked for, counted no further than `most`."""
    sql = (
        "SELECT count(*) FROM (SELECT 1 FROM resource WHERE NOT is_deleted AND author = ? AND type = ?"
        " AND day BETWEEN ? AND ? LIMIT ?) AS few"
    )
    return int(db.rows(sql, (author, selection.type, *_bounds(selection), most))[0][0])


def _reach(
    db: Driver, selection: Selection, reach: Reach, choice: _Choice, more: str = "", given_more: Sequence[int] = ()
) -> Source:
    """The rows of one reach. A leading + keeps a condition from choosing the index (both engines: an expression)."""
    tables, by = "resource r", "r"
    terms = ["NOT r.is_deleted"]
    params: list[Any] = []

    def add(term: str, *values: Any) -> None:
        terms.append(term)
        params.extend(values)

    lead = choice.lead
    for given in (selection.ids, reach.permitted):
        if given is not None:
            match, values = db.match(("r.compartment", "r.rid"), sorted(set(given)))
            add(match, *values)
    if lead == "index":
        group = reach.tokens[choice.group or 0]
        if len(group) == 1:
            tables, by = "token t CROSS JOIN resource r", "t"
            add("t.key = ? AND t.type = ?", group[0], selection.type)
        else:
            match, values = db.match(("key",), [(token,) for token in sorted(set(group))])
            tables = f"(SELECT DISTINCT rid, compartment FROM token WHERE {match} AND type = ?) t CROSS JOIN resource r"
            # The sub-select stands before every other condition in the text, and so must its parameters.
            params[:0] = [*values, selection.type]
        terms.append("r.compartment = t.compartment AND r.rid = t.rid")
    is_list = lead in ("days", "periods", "list")
    if is_list and db.dialect == "sqlite":
        index = {"days": "day", "periods": "day_end"}.get(lead) or _INDEX[selection.order]
        tables = f"resource r INDEXED BY ix_resource_author_type_{index}"
    if lead == "days":
        by = _SORTED
    if more:
        add(more, *given_more)
    if lead != "index":  # it says author and type already; twice would mislead the planner
        add("r.author = ?" if is_list else "+r.author = ?", reach.author)
        add("r.type = ?" if is_list else "+r.type = ?", selection.type)
    if reach.compartments is not None:
        column = "r.compartment" if lead == "compartments" else "+r.compartment"
        match, values = db.match((column,), [(home,) for home in sorted(set(reach.compartments))])
        add(match, *values)
    if reach.tags is not None:
        match, values = db.match(("r.tag",), [(tag,) for tag in sorted(set(reach.tags))])
        add(match, *values)
    _tokens(db, reach, choice.group if lead == "index" else None, add)
    for alternatives in selection.days:
        condition, values = day_condition(alternatives)
        add(condition, *values)
    for low, high in selection.updated:
        add("r.updated_ms BETWEEN ? AND ?", low, high)
    if selection.not_after_ms is not None:
        add(_EXISTED, selection.not_after_ms, selection.not_after_ms)
    return Source(tables, " AND ".join(terms), params, by)


_EXISTED = (
    "(r.updated_ms <= ? OR (r.version > 1 AND EXISTS (SELECT 1 FROM history h WHERE h.compartment = r.compartment"
    " AND h.rid = r.rid AND h.version = 1 AND h.updated_ms <= ?)))"
)


def _tokens(db: Driver, reach: Reach, led: int | None, add: Any) -> None:
    holds = db.holds("r.keys")
    for number, group in enumerate(reach.tokens):
        if number != led:
            add(f"({' OR '.join([holds] * len(group))})", *(pack(">q", token) for token in group))
    for group in reach.excluded:
        add(f"NOT ({' OR '.join([holds] * len(group))})", *(pack(">q", token) for token in group))


def _smallest_group(db: Driver, reach: Reach, *, is_needed: bool, most: int) -> tuple[int | None, int]:
    """The indexed group with the fewest index rows and their number, counted no further than `most`; the number alone
    is not worth a journey unless it `is_needed`. (None, 0) when no group is indexed."""
    indexed = [number for number, is_indexed in enumerate(reach.indexed) if is_indexed]
    if not indexed:
        return None, 0
    if len(indexed) == 1 and not is_needed:
        return indexed[0], 0
    rows, group = min((_index_rows(db, reach.tokens[number], most), number) for number in indexed)
    return group, rows


def _index_rows(db: Driver, group: Sequence[int], most: int) -> int:
    match, params = db.match(("key",), [(token,) for token in sorted(set(group))])
    sql = f"SELECT count(*) FROM (SELECT 1 FROM token WHERE {match} LIMIT ?) AS few"
    return int(db.rows(sql, [*params, most])[0][0])
