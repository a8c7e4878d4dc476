"""Counting one month of facts, everything in it, for what is released and for the reporting matrix."""

from hub.access.monitoring import month_mark, open_facts
from hub.access.papers import counted_facilities
from hub.fhir import date_range
from hub.monitor.tally import Places, Tally
from hub.parts import Hub
from hub.registry import areas, kecamatan
from hub.store import ReadTx

PAGE = 5_000


def count_month(hub: Hub, tx: ReadTx, month: str) -> Tally:
    """Everything the city counts of a month, nothing hidden: never stored, never shown."""
    tally = Tally(places_of(hub))
    mark = month_mark(hub, date_range(f"{month}-01").first)
    rows = tx.month_facts(mark, limit=PAGE)
    while rows:
        for row in rows:
            for fact in open_facts(hub, row):
                tally.add(row.pseudonym, fact)
        rows = tx.month_facts(mark, rows[-1][:2], PAGE)
    tally.close()
    return tally


def places_of(hub: Hub) -> Places:
    """The city as it is counted: its areas and its facilities."""
    return Places({area.code: area.name for area in areas()}, kecamatan(), counted_facilities(hub))
