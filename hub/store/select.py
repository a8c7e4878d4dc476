"""Searching: a Selection becomes one statement for the page and, when its total is wanted, one for that."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from hub.model import After, Key, Page, Reach, Selection
from hub.store.counters import CounterReads
from hub.store.driver import Driver, SqlRow, chunks, singles
from hub.store.reaching import Source, dated_rows, source_of
from hub.store.records import ROW, row_of, unpacked

_ORDER = {"rid": "rid", "day": "day", "-day": "day", "updated": "updated_ms", "-updated": "updated_ms"}
_PAGE = ", ".join(f"r.{name}" for name in ROW.split(", "))


class SearchReads(CounterReads):
    """Reading resources by what they hold."""

    def select(self, selection: Selection) -> Page:
        """One page of the selection with its exact total. Tombstones are never part of it.

        Reaches may overlap; a row counts once. `days` and `updated` are ANDs (of ORs of days; of inclusive ranges of
        epoch ms). `not_after_ms`: only what existed then (in any version; what is shown is its current one). The next
        page continues after `after`, not at a row count: what arrives meanwhile never shifts it.
        """
        source = source_of(self.db, selection)
        if source is None:
            return Page()
        rows = [row_of(record) for record in _page(self.db, selection, source, _PAGE)]
        is_last = len(rows) <= selection.limit
        rows = rows[: selection.limit]
        after = None
        if rows and not is_last:
            end = rows[-1]
            after = After(getattr(end, _ORDER[selection.order]), end.compartment, end.rid)
        if selection.after is None and is_last and selection.until is None:
            return Page(rows, len(rows), None)
        return Page(rows, self.count(selection) if selection.is_counted else 0, after)

    def keys(self, selection: Selection) -> list[Key]:
        """The keys of a page alone, no more than its limit and one: more than the limit says that there are others."""
        source = source_of(self.db, selection)
        if source is None:
            return []
        return [Key(*record) for record in _page(self.db, selection, source, "r.compartment, r.rid")]

    def holding(self, selection: Selection, tokens: Sequence[int]) -> list[Key]:
        """Those of a page's rows that hold one of many tokens, in the page's order."""
        source = source_of(self.db, selection)
        if source is None:
            return []
        wanted = frozenset(tokens)
        found = _page(self.db, selection, source, "r.compartment, r.rid, r.keys")
        return [Key(home, rid) for home, rid, keys in found if not wanted.isdisjoint(unpacked(keys))]

    def count(self, selection: Selection) -> int:
        """The exact total alone."""
        is_by_time = selection.updated and not selection.days
        selection = replace(selection, after=None, until=None, order="updated" if is_by_time else "rid")
        if (known := self._known_total(selection)) is not None:
            return known
        source = source_of(self.db, selection, is_all=True)
        if source is None:
            return 0
        return int(self.db.rows(f"SELECT count(*) FROM {source.tables} WHERE {source.where}", source.params)[0][0])

    def dated(self, selection: Selection, author: int, most: int) -> int:
        """About how many of an author's rows of the type are of the days, or were written in the time, asked for;
        counted no further than `most`."""
        if selection.days:
            return dated_rows(self.db, selection, author, most)
        return _written(self.db, selection, author, most)

    def place_of(self, selection: Selection, number: int) -> After | None:
        """The place in the order after `number` rows; None when there are fewer."""
        source = source_of(self.db, selection)
        if source is None:
            return None
        column = _ORDER[selection.order]
        found = _page(self.db, selection, source, f"r.{column}, r.compartment, r.rid", skipped=number)
        return After(*found[0]) if found else None

    def homes_of(self, tokens: Collection[int]) -> set[int] | None:
        """The compartments of the index rows of these tokens: of references that lead out of their own compartment.
        None when older rows may still be without them."""
        found: set[int] = set()
        for part in chunks(singles(tokens)):
            match, params = self.db.match(("key",), part)
            sql = f"SELECT compartment FROM token WHERE {match} UNION SELECT -1 FROM code_form WHERE loose = 0"
            found.update(home for (home,) in self.db.rows(sql, params))
        return None if -1 in found else found

    def homes(self, selection: Selection) -> list[int]:
        """The compartments of a selection, each once, no more than its limit and one."""
        source = source_of(self.db, selection)
        if source is None:
            return []
        reach = selection.reaches[0]
        found = self._index_alone(selection.type, reach) if _is_bare(selection) and reach.tokens else None
        if found is not None:
            one, keys, params = found
            homes = " UNION ".join([one.replace("rid, ", "DISTINCT ")] * len(keys))
            return [home for (home,) in self.db.rows(f"{homes} LIMIT ?", [*params, selection.limit + 1])]
        sql = f"SELECT DISTINCT r.compartment FROM {source.tables} WHERE {source.where} LIMIT ?"
        return [home for (home,) in self.db.rows(sql, [*source.params, selection.limit + 1])]

    def _known_total(self, selection: Selection) -> int | None:
        """A total that needs no row: of everything an author has of a type, or of index rows alone; None for others."""
        if not _is_bare(selection):
            return None
        reach = selection.reaches[0]
        if not reach.tokens:
            return self.held(reach.author, selection.type)
        found = self._index_alone(selection.type, reach)
        if found is None:
            return None
        one, keys, params = found
        if len(keys) == 1:
            return int(self.db.rows(one.replace("rid, compartment", "count(*)"), params)[0][0])
        # In order, SQLite merges them as PostgreSQL does anyway; without a limit it would leave the order out.
        merged = f"{' UNION '.join([one] * len(keys))} ORDER BY 1, 2 LIMIT {2**62}"
        return int(self.db.rows(f"SELECT count(*) FROM ({merged}) AS found", params)[0][0])

    def _index_alone(self, type_: int, reach: Reach) -> tuple[str, list[int], list[int]] | None:
        """The keys and numbers of the index rows of one token, the tokens, and the parameters of one after the other,
        where those rows alone are what a reach of tokens holds.

        They are for one group of indexed tokens, and for codes with their systems where the author uses none of them
        with another system in the type.
        """
        keys, is_alone = sorted(set(reach.tokens[0])), False
        if reach.is_coded:
            forms = self.forms([0, *keys])
            used = {form for _, form, of in forms if of == type_}
            if (0, 0, 0) in forms or (len(reach.tokens) > 1 and not used.issubset(reach.tokens[1])):
                return None
            is_alone = all(of == type_ for _, _, of in forms)  # a condition less: PostgreSQL then reads the index alone
        elif reach.indexed != (True,):
            return None
        one = f"SELECT rid, compartment FROM token WHERE key = ?{'' if is_alone else ' AND type = ?'}"
        return one, keys, [value for key in keys for value in ((key,) if is_alone else (key, type_))]


def _is_bare(selection: Selection) -> bool:
    """Nothing is asked but an author's tokens."""
    if len(selection.reaches) != 1 or selection.days or selection.updated or selection.ids is not None:
        return False
    reach = selection.reaches[0]
    if reach.compartments is not None or reach.tags is not None or reach.permitted is not None or reach.excluded:
        return False
    return selection.not_after_ms is None


