"""The monthly bulletin's content, for everybody: released public numbers (k = 11) of one month and those before."""

from dataclasses import dataclass

from hub.access.indicators import Seen, known, public_overview
from hub.access.monitoring import PUBLIC_VISITS, released_table
from hub.errors import Category, HubError
from hub.fhir import date_range, day_text
from hub.model import Issue as Fault
from hub.monitor.indicators import Indicator
from hub.monitor.tables import Table
from hub.parts import Hub

MONTHS = 36
"""How far back there are bulletins."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One month's bulletin. `before`: the month before, None when that is not released; `series`: indicators with a
    public number of the city in this month, each with its months up to this one."""

    month: str
    made_ms: int
    visits: Table
    before: Table | None
    series: tuple[tuple[Indicator, tuple[Seen, ...]], ...]


def issues(hub: Hub) -> tuple[str, ...]:
    """The months (YYYY-MM) there is a bulletin of, newest first."""
    with hub.store.reading() as tx:
        names = tx.released_names(PUBLIC_VISITS)
    return tuple(month for month, _ in reversed(names[-MONTHS:]))


def issue(hub: Hub, month: str) -> Issue:
    """A month's bulletin. HUB-4381 (not found) when the month is not released."""
    found = released_table(hub, PUBLIC_VISITS, month) if month in issues(hub) else None
    if found is None:
        raise HubError(Category.NOT_FOUND, Fault("HUB-4381", args={"period": month[:7]}))
    before = released_table(hub, PUBLIC_VISITS, day_text(date_range(month).first - 1)[:7])
    definitions, series = known(hub), []
    for id_, seen in public_overview(hub, month).items():
        if id_ in definitions and seen[-1].month == month and seen[-1].value.share is not None:
            series.append((definitions[id_], seen))
    visits, made_ms = found
    return Issue(month, made_ms, visits, before[0] if before is not None else None, tuple(series))
