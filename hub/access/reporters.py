"""A facility's own figures beside the city's."""

from dataclasses import dataclass

import msgspec

from hub.access.monitoring import open_released, own_facility, tell
from hub.access.quality import QUARTER, Week, weeks_of
from hub.errors import Category, HubError
from hub.model import Issue, Principal
from hub.monitor.own import OwnMonth
from hub.parts import Hub


@dataclass(frozen=True, slots=True)
class Position:
    """A facility's own figure beside the quartiles of its peers (rounded; None when fewer than k others report).

    `measure`: visits, area, diagnosis, birth, sex (per cent of visits with it), on-time (per cent received in
    time, of the weeks not sent when it joined).
    """

    measure: str
    own: int | None
    quartiles: tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class Own:
    """A facility's own month, exact: its own numbers are its own. Sensitive visits are in none of them."""

    period: str
    visits: int
    classes: dict[str, int]
    diagnoses: tuple[tuple[str, int, int], ...]
    """(ICD-10 category, all, new cases), most frequent first."""
    positions: tuple[Position, ...]
    weeks: tuple[Week, ...]
    peers: str = ""
    """Whom the quartiles are of: facilities of its "kind", of its "ownership", "all"; "" not told."""
    doubts: tuple[str, ...] = ()
    """What is odd about the values written down (hub.monitor.doubts)."""
    lacking: tuple[str, ...] = ()
    """What fewer than three visits of four say, though those of its kind should."""


def own_figures(hub: Hub, who: Principal, period: str = "") -> Own | None:
    """The caller's own facility in a released month (default: the newest); None when nothing is released.

    Its own numbers are its own: exact. FORBIDDEN without a facility; HUB-4201 (not found) when the month is not
    released or the facility was not known then.
    """
    facility = own_facility(who)
    with hub.store.reading() as tx:
        months = tx.released_months()
        if not months:
            return None
        month = period or months[0]
        row = tx.released(month, f"own:{facility}")
    if row is None:
        args = {"period": month[:10], "days": str(hub.config.release_days)}
        raise HubError(Category.NOT_FOUND, Issue("HUB-4201", args=args))
    own = msgspec.msgpack.decode(open_released(hub, row), type=OwnMonth)
    tell(hub, who, f"own {month}", {}, 1)
    return Own(
        month,
        own.visits,
        own.classes,
        tuple(own.diagnoses),
        tuple(Position(each.measure, each.own, each.quartiles) for each in own.standings),
        weeks_of(hub, facility, QUARTER),
        own.peers,
        own.doubts,
        tuple(e.measure for e in own.standings if e.measure in own.bands and e.own is not None and e.own < _ENOUGH),
    )


_ENOUGH = 75
