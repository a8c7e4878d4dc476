"""Indicators as they were released: what pages, the wall, the bulletin and the feed read (docs/adr/0021).

Only released numbers, never counted anew: k = 5 for the health office (role auditor; each call writes one audit entry,
`city.view`), k = 11 for everybody. A facility reads its own numbers exactly, and nobody else's.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

import msgspec

from hub.access.monitoring import look_of, only_auditors, open_released, own_facility, released_table, tell
from hub.access.trace import audit
from hub.errors import Category, HubError
from hub.model import Issue, Principal
from hub.monitor.charts import Chart, Direction, p_chart
from hub.monitor.indicator_counts import AGE, AREA, FACILITY
from hub.monitor.indicators import Indicator, shelved
from hub.monitor.tables import HIDDEN, Row, Table, decode_table
from hub.parts import Hub

INSIDE, PUBLIC = "indicator", "indicator-public"
"""How cubes begin: "indicator:ID"; "indicators" holds the overview lines of all."""
SPAN = 24
"""How many months a series shows."""
_NAME = 41
_LAST = "9999-12"


@dataclass(frozen=True, slots=True)
class Value:
    """A numerator and its denominator. None: closed, or (`is_hidden` False) there is none on this line."""

    numerator: int | None = None
    denominator: int | None = None
    is_hidden: bool = False

    @property
    def share(self) -> float | None:
        """Numerator of denominator, 0 to 1 (more where the denominator is no count); None when that is not known."""
        return self.numerator / self.denominator if self.numerator is not None and self.denominator else None


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a table. `level`: city, kecamatan, kelurahan, outside, unknown, public, private, facility, sex, age.

    `key`: an area's code, a facility's id, or a fixed word; `parent`: the key of the line it is a part of.
    """

    key: str
    level: str
    name: str
    parent: str
    value: Value


@dataclass(frozen=True, slots=True)
class Seen:
    """One month of a series. `counted`: the version of the definition that counted it, "" where that is not known."""

    month: str
    value: Value
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """An indicator's released month: the city, and its lines by area, by facility, by sex and age (may be empty)."""

    indicator: str
    month: str
    made_ms: int
    city: Place
    areas: tuple[Place, ...]
    facilities: tuple[Place, ...]
    ages: tuple[Place, ...]
    counted: str = ""


class OwnCount(NamedTuple):
    """A facility's own numbers of one indicator, exact."""

    indicator: str
    numerator: int
    denominator: int
    counted: str = ""


def known(hub: Hub) -> dict[str, Indicator]:
    """The indicators' definitions by id, in order; a file that was added or changed counts at once. Not audited: no
    number."""
    return {each.id: each for each in shelved(hub.config.indicators)}


def months(hub: Hub, who: Principal) -> tuple[str, ...]:
    """The months (YYYY-MM) with released indicators, newest first. FORBIDDEN unless the role is auditor."""
    only_auditors(who)
    with hub.store.reading() as tx:
        return tuple(month for month, _ in reversed(tx.released_names(f"{INSIDE}s")))


def released_months(hub: Hub, who: Principal) -> dict[str, set[str]]:
    """The months in which any indicator is released, newest first, and which of them. FORBIDDEN unless the role is
    auditor. Not audited: no number."""
    only_auditors(who)
    found: dict[str, set[str]] = {}
    with hub.store.reading() as tx:
        names = tx.released_names(f"{INSIDE}:")
    for month, cube in reversed(names):
        found.setdefault(month, set()).add(cube.partition(":")[2])
    return found


def released_indicator(hub: Hub, who: Principal, id_: str, month: str = "") -> Month:
    """One indicator's month (default: the newest), small numbers closed (k = 5).

    HUB-4270 (not found): no such indicator; HUB-4271 (not found): not released for that month, or nothing of it can be
    shown. FORBIDDEN unless the role is auditor.
    """
    return released_indicators(hub, who, [(id_, month)])[0]


def released_indicators(hub: Hub, who: Principal, asked: Iterable[tuple[str, str]]) -> list[Month]:
    """The same of several indicators and months, each look an entry of its own."""
    only_auditors(who)
    found = [_month(hub, id_, month) for id_, month in asked]
    looks = [(f"{INSIDE}:{one.indicator} {one.month}", len(one.areas + one.facilities + one.ages)) for one in found]
    audit(hub, *(look_of(hub, who, what, {}, count) for what, count in looks))
    return found


def released_month(hub: Hub, id_: str, month: str = "") -> str:
    """The month (YYYY-MM) if the indicator was released for it, the newest for "". HUB-4270, HUB-4271 (not found). Not
    audited: no number."""
    return _released(hub, id_, month)[0].month


def series(hub: Hub, who: Principal, id_: str, line: str = "city") -> tuple[Seen, ...]:
    """An indicator's last 24 released months for one line (city, public, private, a kecamatan, kelurahan or facility),
    oldest first; months in which the line is closed stay, without numbers. Errors as `released_indicator`."""
    only_auditors(who)
    _check(hub, id_)
    with hub.store.reading() as tx:
        rows = tx.releases(f"{INSIDE}:{id_}", SPAN)
    tables = [decode_table(open_released(hub, row)) for row in rows]
    found = tuple(
        Seen(table.month, _value(own), table.counted) for table in reversed(tables) if (own := _line(table, line))
    )
    tell(hub, who, f"{INSIDE}:{id_} series", {"line": line}, len(found))
    return found


def overview(hub: Hub, who: Principal, line: str = "city") -> dict[str, tuple[Seen, ...]]:
    """All indicators' last 24 months for the city, "public", "private" or a kecamatan, oldest first; those of which
    nothing is released are not in it. FORBIDDEN unless the role is auditor."""
    only_auditors(who)
    found = _overview(hub, INSIDE, line)
    tell(hub, who, "indicators", {"line": line}, len(found))
    return found


