"""FROM and WHERE of a selection: each reach narrowed by what is smallest.

That is the keys it is limited to, a few compartments, the index rows of one of its token groups, or the index in the
order asked for; everything else is a condition on the resource row. Other tokens are looked for in the packed column
as 8 bytes at any offset: a hit across two neighbouring tokens has odds of 2^-57 per row, as rare as two values having
the same keyed token, which no index could tell apart either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack
from typing import Any, Literal

from hub.model import Reach, Selection
from hub.store.driver import Driver
from hub.store.periods import day_condition, span

FEW = 32
"""Up to this many compartments are read through: about a person's worth, at some hundred resources each."""
MANY = 2_000
"""From this many index rows on, a list by day is walked in its order, which soon has a page of them."""

MANY_HOMES = 200
"""More compartments than these are not read through but looked for in the list of all."""
ALL = 20_000
"""Rows are counted no further than this to find out what narrows best."""

Lead = Literal["keys", "compartments", "index", "list"]
"""What a reach is narrowed by: keys, its compartments, index rows, or nothing but author and type (then the list is
walked in the order asked for)."""
_INDEX = {"rid": "rid", "day": "day", "-day": "day", "updated": "updated_ms", "-updated": "updated_ms"}


@dataclass(frozen=True, slots=True)
class Source:
    """FROM and WHERE of the rows of one or many reaches. `by`: the alias whose columns order the rows, where it is not
    the resource's own."""

    tables: str
    where: str
    params: list[Any]
    by: str = "r"


@dataclass(frozen=True, slots=True)
class _Choice:
    lead: Lead
    group: int | None = None


def source_of(db: Driver, selection: Selection, *, is_all: bool = False) -> Source | None:
    """Where the rows of a selection are; None when there can't be any. `is_all`: all of them are wanted, not a page."""
    reaches = [reach for reach in selection.reaches if not is_empty(reach)]
    if not reaches or selection.ids == ():
        return None
    if len(reaches) == 1:
        return _reach(db, selection, reaches[0], _choose(db, selection, reaches[0], is_all=is_all))
    parts = [_reach(db, selection, reach, _choose(db, selection, reach, is_all=is_all)) for reach in reaches]
    union = " UNION ".join(f"SELECT r.compartment, r.rid FROM {part.tables} WHERE {part.where}" for part in parts)
    tables = f"({union}) k CROSS JOIN resource r"
    where = "r.compartment = k.compartment AND r.rid = k.rid"
    return Source(tables, where, [param for part in parts for param in part.params])


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
    is_by_day = homes is None and (bool(selection.days) if is_all else selection.order in ("day", "-day"))
    group, rows = _smallest_group(db, reach, is_needed=is_by_day, most=ALL if is_all else MANY)
    if (
        group is not None
        and is_by_day
        and rows >= MANY
        and (not is_all or rows > dated_rows(db, selection, reach.author, rows))
    ):
        return _Choice("list")
    if group is not None:
        return _Choice("index", group)
    if homes is not None:
        return _Choice("compartments" if len(homes) <= MANY_HOMES else "list")
    return _Choice("list")


def dated_rows(db: Driver, selection: Selection, author: int, most: int) -> int:
    """About how many of an author's rows of the type begin in the days asked for, counted no further than `most`."""
    spans = [span(group) for group in selection.days]
    bounds = (max(low for low, _ in spans), min(high for _, high in spans))
    sql = (
        "SELECT count(*) FROM (SELECT 1 FROM resource WHERE NOT is_deleted AND author = ? AND type = ?"
        " AND day BETWEEN ? AND ? LIMIT ?) AS few"
    )
    return int(db.rows(sql, (author, selection.type, *bounds, most))[0][0])


def _reach(db: Driver, selection: Selection, reach: Reach, choice: _Choice) -> Source:
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
    is_list = lead == "list"
    if is_list and db.dialect == "sqlite":
        index = "day" if selection.days and selection.order == "rid" else _INDEX[selection.order]
        tables = f"resource r INDEXED BY ix_resource_author_type_{index}"
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
