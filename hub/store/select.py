"""Searching: a Selection becomes one statement for the page and, when its total is wanted, one for that."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from hub.model import After, Key, Page, Selection
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
        sql = f"SELECT DISTINCT r.compartment FROM {source.tables} WHERE {source.where} LIMIT ?"
        return [home for (home,) in self.db.rows(sql, [*source.params, selection.limit + 1])]

    def _known_total(self, selection: Selection) -> int | None:
        """A total that needs no row: of everything an author has of a type, or of one code; None for all others."""
        if len(selection.reaches) != 1 or selection.days or selection.updated or selection.ids is not None:
            return None
        reach = selection.reaches[0]
        if reach.compartments is not None or reach.tags is not None or reach.permitted is not None or reach.excluded:
            return None
        if selection.not_after_ms is not None:
            return None
        if not reach.tokens:
            return self.held(reach.author, selection.type)
        if reach.forms is not None:
            return self._of_one_code(selection.type, *reach.forms)
        if len(reach.tokens) == 1 and reach.indexed == (True,) and len(reach.tokens[0]) == 1:
            sql = "SELECT count(*) FROM token WHERE key = ? AND type = ?"
            return int(self.db.rows(sql, (reach.tokens[0][0], selection.type))[0][0])
        return None

    def _of_one_code(self, type_: int, loose: int, exact: int) -> int | None:
        """How many rows hold a code with its system, when the author uses the code with no other system and in no other
        type: then the index rows of the code alone say it."""
        sql = (
            "SELECT (SELECT count(*) FROM token WHERE key = ?) FROM code_form WHERE loose = ?"
            " AND NOT EXISTS (SELECT 1 FROM code_form WHERE loose = 0)"
            " GROUP BY loose HAVING count(*) = 1 AND min(exact) = ? AND min(type) = ?"
        )
        found = self.db.rows(sql, (loose, loose, exact, type_))
        return int(found[0][0]) if found else None


def _page(db: Driver, selection: Selection, source: Source, columns: str, *, skipped: int = 0) -> list[SqlRow]:
    """The rows of a page and one more, in the selection's order."""
    where, params = source.where, source.params
    order, column = _place(selection, source.by), _ORDER[selection.order]
    sign, direction = ("<", " DESC") if selection.order.startswith("-") else (">", "")
    for after, compare in ((selection.after, sign), (selection.until, {">": "<=", "<": ">="}[sign])):
        if after is not None:
            position = (
                (after.rid, after.compartment) if column == "rid" else (after.value, after.rid, after.compartment)
            )
            where += f" AND ({', '.join(order)}) {compare} ({', '.join('?' * len(order))})"
            params = [*params, *position]
    sql = (
        f"SELECT {columns} FROM {source.tables} WHERE {where} ORDER BY {', '.join(name + direction for name in order)}"
    )
    if skipped:
        return db.rows(f"{sql} LIMIT 1 OFFSET ?", [*params, skipped])
    return db.rows(f"{sql} LIMIT ?", [*params, selection.limit + 1])


def _place(selection: Selection, by: str) -> list[str]:
    """The columns of an order, of the table that is read in it."""
    if selection.order == "rid":
        by = "t" if by == "t" else "r"
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