def newest_of(hub: Hub, who: Principal) -> dict[str, Month]:
    """Each indicator's newest released month; the caller tells. FORBIDDEN unless the role is auditor."""
    only_auditors(who)
    found = {}
    for id_ in known(hub):
        with suppress(HubError):
            found[id_] = _month(hub, id_, "")
    return found


def comparable(seen: Sequence[Seen]) -> Sequence[Seen]:
    """The last months of a series that one definition counted, or of which it is not known which did: what came before
    is another number of the same name."""
    first, versions = len(seen), set[str]()
    while first and len(versions := versions | ({seen[first - 1].counted} - {""})) <= 1:
        first -= 1
    return seen[first:]


def chart_of(seen: Sequence[Seen], one: Indicator) -> Chart | None:
    """The p-chart of a series' comparable months, closed ones left out; None where nothing is shown, or the share is no
    proportion. People who count once a year are held against no target (it is for the year), and no point is a sign:
    most are counted in its first months, so that what the chart shows is the calendar."""
    counts = [
        (each.month, each.value.numerator, each.value.denominator)
        for each in comparable(seen)
        if each.value.numerator is not None and each.value.denominator
    ]
    if any(some > whole for _, some, whole in counts):
        return None
    direction: Direction = one.direction
    target = None if one.target is None or one.every == "year" else one.target / one.per
    chart = p_chart(counts, direction, target)
    if chart is None or one.every != "year":
        return chart
    return replace(chart, points=tuple(replace(each, marks=(), meaning="usual") for each in chart.points))


def public_overview(hub: Hub, until: str = _LAST) -> dict[str, tuple[Seen, ...]]:
    """All indicators' last 24 months of the city, up to one, as everybody may see them (k = 11)."""
    return _overview(hub, PUBLIC, "city", until)


def own_indicators(hub: Hub, who: Principal) -> dict[str, tuple[Seen, ...]]:
    """The caller's facility's own last 24 months by indicator, exact, oldest first. FORBIDDEN without a facility."""
    facility = own_facility(who)
    with hub.store.reading() as tx:
        rows = tx.releases(f"own-indicators:{facility}", SPAN)
    found: dict[str, list[Seen]] = {}
    for row in reversed(rows):
        for own in _OWN.decode(open_released(hub, row)):
            one = Seen(row.month, Value(own.numerator, own.denominator), own.counted)
            found.setdefault(own.indicator, []).append(one)
    tell(hub, who, "own-indicators", {}, len(found))
    return {id_: tuple(seen) for id_, seen in found.items()}


def peers(hub: Hub, who: Principal, wanted: Mapping[str, str]) -> dict[str, tuple[Place, ...]]:
    """For a facility's own page: the released lines of facilities, of which the funnel is made, by indicator, of the
    months `wanted` by indicator; those that are not released are not in it. FORBIDDEN without a facility."""
    own_facility(who)
    found = {}
    for id_, month in wanted.items():
        with suppress(HubError):
            found[id_] = _month(hub, id_, month).facilities
    tell(hub, who, "own-indicators peers", {}, len(found))
    return found


def _released(hub: Hub, id_: str, month: str) -> tuple[Table, int]:
    _check(hub, id_)
    found = released_table(hub, f"{INSIDE}:{id_}", month)
    if found is None:
        args = {"name": id_, "period": month[:10], "days": str(hub.config.release_days)}
        raise HubError(Category.NOT_FOUND, Issue("HUB-4271", args=args))
    return found


def _month(hub: Hub, id_: str, month: str) -> Month:
    table, made_ms = _released(hub, id_, month)
    places: dict[str, list[Place]] = {AREA: [], FACILITY: [], AGE: []}
    for each in table.rows:
        places[each.of].append(Place(each.key, each.level, each.name, each.parent, _value(each)))
    city = next(iter(places[AREA] or places[FACILITY] or places[AGE]))
    below = {axis: tuple(_under(found, "city")) for axis, found in places.items()}
    return Month(id_, table.month, made_ms, city, below[AREA], below[FACILITY], below[AGE], table.counted)


def _under(places: list[Place], key: str) -> Iterable[Place]:
    """What lies below a line, each line before what it is made of."""
    below: dict[str, list[Place]] = {}
    for each in places:
        below.setdefault(each.parent, []).append(each)
    waiting = below.get(key, [])[::-1]
    while waiting:
        each = waiting.pop()
        yield each
        waiting += below.get(each.key, [])[::-1]


def _overview(hub: Hub, name: str, line: str, until: str = _LAST) -> dict[str, tuple[Seen, ...]]:
    with hub.store.reading() as tx:
        rows = tx.releases(f"{name}s", SPAN, until)
    found: dict[str, list[Seen]] = {}
    for row in reversed(rows):
        for table in _TABLES.decode(open_released(hub, row)):
            if own := _line(table, line):
                one = Seen(table.month, _value(own), table.counted)
                found.setdefault(table.cube.partition(":")[2], []).append(one)
    return {id_: tuple(seen) for id_, seen in found.items()}


def _line(table: Table, line: str) -> Row | None:
    return next((row for row in table.rows if row.key == line and row.of != AGE), None)


def _value(row: Row) -> Value:
    some, whole = (None if cell < 0 else cell for cell in row.cells)
    return Value(some, whole, HIDDEN in row.cells)


def _check(hub: Hub, id_: str) -> None:
    if id_ not in known(hub):
        raise HubError(Category.NOT_FOUND, Issue("HUB-4270", args={"name": id_[:_NAME]}))


_TABLES = msgspec.msgpack.Decoder(list[Table])
_OWN = msgspec.msgpack.Decoder(list[OwnCount])
