"""What hangs on the Command Centre's wall: numbers that anybody may see (k = 11), and words about facilities. No
person, no row, no drill-down; worked out once a minute however many screens ask."""

import threading
from collections import Counter
from dataclasses import dataclass

from hub.access.indicators import Seen, known, public_overview
from hub.access.monitoring import PUBLIC_VISITS, released_table, tell
from hub.access.papers import expiring
from hub.access.quality import Reporting, reporting_now
from hub.access.signals import OpenSignals, open_signals
from hub.admission.screens import SCOPE
from hub.errors import Category, HubError
from hub.model import Issue, Principal
from hub.monitor.indicators import Indicator
from hub.monitor.tables import Table
from hub.parts import Hub
from hub.registry.due import pressing

K = 11
KEPT_MS = 60_000
WEEKS = 12
_MADE = threading.Lock()
_kept: dict[int, "Wall"] = {}


@dataclass(frozen=True, slots=True)
class WeekShare:
    """Of the facilities whose report of a week (ISO Sunday) was due: how many there were, sent one, sent it in time."""

    week: str
    due: int
    sent: int
    in_time: int


@dataclass(frozen=True, slots=True)
class Wall:
    """Everything the three scenes show. `made_ms`: when it was read; `visits` None: no month is released yet.

    `standings`: facilities by standing (hub.access.quality); `papers`: papers due by stage; `series`: indicators with
    at least one public number, each with its months.
    """

    made_ms: int
    visits: Table | None
    reporting: Reporting
    weeks: tuple[WeekShare, ...]
    standings: dict[str, int]
    signals: OpenSignals
    papers: dict[str, int]
    series: tuple[tuple[Indicator, tuple[Seen, ...]], ...]


def wall(hub: Hub, who: Principal) -> Wall:
    """The wall as of the last minute; what is read anew is one audit entry in the screen's name. Other screens that ask
    meanwhile get the same. FORBIDDEN for all but screens."""
    if who.scopes != (SCOPE,):
        raise HubError(Category.FORBIDDEN, Issue("HUB-5004"))
    with _MADE:
        found = _kept.get(id(hub))
        if found is None or not 0 <= hub.clock() - found.made_ms < KEPT_MS:
            tell(hub, who, "wall", {}, 3)
            found = _read(hub)
            _kept.clear()
            _kept[id(hub)] = found
    return found


def _read(hub: Hub) -> Wall:
    visits = released_table(hub, PUBLIC_VISITS)
    matrix = reporting_now(hub)
    overview, definitions = public_overview(hub), known(hub)
    return Wall(
        made_ms=hub.clock(),
        visits=visits[0] if visits is not None else None,
        reporting=matrix,
        weeks=_weeks(matrix),
        standings=dict(Counter(line.standing for line in matrix.lines)),
        signals=open_signals(hub, K),
        papers=dict(pressing(expiring(hub))),
        series=tuple(
            (definitions[id_], seen)
            for id_, seen in overview.items()
            if id_ in definitions and any(each.value.share is not None for each in seen)
        ),
    )


def _weeks(matrix: Reporting) -> tuple[WeekShare, ...]:
    """The last weeks that are over, oldest first."""
    found = []
    for at, week in enumerate(matrix.weeks):
        states = Counter(line.weeks[at].state for line in matrix.lines)
        if states["open"]:  # for some facility it is not over
            continue
        sent = states["on-time"] + states["late"]
        found.append(WeekShare(week, sent + states["none"], sent, states["on-time"]))
    return tuple(found[-WEEKS:])
