"""Surveillance as its officers see it: exact counts, single cases without a name, signals and their steps.

Only the role surveillance (Permenkes 1501/2010; docs/surveillance.md): each call writes one audit entry; a list of
cases is in the trail of every person in it, who finds it on the page "who looked".
"""

from dataclasses import dataclass

from hub.access.surveying import (
    SHOWN_WEEKS,
    Board,
    DiseaseWeeks,
    board,
    kecamatan_of,
    settings_of,
    weeks_of,
)
from hub.access.verification import (
    SignalView,
    disease_of,
    is_place,
    only_surveillance,
    place_name,
    signal_views,
    told,
)
from hub.errors import Category, HubError
from hub.fhir import day_text
from hub.model import Issue, Principal
from hub.monitor import OUTSIDE
from hub.monitor.surveillance import CITY, Disease
from hub.monitor.surveillance.detection import CITY_WEEKS, LEAST_WEEKS, PLACE_WEEKS
from hub.monitor.surveillance.threshold import Threshold, city_of, threshold
from hub.parts import Hub
from hub.registry import areas, kecamatan


@dataclass(frozen=True, slots=True)
class Line:
    """A disease's cases of 7 days by place, and the places with an open signal."""

    disease: Disease
    total: int
    cells: tuple[tuple[int, bool], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Diseases by kecamatan (and outside, unknown). `columns`: (place, name)."""

    today: str
    made_ms: int
    columns: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    signals: tuple[SignalView, ...]


@dataclass(frozen=True, slots=True)
class WeekOf:
    """A week of a place: its Sunday, cases, threshold (None where too few weeks came before), whether it is over, and
    whether a signal was raised in it."""

    start: str
    cases: int
    limit: Threshold | None
    is_over: bool
    is_alert: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A kelurahan or facility with its last weeks, oldest first, the 7 days up to today, and whether a signal is
    open."""

    key: str
    name: str
    weeks: tuple[int, ...]
    seven: int
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Detail:
    """A disease in one place, and where else it is."""

    disease: Disease
    place: str
    place_name: str
    today: str
    made_ms: int
    weeks: tuple[WeekOf, ...]
    areas: tuple[Place, ...]
    facilities: tuple[Place, ...]
    starts: tuple[str, ...]
    signals: tuple[SignalView, ...]


TABLE_WEEKS = 6


def grid(hub: Hub, who: Principal) -> Grid | None:
    """Every disease by kecamatan, and the signals that are not closed; None before anything was counted."""
    only_surveillance(who)
    now = board(hub)
    views = signal_views(hub)
    told(hub, who, "grid", len(views))
    if now is None:
        return None
    columns = tuple(_columns())
    waiting = [each for each in views if each.state != "closed"]
    lines = tuple(_line(now, each, columns, waiting) for each in settings_of(hub).diseases)
    return Grid(day_text(now.today), now.made_ms, columns, lines, tuple(waiting))


def detail(hub: Hub, who: Principal, code: str, place: str = CITY) -> Detail:
    """A disease's weeks in a place (default the whole city), by kelurahan and by facility. HUB-4281 (not found):
    no such disease or place; HUB-4284 (not found): nothing was counted yet."""
    only_surveillance(who)
    disease, known = disease_of(hub, code), weeks_of(hub, [code]).get(code)
    if not is_place(hub, place):
        raise HubError(Category.NOT_FOUND, Issue("HUB-4281", args={"name": place[:20]}))
    now = board(hub)
    if known is None or now is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4284"))
    views = [each for each in signal_views(hub) if each.disease.code == code]
    told(hub, who, f"disease {code} {place}", sum(known.weeks.get(place, [0])[-SHOWN_WEEKS:]))
    alerts = {each.day for each in views if each.place == place}
    count = min(SHOWN_WEEKS, max((len(weeks) for weeks in known.weeks.values()), default=1))
    return Detail(
        disease,
        place,
        place_name(hub, place),
        day_text(now.today),
        now.made_ms,
        tuple(_weeks(disease, known, place, count, alerts)),
        tuple(_places(hub, now, code, known, views, is_area=True)),
        tuple(_places(hub, now, code, known, views, is_area=False)),
        tuple(day_text(known.week - 7 * back) for back in range(TABLE_WEEKS - 1, -1, -1)),
        tuple(reversed(views)),
    )


def _columns() -> list[tuple[str, str]]:
    return [*kecamatan().items(), (OUTSIDE, ""), ("", "")]


def _line(now: Board, disease: Disease, columns: tuple[tuple[str, str], ...], waiting: list[SignalView]) -> Line:
    counted = now.lines.get(disease.code, {})
    alert = {kecamatan_of(each.place) or each.place for each in waiting if each.disease.code == disease.code}
    return Line(disease, counted.get(CITY, 0), tuple((counted.get(key, 0), key in alert) for key, _ in columns))


def _weeks(disease: Disease, known: DiseaseWeeks, place: str, count: int, alerts: set[str]) -> list[WeekOf]:
    city, own = known.weeks.get(CITY, []), known.weeks.get(place, [])
    size = max((len(weeks) for weeks in known.weeks.values()), default=count)
    city = [0] * (size - len(city)) + city
    own = [0] * (len(city) - len(own)) + own
    found, among = [], _among(place)
    for back in range(count - 1, -1, -1):
        at, start = len(city) - 1 - back, known.week - 7 * back
        whole = city_of(city[max(0, at - CITY_WEEKS) : at])
        limit = threshold(own[max(0, at - PLACE_WEEKS) : at], whole, disease.chance / among)
        days = {day_text(day) for day in range(start, start + 7)}
        found.append(
            WeekOf(day_text(start), own[at], limit if at >= LEAST_WEEKS else None, back > 0, bool(days & alerts))
        )
    return found


def _among(place: str) -> int:
    """Among how many places of its size the chance is divided, as in hub.monitor.surveillance.detection."""
    return 1 if place == CITY else len(kecamatan()) if len(place) == 6 else len(areas()) + 2


def _places(
    hub: Hub, now: Board, code: str, known: DiseaseWeeks, views: list[SignalView], *, is_area: bool
) -> list[Place]:
    seven = now.lines.get(code, {})
    waiting = {each.place for each in views if each.state != "closed"}
    found = []
    for place, weeks in known.weeks.items():
        if place.startswith("#") is is_area or place == CITY or (is_area and len(place) == 6):
            continue
        if any(weeks[-TABLE_WEEKS:]):
            shown = ([0] * TABLE_WEEKS + weeks)[-TABLE_WEEKS:]
            found.append(Place(place, place_name(hub, place), tuple(shown), seven.get(place, 0), place in waiting))
    return sorted(found, key=lambda each: (-each.seven, -sum(each.weeks), each.name, each.key))
