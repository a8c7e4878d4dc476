"""A facility's own month, exact, and where it stands among the others; never a table of who is first."""

from collections import Counter
from collections.abc import Mapping
from statistics import quantiles

import msgspec

from hub.model import Facility
from hub.monitor.doubts import expected_content, written
from hub.monitor.tally import CLASSES, Content, Tally
from hub.monitor.weeks import WeekTally, is_backfilled

SHARES = ("area", "diagnosis", "birth", "sex", "vital")
"""Of how many visits this is known: the content that counting needs, and whether anything was measured."""
BANDS = ((90, 100), (75, 90), (50, 75), (0, 50))
LOWEST = "0-50"
_DOMINANT = (85, 100)
_STEP = 5


class Standing(msgspec.Struct, frozen=True, array_like=True):
    """A figure of one facility (a count or per cent; None: no visits) and the quartiles of those like it (None: too
    few)."""

    measure: str
    own: int | None
    quartiles: tuple[int, int, int] | None


class OwnMonth(msgspec.Struct, frozen=True, array_like=True):
    """What a facility sees of its own month. `diagnoses`: (category, all, new), most frequent first."""

    visits: int
    classes: dict[str, int]
    diagnoses: list[tuple[str, int, int]]
    standings: list[Standing]
    bands: dict[str, str]
    peers: str = ""
    """Whom the quartiles are of: facilities of its "kind", of its "ownership", "all"; "" too few, or not kept yet."""
    doubts: tuple[str, ...] = ()
    """What is odd about the values written down: see hub.monitor.doubts.written."""


def own_months(
    tally: Tally, weeks: list[WeekTally], k: int, joined_on: Mapping[int, int], grace: int
) -> dict[str, OwnMonth]:
    """By facility id, for all facilities. `joined_on`: the day the first visit came in, by facility's number; `grace`:
    days a report may take after its week. Weeks sent when a facility joined are neither in time nor late."""
    everyone = list(tally.places.facilities)
    content = {each.number: tally.content.get(each.number, Content()) for each in everyone}
    reports: dict[int, list[WeekTally]] = {}
    for week in weeks:
        if is_backfilled(week, joined_on.get(week.facility), grace):
            continue
        reports.setdefault(week.facility, []).append(week)
    figures = {number: _figures(content[number], reports.get(number, [])) for number in content}
    classes, diagnoses = _classes(tally), _diagnoses(tally)
    doubts = written(tally.measured, k)
    peers = {each.id: _peers(everyone, content, each, k) for each in everyone}
    return {
        each.id: OwnMonth(
            visits=content[each.number].visits,
            classes=classes.get(each.number, {}),
            diagnoses=diagnoses.get(each.number, []),
            standings=_standings(each, figures, peers[each.id][1], k),
            bands={
                name: band(getattr(content[each.number], name), content[each.number].visits, k)
                for name in SHARES
                if name in expected_content(each.kind)
            },
            peers=peers[each.id][0],
            doubts=doubts.get(each.number, ()),
        )
        for each in everyone
    }


def band(n: int, of: int, k: int) -> str:
    """The band "90-100" the share lies in; "" where it would say which k - 1 or fewer visits are meant."""
    for low, high in BANDS:
        if of >= k and n * 100 >= low * of:
            least, most = -(-low * of // 100), of if high == 100 else -(-high * of // 100) - 1
            return f"{low}-{high}" if most - least >= k else ""
    return ""


def _figures(content: Content, weeks: list[WeekTally]) -> dict[str, int | None]:
    shares = {name: _share(getattr(content, name), content.visits) for name in SHARES}
    in_time = _share(sum(week.in_time for week in weeks), sum(week.visits for week in weeks))
    return {"visits": content.visits, **shares, "on-time": in_time}


def _share(n: int, of: int) -> int | None:
    return round(100 * n / of) if of else None


def _classes(tally: Tally) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for visits, n in tally.visits.items():
        own = found.setdefault(visits.facility, dict.fromkeys((*CLASSES, "other"), 0))
        own[visits.cls] += n
    return found


def _diagnoses(tally: Tally) -> dict[int, list[tuple[str, int, int]]]:
    every: dict[int, Counter[str]] = {}
    new: dict[int, Counter[str]] = {}
    for cases, n in tally.cases.items():
        every.setdefault(cases.facility, Counter())[cases.code] += n
        new.setdefault(cases.facility, Counter())[cases.code] += n if cases.case == "new" else 0
    return {
        number: [(code, n, new[number][code]) for code, n in sorted(own.items(), key=lambda each: (-each[1], each[0]))]
        for number, own in every.items()
    }


def _peers(everyone: list[Facility], content: dict[int, Content], facility: Facility, k: int) -> tuple[str, list[int]]:
    """Those with visits: of the same kind, else of the same ownership, else all; the first that are more than k."""
    reporting = [each for each in everyone if content[each.number].visits]
    same = (
        ("kind", [each.number for each in reporting if each.kind == facility.kind]),
        ("ownership", [each.number for each in reporting if each.ownership == facility.ownership]),
        ("all", [each.number for each in reporting]),
    )
    return next(((name, numbers) for name, numbers in same if len(numbers) > k), ("", []))


def _standings(
    facility: Facility, figures: dict[int, dict[str, int | None]], peers: list[int], k: int
) -> list[Standing]:
    visits = [figures[number]["visits"] or 0 for number in peers]
    is_dominated = bool(visits) and max(visits) * _DOMINANT[1] > sum(visits) * _DOMINANT[0]
    found = []
    for measure, own in figures[facility.number].items():
        values = [value for number in peers if (value := figures[number][measure]) is not None]
        is_shown = len(values) > k and not is_dominated
        found.append(Standing(measure, own, _quartiles(values) if is_shown else None))
    return found


def _quartiles(values: list[int]) -> tuple[int, int, int]:
    low, middle, high = (_STEP * round(value / _STEP) for value in quantiles(values, method="inclusive"))
    return low, middle, high
