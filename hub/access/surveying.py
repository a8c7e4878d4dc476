"""Opening what the hub keeps of surveillance: prepared cases by month, signals and their steps; for the job and the
pages of hub.access.surveillance, which check the role and keep the trail."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from zlib import crc32

import msgspec

from hub.access.facts import mark_of, persons
from hub.clock import city_month
from hub.fhir import city_day
from hub.monitor import OUTSIDE
from hub.monitor.surveillance import CITY, Case, Counts, Seen, Settings, Signal, Step, count, episodes, read_settings
from hub.monitor.surveillance.detection import CITY_WEEKS, PLACE_WEEKS
from hub.monitor.weeks import WeekTally, tallied, week_of
from hub.parts import Hub
from hub.registry import areas
from hub.store import CasesRow, ReadTx, SignalRow, StepRow

MONTHS = 75
"""How many months of cases are looked at: six years and what a threshold takes before."""
SHOWN_WEEKS = 26
"""How many weeks a page shows."""
CASE_DAYS = 42
"""For so many days back single cases are listed."""
PAST_MS = 400 * 86_400_000
"""How far back signals are listed."""


class MonthCases(msgspec.Struct, frozen=True, array_like=True):
    """What a month's facts say: diagnoses under surveillance, and visits by (facility, day, days until received)."""

    seen: list[Seen]
    visits: list[tuple[int, int, int, int]]


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything counted: cases by disease, visits as in MonthCases, up to `today`."""

    settings: Settings
    today: int
    first: int
    cases: tuple[Case, ...]
    counts: dict[str, Counts]
    visits: tuple[tuple[int, int, int, int], ...]
    made_ms: int
    grace: int

    def of(self, code: str) -> Counts:
        """The counts of a disease, empty when there is no case."""
        return self.counts.get(code) or Counts(self.first, self.today)


@dataclass(frozen=True, slots=True)
class Known:
    """A signal with its number, when it was raised, and its steps."""

    number: int
    raised_ms: int
    signal: Signal
    steps: tuple[Step, ...] = field(default=())


def settings_of(hub: Hub) -> Settings:
    """The diseases as this city has them."""
    return read_settings(hub.config.surveillance)


def months_back(now_ms: int, months: int) -> list[str]:
    """This month and those before (YYYY-MM), newest first."""
    return [city_month(now_ms, back) for back in range(months)]


def situation(hub: Hub) -> Situation:
    """What the prepared months say, counted. As of the job's last turn."""
    settings, today = settings_of(hub), city_day(hub.clock())
    marks = [mark_of(hub, month) for month in months_back(hub.clock(), MONTHS)]
    with hub.store.reading() as tx:
        rows = tx.month_cases(marks)
    opened = [open_month_cases(hub, row) for row in rows]
    seen = [one for month in opened for one in month.seen if one.day <= today]
    cases = episodes(seen, settings, persons(hub))
    visits = tuple(visit for month in opened for visit in month.visits)
    first = min((visit[1] for visit in visits), default=today)
    first = week_of(min([first, *(one.day for one in seen)]))
    counts = count(cases, kecamatan_of, first, today)
    grace = hub.config.on_time_days
    return Situation(settings, today, first, tuple(cases), counts, visits, hub.clock(), grace)


def prepared(now: Situation) -> tuple["Board", dict[str, "DiseaseWeeks"]]:
    """What pages read of a situation: all of it in sums, and each disease's weeks with its cases of late."""
    lines, weeks = {}, {}
    for disease in now.settings.diseases:
        counts = now.of(disease.code)
        lines[disease.code] = {name(place): n for place in counts.places if (n := counts.rolling(place, now.today))}
        weeks[disease.code] = DiseaseWeeks(
            week_of(now.today),
            {name(place): counts.weekly(place, now.today + 7, _weeks(place)) for place in counts.places},
            [case for case in now.cases if case.disease == disease.code and case.day > now.today - CASE_DAYS],
        )
    return Board(now.today, now.first, now.made_ms, lines, tallied_visits(now)), weeks


def tallied_visits(now: Situation) -> list[WeekTally]:
    """The visits of facilities by week, of the weeks that are shown."""
    since = week_of(now.today) - 7 * 30
    received = {(facility, day, lag): n for facility, day, lag, n in now.visits if day >= since}
    return tallied(received, now.grace)


def name(place: str | int) -> str:
    """A place as a text: "#12" is facility 12."""
    return place if isinstance(place, str) else f"#{place}"


def _weeks(place: str | int) -> int:
    return (
        CITY_WEEKS + SHOWN_WEEKS
        if place == CITY
        else PLACE_WEEKS + SHOWN_WEEKS
        if isinstance(place, str)
        else SHOWN_WEEKS
    )


class Board(msgspec.Struct, frozen=True, array_like=True):
    """Cases of the 7 days up to `today` by disease and place, and facilities' weeks; `first`: the first day known."""

    today: int
    first: int
    made_ms: int
    lines: dict[str, dict[str, int]]
    visits: list[WeekTally]


