"""Counting one month of facts, everything in it, for what is released and for the reporting matrix."""

from hub.access.monitoring import month_mark, open_facts
from hub.fhir import date_range
from hub.monitor.tally import Places, Tally
from hub.parts import SELF, Hub
from hub.registry import areas, kecamatan
from hub.store import ReadTx

PAGE = 5_000


def count_month(hub: Hub, tx: ReadTx, month: str) -> Tally:
    """Everything the city counts of a month, nothing hidden: never stored, never shown."""
    tally = Tally(places_of(hub))
    mark = month_mark(hub, date_range(f"{month}-01").first)
    after = None
    while rows := tx.month_facts(mark, after, PAGE) if after else tx.month_facts(mark, limit=PAGE):
        for row in rows:
            for fact in open_facts(hub, row):
                tally.add(row.pseudonym, fact)
        after = rows[-1][:2]
    tally.close()
    return tally


def places_of(hub: Hub) -> Places:
    """The city as it is counted: its areas, and the facilities that are not sensitive as such (those have no facts)."""
    facilities = [each for each in hub.facilities.values() if each.id != SELF and not each.labels]
    return Places({area.code: area.name for area in areas()}, kecamatan(), sorted(facilities, key=lambda f: f.number))
