"""Who reports when and how completely, for the health office: words a week, bands a month, never a number of people."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

import msgspec

from hub.access.monitoring import only_auditors, tell
from hub.access.papers import counted_facilities, details
from hub.errors import Category, HubError
from hub.fhir import city_day, date_range, day_text
from hub.model import Facility, Issue, Principal
from hub.model.details import Details
from hub.monitor.calendar import Opening, opening
from hub.monitor.doubts import CORE
from hub.monitor.faults import Fault
from hub.monitor.matrix import FLAGS, WEEKS, Line, Matrix
from hub.monitor.own import LOWEST
from hub.monitor.weeks import STATES, week_of
from hub.parts import Hub
from hub.registry import areas
from hub.store import ReadTx

MATRIX = "matrix"
"""The name the matrix is kept under."""
QUARTER, STRIP = 13, 12
SILENT = 2
"""So many expected weeks without a report, counted from the last closed one, are a facility that fell silent."""
NEAR_MS = 7 * 86_400_000
"""A facility that was heard of within a week is connected."""
_DUE = frozenset(["on-time", "late", "none"])


@dataclass(frozen=True, slots=True)
class Week:
    """A facility's report for one epidemiological week (Sunday to Saturday, `start` is the Sunday's ISO date).

    `state`: see hub.monitor.weeks.STATES; `flag`: see hub.monitor.matrix.FLAGS.
    """

    start: str
    state: str
    flag: str = ""


@dataclass(frozen=True, slots=True)
class Reporter:
    """One line of the reporting matrix.

    `bands`: content completeness of the last released month, by measure -> "90-100", "75-90", "50-75", "0-50" (per
    cent) or "" (not shown). `doubts`: see hub.monitor.doubts. `on_time` of `due` closed weeks. `heard_ms`: when the
    facility last signed in or sent, 0 never. `standing`: never (joined), silent (connected, but sends nothing),
    unreachable (silent, and not heard of for a week), empty (reports in time, with hardly anything in it), late, good,
    closed, new.
    """

    facility: str
    name: str
    kind: str
    ownership: str
    weeks: tuple[Week, ...]
    bands: dict[str, str]
    doubts: tuple[str, ...] = ()
    kecamatan: str = ""
    on_time: int = 0
    due: int = 0
    heard_ms: int = 0
    standing: str = "new"

    @property
    def lacking(self) -> tuple[str, ...]:
        """What fewer than three visits of four say, though they should."""
        return tuple(name for name, band in self.bands.items() if band in ("0-50", "50-75"))


@dataclass(frozen=True, slots=True)
class Reporting:
    """Facility by week, oldest week first; `made_ms`: when it was last worked out. `faults`: top errors (rounded)."""

    weeks: tuple[str, ...]
    lines: tuple[Reporter, ...]
    made_ms: int
    faults: tuple[Fault, ...] = ()
    waiting: int = 0

    def last_week(self) -> tuple[str, Counter[str]]:
        """The newest week that is not open for anybody any more, and how many facilities have which state in it."""
        for at in range(len(self.weeks) - 1, -1, -1):
            found = Counter(line.weeks[at].state for line in self.lines)
            if found and not found["open"] and self.weeks[at] != self.weeks[-1]:
                return self.weeks[at], found
        return "", Counter()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a week is called what it is: days open, and the holidays (names by language, decree) that closed others."""

    week: Week
    days_open: int
    holidays: tuple[tuple[str, dict[str, str], str], ...]


def reporting(hub: Hub, who: Principal) -> Reporting:
    """Who reported when: facility by week, as words. FORBIDDEN unless the role is auditor.

    A facility that is sensitive as such (a VCT clinic) is not listed: its visits are in no fact.
    """
    only_auditors(who)
    found = reporting_now(hub)
    tell(hub, who, "reporting", {}, len(found.lines))
    return found


def reporting_now(hub: Hub) -> Reporting:
    """The same for whoever may see it; the caller has decided and told."""
    with hub.store.reading() as tx:
        matrix, made_ms = _matrix(hub, tx)
        heard = tx.last_contacts()
    kept = {line.facility: line for line in matrix.lines}
    blank = _blank(matrix)
    weeks = tuple(map(day_text, matrix.weeks))
    where = {area.code: area.kecamatan_code for area in areas()}
    lines = tuple(
        _reporter(hub, each, kept.get(each.id, blank), weeks, heard, where.get(each.kelurahan, ""))
        for each in sorted(counted_facilities(hub), key=lambda each: each.name)
    )
    return Reporting(weeks, lines, made_ms, tuple(matrix.faults), matrix.waiting)


