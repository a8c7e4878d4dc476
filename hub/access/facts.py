"""All facts in columns, and the indicators' cells: for jobs and for what releases numbers, never for a page.

A month's facts are kept a second time as sealed blocks of columns (hub.upkeep.indicators), because to open ten million
row by row takes minutes. A block holds the pseudonyms of compartments; which of them are one person is looked up when
the blocks are read, so that a link that is made or ended counts at once and for all months.
"""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from hub.access.monitoring import month_mark, open_values
from hub.fhir import date_range
from hub.monitor.cells import Cell, decode_cells
from hub.parts import Hub
from hub.store import BlockRow, CellsRow

FIRST_YEAR, LAST_YEAR = 1900, 2199


def cells(hub: Hub, indicator: str, months: Iterable[str]) -> list[Cell]:
    """The cells of an indicator in these months (YYYY-MM): everything, nothing hidden; empty where nothing was counted.
    As of the last run of hub.upkeep.indicators. Raises hub.crypto.Tampered."""
    with hub.store.reading() as tx:
        rows = tx.indicator_cells(indicator, months)
    return [cell for row in rows for cell in open_cells(hub, row)]


def open_cells(hub: Hub, row: CellsRow) -> list[Cell]:
    """What a row of cells holds."""
    body = hub.boxes.cell.open(row.body, cells_place(row.indicator, row.month))
    return decode_cells(row.indicator, row.month, body)


def cells_place(indicator: str, month: str) -> bytes:
    """What binds sealed cells to their place."""
    return f"cells/{indicator}/{month}".encode()


def open_month(hub: Hub, mark: int) -> list[bytes]:
    """A month's facts, opened row by row, as plain blocks of columns."""
    from hub.monitor.engines.columns import Columns

    found = Columns()
    with _uncollected(), hub.store.reading() as tx:
        for row in tx.whole_month(mark):
            found.add(row.pseudonym, open_values(hub, row))
    return found.blocks()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector, which takes half of the time here and finds nothing: values hold no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def stored(hub: Hub, mark: int) -> list[bytes]:
    """A month's blocks as they were kept, opened."""
    with hub.store.reading() as tx:
        rows = tx.blocks(mark)
    return [hub.boxes.cell.open(row.body, block_place(row)) for row in rows]


def block_place(row: BlockRow) -> bytes:
    """What binds a sealed block to its place."""
    return f"block/{row.month}/{row.piece}/{row.version}".encode()


def persons(hub: Hub) -> dict[int, int]:
    """For the pseudonym of every compartment that is joined to others: its person's, the smallest of theirs."""
    leader: dict[int, int] = {}

    def head(one: int) -> int:
        while (above := leader.setdefault(one, one)) != one:
            leader[one] = one = leader.setdefault(above, above)
        return one

    after = (-(1 << 63), -(1 << 63))
    with hub.store.reading() as tx:
        while pairs := tx.joined(after):
            for one, other in pairs:
                leader[head(one)] = head(other)
            after = pairs[-1]
    pseudonym = {one: hub.blinder.pseudonym(one) for one in leader}
    smallest: dict[int, int] = {}
    for one in leader:
        top = head(one)
        smallest[top] = min(pseudonym[one], smallest.get(top, pseudonym[one]))
    return {pseudonym[one]: smallest[head(one)] for one in leader}


def mark_of(hub: Hub, month: str) -> int:
    """The keyed mark of a month (YYYY-MM)."""
    return month_mark(hub, date_range(f"{month}-01").first)


def month_names(hub: Hub) -> dict[int, str]:
    """The months that marks stand for."""
    months = (f"{year}-{month:02}" for year in range(FIRST_YEAR, LAST_YEAR + 1) for month in range(1, 13))
    return {mark_of(hub, month): month for month in months}
