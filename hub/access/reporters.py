"""Who reports when and how completely, for the health office; and a facility's own figures beside the city's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import msgspec

from hub.access.monitoring import only_auditors, open_released, tell
from hub.errors import Category, HubError
from hub.fhir import city_day, day_text
from hub.model import Facility, Issue, Principal
from hub.monitor.own import OwnMonth
from hub.monitor.tables import HIDDEN, decode_table
from hub.monitor.weeks import WeekTally, joined, state_of, together, week_of
from hub.parts import SELF, Hub
from hub.store import ReadTx

WEEKS = 13
"""How many weeks the matrix shows: a quarter of a year."""


@dataclass(frozen=True, slots=True)
class Week:
    """A facility's report for one epidemiological week (Sunday to Saturday, `start` is the Sunday's ISO date).

    `state`: on-time, late, none, backfilled (sent when the facility joined), not-expected, open (still due).
    """

    start: str
    state: str


@dataclass(frozen=True, slots=True)
class Reporter:
    """One line of the reporting matrix. `bands`: content completeness of the last released month, by measure
    (area, diagnosis, birth, sex) -> "90-100", "75-90", "50-75", "0-50" (per cent) or "" (not shown)."""

    facility: str
    name: str
    kind: str
    ownership: str
    weeks: tuple[Week, ...]
    bands: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reporting:
    """Facility by week, oldest week first; `made_ms`: when it was last worked out."""

    weeks: tuple[str, ...]
    lines: tuple[Reporter, ...]
    made_ms: int


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


def reporting(hub: Hub, who: Principal) -> Reporting:
    """Who reported when: facility by week, as categories. FORBIDDEN unless the role is auditor.

    A facility that is sensitive as such (a VCT clinic) is not listed: its visits are in no fact.
    """
    only_auditors(who)
    with hub.store.reading() as tx:
        known, made_ms = _weeks(hub, tx)
        bands = _bands(hub, tx)
    weeks = _last_weeks(hub)
    listed = sorted(hub.facilities.values(), key=lambda each: each.name)
    lines = tuple(
        Reporter(
            each.id, each.name, each.kind, each.ownership, _states(hub, each, known, weeks), bands.get(each.id, {})
        )
        for each in listed
        if each.id != SELF and not each.labels
    )
    tell(hub, who, "reporting", {}, len(lines))
    return Reporting(tuple(map(day_text, weeks)), lines, made_ms)


def own_figures(hub: Hub, who: Principal, period: str = "") -> Own | None:
    """The caller's own facility in a released month (default: the newest); None when nothing is released.

    Its own numbers are its own: exact. FORBIDDEN without a facility; HUB-4201 (not found) when the month is not
    released or the facility was not known then.
    """
    if who.facility is None or who.role not in ("clinician", "clinic-client"):
        raise HubError(Category.FORBIDDEN, Issue("HUB-5004"))
    with hub.store.reading() as tx:
        months = tx.released_months()
        if not months:
            return None
        month = period or months[0]
        row = tx.released(month, f"own:{who.facility}")
        known, _ = _weeks(hub, tx)
    if row is None:
        args = {"period": month[:10], "days": str(hub.config.release_days)}
        raise HubError(Category.NOT_FOUND, Issue("HUB-4201", args=args))
    own = msgspec.msgpack.decode(open_released(hub, row), type=OwnMonth)
    facility = hub.facilities[who.facility]
    tell(hub, who, f"own {month}", {}, 1)
    return Own(
        month,
        own.visits,
        own.classes,
        tuple(own.diagnoses),
        tuple(Position(each.measure, each.own, each.quartiles) for each in own.standings),
        _states(hub, facility, known, _last_weeks(hub)),
        own.peers,
    )


def _weeks(hub: Hub, tx: ReadTx) -> tuple[list[WeekTally], int]:
    """All weeks known, released and live, and when the live ones were worked out."""
    found: list[WeekTally] = []
    made_ms = 0
    for row in tx.releases("weeks", _MONTHS):
        found += _UNPACK.decode(open_released(hub, row))
        made_ms = max(made_ms, row.made_ms)
    if live := tx.reporting("live"):
        found += _UNPACK.decode(hub.boxes.release.open(live[1], b"live"))
        made_ms = live[0]
    return found, made_ms


def _last_weeks(hub: Hub) -> list[int]:
    """The Sundays of the last weeks, oldest first, the current week last."""
    newest = week_of(city_day(hub.clock()))
    return [newest - 7 * back for back in range(WEEKS - 1, -1, -1)]


def _states(hub: Hub, facility: Facility, known: Iterable[WeekTally], weeks: list[int]) -> tuple[Week, ...]:
    own = [each for each in known if each.facility == facility.number]
    tallies, joined_on = together(own), joined(own).get(facility.number)
    today, grace = city_day(hub.clock()), hub.config.on_time_days
    opens = _day(facility.settings.get("open_from", ""), 0)
    closes = _day(facility.settings.get("closed_on", ""), 1 << 30)
    return tuple(
        Week(
            day_text(week),
            state_of(week, tallies.get((facility.number, week)), joined_on, today, grace, opens, closes),
        )
        for week in weeks
    )


def _bands(hub: Hub, tx: ReadTx) -> dict[str, dict[str, str]]:
    """Content completeness in the newest month, for facilities whose number of visits is shown."""
    months = tx.released_months()[:1]
    found: dict[str, dict[str, str]] = {}
    for month in months:
        table = tx.released(month, "visits-facility")
        if table is None:
            continue
        for line in decode_table(open_released(hub, table)).rows:
            row = tx.released(month, f"own:{line.key}") if line.level == "facility" else None
            if row is not None and line.cells[-1] != HIDDEN:
                found[line.key] = msgspec.msgpack.decode(open_released(hub, row), type=OwnMonth).bands
    return found


def _day(text: str, default: int) -> int:
    """A facility's setting as days since 1970-01-01; one that is no date counts as not given."""
    try:
        return (date.fromisoformat(text) - date(1970, 1, 1)).days
    except ValueError:
        return default


_MONTHS = 600
_UNPACK = msgspec.msgpack.Decoder(list[WeekTally])