def reasons(hub: Hub, who: Principal, facility: str) -> tuple[Reporter, list[Reason]]:
    """One facility's line, and why each week is called what it is, the newest first. HUB-4203 (not found) when there is
    no such facility. FORBIDDEN unless the role is auditor."""
    line = next((each for each in reporting(hub, who).lines if each.facility == facility), None)
    if line is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4203", args={"name": facility[:40]}))
    when = opening_of(hub.facilities[facility], details(hub, facility))
    found = []
    for week in reversed(line.weeks):
        sunday = date_range(week.start).first
        off = tuple((day_text(each.day), dict(each.names), each.decree) for each in when.holidays_in(sunday))
        found.append(Reason(week, when.days_open(sunday), off))
    return line, found


def strip(hub: Hub, who: Principal, facility: str) -> tuple[Week, ...]:
    """A facility's last STRIP weeks, oldest first, the current week last. FORBIDDEN unless the role is auditor;
    a facility that is sensitive as such has none."""
    only_auditors(who)
    known = hub.facilities.get(facility)
    if known is None or known.labels:
        return ()
    tell(hub, who, "reporting", {"facility": facility}, 1)
    return weeks_of(hub, facility, STRIP)


def weeks_of(hub: Hub, facility: str, weeks: int) -> tuple[Week, ...]:
    """The same for whoever may see it; the caller has decided and told."""
    with hub.store.reading() as tx:
        matrix, _ = _matrix(hub, tx)
    line = next((each for each in matrix.lines if each.facility == facility), _blank(matrix))
    return _weeks(line, tuple(map(day_text, matrix.weeks)))[-weeks:]


def opening_of(facility: Facility, known: Details | None) -> Opening:
    """When a facility is open: the registry's dates, where it has them, else its settings."""
    dates = (known.opened, known.closed) if known is not None else (None, None)
    return opening(facility.kind, facility.settings, *map(_since, dates))


def _since(day: date | None) -> int | None:
    return None if day is None else (day - date(1970, 1, 1)).days


def _matrix(hub: Hub, tx: ReadTx) -> tuple[Matrix, int]:
    """The kept matrix and when it was made; before the first, weeks without a line."""
    kept = tx.reporting(MATRIX)
    if kept is None:
        newest = week_of(city_day(hub.clock()))
        return Matrix([newest - 7 * back for back in range(WEEKS - 1, -1, -1)], []), 0
    return _UNPACK.decode(hub.boxes.release.open(kept[1], MATRIX.encode())), kept[0]


def _blank(matrix: Matrix) -> Line:
    """The line of a facility that has none yet."""
    return Line("", bytes([STATES.index("not-expected")]) * len(matrix.weeks), bytes(len(matrix.weeks)))


def _weeks(line: Line, starts: tuple[str, ...]) -> tuple[Week, ...]:
    return tuple(
        Week(start, STATES[state], FLAGS[flag])
        for start, state, flag in zip(starts, line.states, line.flags, strict=True)
    )


def _reporter(
    hub: Hub, facility: Facility, line: Line, starts: tuple[str, ...], heard: dict[str, int], kecamatan: str
) -> Reporter:
    weeks = _weeks(line, starts)
    due = [week.state for week in weeks if week.state in _DUE]
    new = Reporter(
        facility.id,
        facility.name,
        facility.kind,
        facility.ownership,
        weeks,
        line.bands,
        line.doubts,
        kecamatan,
        due.count("on-time"),
        len(due),
        max(heard.get(facility.id, 0), line.sent_ms),
    )
    return replace(new, standing=_standing(hub, new, line))


def _standing(hub: Hub, reporter: Reporter, line: Line) -> str:
    """One word for the line, the gravest that fits."""
    closed = [week for week in reporter.weeks if week.state != "open"]
    if closed and closed[-1].state == "closed" and all(week.state == "closed" for week in closed[-SILENT:]):
        return "closed"
    if line.joined_on < 0:
        return "never"
    due = [week for week in closed if week.state in _DUE]
    if not due:
        return "new"
    if len(due) >= SILENT and all(week.state == "none" for week in due[-SILENT:]):
        return "silent" if hub.clock() - reporter.heard_ms <= NEAR_MS else "unreachable"
    if any(week.flag for week in due[-4:]) or LOWEST in (reporter.bands.get(name) for name in CORE):
        return "empty"
    return "good" if reporter.on_time * 5 >= reporter.due * 4 else "late"


_UNPACK = msgspec.msgpack.Decoder(Matrix)
