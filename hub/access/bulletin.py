"""The monthly bulletin's content, for everybody: released public numbers (k = 11) of one month and those before."""

from dataclasses import dataclass

from hub.access.indicators import Seen, known, public_overview
from hub.access.monitoring import open_released
from hub.errors import Category, HubError
from hub.model import Issue as Fault
from hub.monitor.indicators import Indicator
from hub.monitor.tables import Table, decode_table
from hub.parts import Hub

MONTHS = 36
"""How far back there are bulletins."""
_VISITS = "public:visits-area"


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
        return tuple(row.month for row in tx.releases(_VISITS, MONTHS))


def issue(hub: Hub, month: str) -> Issue:
    """A month's bulletin. HUB-4381 (not found) when the month is not released."""
    known_months = issues(hub)
    if month not in known_months:
        raise HubError(Category.NOT_FOUND, Fault("HUB-4381", args={"period": month[:7]}))
    earlier = known_months[known_months.index(month) + 1 :][:1]
    with hub.store.reading() as tx:
        rows = [tx.released(each, _VISITS) for each in (month, *earlier)]
    tables = [decode_table(open_released(hub, row)) for row in rows if row is not None]
    definitions, series = known(hub), []
    for id_, seen in public_overview(hub).items():
        until = tuple(each for each in seen if each.month <= month)
        if id_ in definitions and until and until[-1].month == month and until[-1].value.share is not None:
            series.append((definitions[id_], until))
    made_ms = next(row.made_ms for row in rows if row is not None)
    return Issue(month, made_ms, tables[0], tables[1] if len(tables) > 1 else None, tuple(series))
