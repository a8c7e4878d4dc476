"""Counting one month of facts, everything in it, for what is released and for the reporting matrix."""

from decimal import Decimal

from hub.access.facts import mark_of, stored
from hub.access.monitoring import open_facts
from hub.access.papers import counted_facilities
from hub.monitor import Fact
from hub.monitor.tally import Places, Tally
from hub.parts import Hub
from hub.registry import areas, kecamatan
from hub.store import ReadTx

_BATCH = 10_000


def count_month(hub: Hub, tx: ReadTx, month: str) -> Tally:
    """Everything the city counts of a month, nothing hidden: never stored, never shown."""
    tally = Tally(places_of(hub))
    for row in tx.whole_month(mark_of(hub, month)):
        for fact in open_facts(hub, row):
            tally.add(row.pseudonym, fact)
    tally.close()
    return tally


def count_columns(hub: Hub, month: str) -> Tally:
    """The same of the columns as they are kept: of the very facts that indicators were counted over last."""
    from hub.monitor.engines.columns import joined  # here, because a serving process imports this module too

    tally = Tally(places_of(hub))
    for batch in joined(stored(hub, mark_of(hub, month)), {}).to_batches(max_chunksize=_BATCH):
        for person, *values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            kind, code, day, facility, area, band, age, sex, value, case, lag = values
            number = None if value is None else Decimal(str(value))
            tally.add(person, Fact(kind, code, day, facility, area, band, sex, number, case, lag, age))
    tally.close()
    return tally


def places_of(hub: Hub) -> Places:
    """The city as it is counted: its areas and its facilities."""
    return Places({area.code: area.name for area in areas()}, kecamatan(), counted_facilities(hub))
