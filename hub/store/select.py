"""Searching: a Selection becomes one statement for the page and one for its total.

Each reach is narrowed by what is smallest: the keys it is limited to, a few compartments, or the index rows of one of
its token groups; everything else is a condition on the resource row. Other tokens are looked for in the packed column
as 8 bytes at any offset: a hit across two neighbouring tokens has odds of 2^-57 per row, as rare as two values having
the same keyed token, which no index could tell apart either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack
from typing import Any

from hub.model import After, Page, Reach, Selection
from hub.store.driver import CHUNK, Driver
from hub.store.periods import day_condition
from hub.store.records import ROW, row_of
from hub.store.tx import Tx

FEW = 32
"""Up to this many compartments are read through: about a person's worth, at some hundred resources each."""

_ORDER = {"rid": "rid", "day": "day", "-day": "day", "updated": "updated_ms", "-updated": "updated_ms"}


@dataclass(frozen=True, slots=True)
class Source:
    """FROM and WHERE of the rows of one or many reaches. `by`: the alias whose rid and compartment order the rows."""

    tables: str
    where: str
    params: list[Any]
    by: str = "r"


class SearchReads(Tx):
    """Reading resources by what they hold."""

    def select(self, selection: Selection) -> Page:
        """One page of the selection with its exact total. Tombstones are never part of it.

        Reaches may overlap; a row counts once. `days` and `updated` are ANDs (of ORs of days; of inclusive ranges of
        epoch ms). `not_after_ms`: only what existed then (in any version; what is shown is its current one). The next
        page continues after `after`, not at a row count: what arrives meanwhile never shifts it.
        """
        source = _source(self.db, selection)
        if source is None:
            return Page()
        where, params = source.where, source.params
        column, sign, direction = _ORDER[selection.order], ">", ""
        if selection.order.startswith("-"):
            sign, direction = "<", " DESC"
        by = source.by if column == "rid" else "r"
        order = [f"{by}.rid", f"{by}.compartment"] if column == "rid" else [f"r.{column}", "r.compartment", "r.rid"]
        if selection.after is not None:
            after = selection.after
            position = (after.rid, after.compartment) if column == "rid" else after
            where += f" AND ({', '.join(order)}) {sign} ({', '.join('?' * len(order))})"
            params = [*params, *position]
        sql = (
            f"SELECT {', '.join('r.' + name for name in ROW.split(', '))} FROM {source.tables} WHERE {where}"
            f" ORDER BY {', '.join(name + direction for name in order)} LIMIT ?"
        )
        rows = [row_of(record) for record in self.db.rows(sql, [*params, selection.limit + 1])]
        is_last = len(rows) <= selection.limit
        rows = rows[: selection.limit]
        if selection.after is None and is_last:
            return Page(rows, len(rows), None)
        last = None
        if rows and not is_last:
            end = rows[-1]
            last = After(getattr(end, column), end.compartment, end.rid)
        return Page(rows, self._total(source), last)

    def count(self, selection: Selection) -> int:
        """The exact total alone."""
        source = _source(self.db, selection)
        return 0 if source is None else self._total(source)

    def _total(self, source: Source) -> int:
        sql = f"SELECT count(*) FROM {source.tables} WHERE {source.where}"
        return int(self.db.rows(sql, source.params)[0][0])


def _source(db: Driver, selection: Selection) -> Source | None:
    reaches = [reach for reach in selection.reaches if not _is_empty(reach)]
    if not reaches or selection.ids == ():
        return None
    if len(reaches) == 1:
        return _reach(db, selection, reaches[0])
    parts = [_reach(db, selection, reach) for reach in reaches]
    union = " UNION ".join(f"SELECT r.compartment, r.rid FROM {part.tables} WHERE {part.where}" for part in parts)
    tables = f"({union}) k CROSS JOIN resource r"
    where = "r.compartment = k.compartment AND r.rid = k.rid"
    return Source(tables, where, [param for part in parts for param in part.params])


def _is_empty(reach: Reach) -> bool:
    return () in (reach.compartments, reach.tags, reach.permitted) or () in reach.tokens


def _reach(db: Driver, selection: Selection, reach: Reach) -> Source:
    """The rows of one reach. A leading + keeps a condition from choosing the index (both engines: an expression)."""
    tables, by = "resource r", "r"
    terms = ["NOT r.is_deleted"]
    params: list[Any] = []

    def add(term: str, *values: Any) -> None:
        terms.append(term)
        params.extend(values)

    keys = [given for given in (selection.ids, reach.permitted) if given is not None]
    for given in keys:
        match, values = db.match(("r.compartment", "r.rid"), sorted(set(given)))
        add(match, *values)
    homes = reach.compartments
    is_narrow = bool(keys) or (homes is not None and len(homes) <= FEW)
    lead = None if is_narrow else _leading_group(db, reach)
    if lead is not None:
        group = reach.tokens[lead]
        if len(group) == 1:
            tables, by = "token t CROSS JOIN resource r", "t"
            add("t.key = ? AND t.type = ?", group[0], selection.type)
        else:
            match, values = db.match(("key",), [(token,) for token in sorted(set(group))])
            tables = f"(SELECT DISTINCT rid, compartment FROM token WHERE {match} AND type = ?) t CROSS JOIN resource r"
            # The sub-select stands before every other condition in the text, and so must its parameters.
            params[:0] = [*values, selection.type]
        terms.append("r.compartment = t.compartment AND r.rid = t.rid")
    is_scan = lead is None and not is_narrow
    add("r.author = ?" if is_scan else "+r.author = ?", reach.author)
    add("r.type = ?" if is_scan or (homes and not keys and lead is None) else "+r.type = ?", selection.type)
    if is_scan and selection.order == "rid" and not selection.days:
        terms.append("r.rid > 0")  # always true; makes SQLite take the index that is in this order
    if homes is not None:
        column = "+r.compartment" if keys or lead is not None else "r.compartment"
        match, values = db.match((column,), [(home,) for home in sorted(set(homes))])
        add(match, *values)
    if reach.tags is not None:
        match, values = db.match(("r.tag",), [(tag,) for tag in sorted(set(reach.tags))])
        add(match, *values)
    for number, group in enumerate(reach.tokens):
        if number != lead:
            add(f"({' OR '.join([db.holds('r.keys')] * len(group))})", *(pack(">q", token) for token in group))
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


def _leading_group(db: Driver, reach: Reach) -> int | None:
    """The indexed group with the fewest index rows, counted no further than CHUNK; None when none is indexed."""
    indexed = [number for number, is_indexed in enumerate(reach.indexed) if is_indexed]
    if len(indexed) < 2:
        return indexed[0] if indexed else None
    return min(indexed, key=lambda number: _index_rows(db, reach.tokens[number]))


def _index_rows(db: Driver, group: Sequence[int]) -> int:
    match, params = db.match(("key",), [(token,) for token in sorted(set(group))])
    sql = f"SELECT count(*) FROM (SELECT 1 FROM token WHERE {match} LIMIT {CHUNK}) AS few"
    return int(db.rows(sql, params)[0][0])
