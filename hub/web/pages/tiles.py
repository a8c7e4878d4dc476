"""The tiles of the health office's first page: the numbers of the day, each leading to its page."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from hub.access.papers import city_day, real_facilities
from hub.access.quality import Reporter, Reporting
from hub.access.signals import OpenSignals
from hub.model.details import Details
from hub.parts import Hub
from hub.registry.due import expiring, pressing
from hub.web.pages.reporting import Filter

COMPLETE, IN_TIME, VERIFIED = (9, 10), (8, 10), (8, 10)
"""What the surveillance system asks: completeness 90 %, timeliness 80 %, signals verified within 24 h 80 %."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One number: `of` what it is a part of, `note` and `also` for the words below it, `look` good, bad or "" (in words
    too). `new` facilities owe nothing yet: they are expected from the week `since` (a Sunday, ISO) on."""

    key: str
    value: int | None
    of: int | None
    look: str
    link: str
    note: str = ""
    also: str = ""
    new: int = 0
    since: str = ""


def tiles_of(
    hub: Hub,
    matrix: Reporting,
    lines: tuple[Reporter, ...],
    papers: Mapping[int, Details],
    signals: OpenSignals,
    asked: Filter,
) -> list[Tile]:
    """Completeness, timeliness, open signals, verified in a day, rows that wait, papers that end."""
    week, _ = matrix.last_week()
    states = Counter(line.weeks[matrix.weeks.index(week)].state for line in lines) if week else Counter[str]()
    sent, in_time = states["on-time"] + states["late"], states["on-time"]
    due = sent + states["none"]
    there = asked.address("/dinas/mutu-data")
    judged = signals.verified + signals.overdue
    shown = {line.facility for line in lines}
    facilities = [each for each in real_facilities(hub) if each.id in shown]
    ending = pressing(expiring(facilities, papers, city_day(hub)))
    ended = ending["expired"] + ending["none"]
    silent = sum(line.standing in ("silent", "unreachable") for line in lines)
    poor = sum(line.standing == "empty" for line in lines)
    new = _newcomers(matrix, lines, week)
    words = str(silent), str(poor)
    return [
        Tile("complete", sent if due else None, due, _look(sent, due, COMPLETE), there, week, "", *new),
        Tile("on_time", in_time if due else None, due, _look(in_time, due, IN_TIME), there, *words, *new),
        Tile(
            "signals",
            signals.open if signals.made_ms else None,
            None,
            "bad" if signals.overdue else "",
            "/dinas/surveilans",
            str(signals.overdue),
        ),
        Tile(
            "verified",
            signals.in_time if judged else None,
            judged,
            _look(signals.in_time, judged, VERIFIED),
            "/dinas/surveilans",
        ),
        Tile("refused", matrix.waiting if matrix.made_ms else None, None, "", f"{there}#galat"),
        Tile(
            "papers",
            ended + ending["today"] + ending["30"] if papers else None,
            None,
            "bad" if ended else "",
            "/dinas/izin",
            str(ended),
        ),
    ]


def _newcomers(matrix: Reporting, lines: tuple[Reporter, ...], week: str) -> tuple[int, str]:
    """How many facilities joined after the last closed week, and the first week in which they are expected."""
    if not week:
        return 0, ""
    after = matrix.weeks.index(week) + 1
    early = {"backfilled", "not-expected"}
    new = sum(line.standing != "never" and all(each.state in early for each in line.weeks[:after]) for line in lines)
    return new, matrix.weeks[after] if new else ""


def _look(n: int, of: int, target: tuple[int, int]) -> str:
    return "" if not of else "good" if n * target[1] >= of * target[0] else "bad"