def _page(db: Driver, selection: Selection, source: Source, columns: str, *, skipped: int = 0) -> list[SqlRow]:
    """The rows of a page and one more, in the selection's order."""
    if source.parts:
        source = _merged(selection, source.parts, selection.limit + skipped)
    where, params, order = _from_place(selection, source)
    direction = " DESC" if selection.order.startswith("-") else ""
    sql = (
        f"SELECT {columns} FROM {source.tables} WHERE {where} ORDER BY {', '.join(name + direction for name in order)}"
    )
    if skipped:
        return db.rows(f"{sql} LIMIT 1 OFFSET ?", [*params, skipped])
    return db.rows(f"{sql} LIMIT ?", [*params, selection.limit + 1])


def _merged(selection: Selection, parts: Sequence[Source], limit: int) -> Source:
    """The first rows of many lists that are each in order: no list is read further than the page goes."""
    lists, params = [], []
    for part in parts:
        where, values, order = _from_place(selection, part)
        keys = ", ".join(order)
        lists.append(f"SELECT * FROM (SELECT {keys} FROM {part.tables} WHERE {where} ORDER BY {keys} LIMIT ?) AS part")
        params += [*values, limit + 1]
    tables = f"({' UNION '.join(lists)} ORDER BY 1, 2 LIMIT ?) AS t CROSS JOIN resource r"
    return Source(tables, "r.compartment = t.compartment AND r.rid = t.rid", [*params, limit + 1], "t")


def _from_place(selection: Selection, source: Source) -> tuple[str, list[Any], list[str]]:
    """The conditions of a source and of the page's place, their parameters, and the columns of the order."""
    where, params = source.where, source.params
    order, column = _place(selection, source.by), _ORDER[selection.order]
    sign = "<" if selection.order.startswith("-") else ">"
    for after, compare in ((selection.after, sign), (selection.until, {">": "<=", "<": ">="}[sign])):
        if after is not None:
            position = (
                (after.rid, after.compartment) if column == "rid" else (after.value, after.rid, after.compartment)
            )
            where += f" AND ({', '.join(order)}) {compare} ({', '.join('?' * len(order))})"
            params = [*params, *position]
    return where, params, order


def _place(selection: Selection, by: str) -> list[str]:
    """The columns of an order, of the table that is read in it."""
    if selection.order == "rid":
        return [f"{by}.rid", f"{by}.compartment"]
    return [f"r.{_ORDER[selection.order]}", "r.rid", "r.compartment"]


def _written(db: Driver, selection: Selection, author: int, most: int) -> int:
    """How many versions of the type an author wrote in the time asked for, counted no further than `most`."""
    low, high = max(low for low, _ in selection.updated), min(high for _, high in selection.updated)
    sql = (
        "SELECT count(*) FROM (SELECT 1 FROM resource WHERE author = ? AND type = ? AND updated_ms BETWEEN ? AND ?"
        " LIMIT ?) AS few"
    )
    return int(db.rows(sql, (author, selection.type, low, high, most))[0][0])