class DiseaseWeeks(msgspec.Struct, frozen=True, array_like=True):
    """A disease's cases by place and week, the last one (from the Sunday `week`) not over; and its cases of late."""

    week: int
    weeks: dict[str, list[int]]
    cases: list[Case]

    def of(self, place: str, week: int) -> int:
        """The cases of a place in the week from a Sunday, 0 where none are kept."""
        known = self.weeks.get(place, [])
        index = len(known) - 1 - (self.week - week) // 7
        return known[index] if 0 <= index < len(known) else 0


BOARD = -1
"""The number of the board's row, which is no month's; those of diseases are below it."""


def board(hub: Hub) -> Board | None:
    """What was counted last, None before the first turn."""
    with hub.store.reading() as tx:
        row = next(iter(tx.month_cases([BOARD])), None)
    return None if row is None else _BOARD.decode(hub.boxes.signal.open(row.body, b"board/-1"))


def weeks_of(hub: Hub, codes: Iterable[str]) -> dict[str, DiseaseWeeks]:
    """The weeks of diseases, those that were counted."""
    code_of = {_disease_row(code): code for code in codes}
    with hub.store.reading() as tx:
        rows = tx.month_cases(code_of)
    return {
        (code := code_of[row.month]): _WEEKS.decode(hub.boxes.signal.open(row.body, f"board/{code}".encode()))
        for row in rows
    }


def board_rows(hub: Hub, now: Situation) -> list[CasesRow]:
    """The rows of what pages read."""
    whole, diseases = prepared(now)
    rows = [CasesRow(BOARD, "", now.made_ms, hub.boxes.signal.seal(_PACK.encode(whole), b"board/-1"))]
    for code, weeks in diseases.items():
        body = hub.boxes.signal.seal(_PACK.encode(weeks), f"board/{code}".encode())
        rows.append(CasesRow(_disease_row(code), "", now.made_ms, body))
    return rows


def _disease_row(code: str) -> int:
    """The same for a disease whatever others are in the settings."""
    return BOARD - 1 - crc32(code.encode()) % (1 << 30)


def known_signals(hub: Hub, tx: ReadTx, since_ms: int) -> list[Known]:
    """The signals raised since a moment with their steps, oldest first."""
    rows = tx.signals(since_ms)
    steps: dict[int, list[Step]] = {}
    for row in tx.signal_steps(row.number for row in rows):
        steps.setdefault(row.signal, []).append(open_step(hub, row))
    return [Known(row.number, row.raised_ms, open_signal(hub, row), tuple(steps.get(row.number, ()))) for row in rows]


def one_signal(hub: Hub, tx: ReadTx, number: int) -> Known | None:
    """A signal with its steps."""
    row = tx.signal(number)
    if row is None:
        return None
    steps = tuple(open_step(hub, step) for step in tx.signal_steps([number]))
    return Known(number, row.raised_ms, open_signal(hub, row), steps)


def seal_month_cases(hub: Hub, mark: int, found: MonthCases) -> bytes:
    """The body of a month's row."""
    return hub.boxes.signal.seal(_PACK.encode(found), f"month/{mark}".encode())


def open_month_cases(hub: Hub, row: CasesRow) -> MonthCases:
    """What a month's row holds. Raises hub.crypto.Tampered."""
    return _MONTH.decode(hub.boxes.signal.open(row.body, f"month/{row.month}".encode()))


def seal_signal(hub: Hub, number: int, signal: Signal) -> bytes:
    """The body of a signal's row."""
    return hub.boxes.signal.seal(_PACK.encode(signal), f"signal/{number}".encode())


def open_signal(hub: Hub, row: SignalRow) -> Signal:
    """A signal. Raises hub.crypto.Tampered."""
    return _SIGNAL.decode(hub.boxes.signal.open(row.body, f"signal/{row.number}".encode()))


def seal_step(hub: Hub, signal: int, number: int, step: Step) -> StepRow:
    """A step's row."""
    return StepRow(signal, number, hub.boxes.signal.seal(_PACK.encode(step), f"step/{signal}/{number}".encode()))


def open_step(hub: Hub, row: StepRow) -> Step:
    """A step. Raises hub.crypto.Tampered."""
    return _STEP.decode(hub.boxes.signal.open(row.body, f"step/{row.signal}/{row.number}".encode()))


def kecamatan_of(area: str) -> str:
    """The kecamatan of a kelurahan, "" for any other place."""
    return _kecamatan().get(area, "")


def parts_of(place: str) -> Iterable[str]:
    """The places within one: of a kecamatan its kelurahan, of the city everything else."""
    if place == CITY:
        return [*dict.fromkeys(_kecamatan().values()), *_kecamatan(), OUTSIDE, ""]
    return [code for code, of in _kecamatan().items() if of == place]


@cache
def _kecamatan() -> dict[str, str]:
    return {area.code: area.kecamatan_code for area in areas()}


_PACK = msgspec.msgpack.Encoder()
_BOARD = msgspec.msgpack.Decoder(Board)
_WEEKS = msgspec.msgpack.Decoder(DiseaseWeeks)
_MONTH = msgspec.msgpack.Decoder(MonthCases)
_SIGNAL = msgspec.msgpack.Decoder(Signal)
_STEP = msgspec.msgpack.Decoder(Step)
