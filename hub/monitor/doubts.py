"""What is doubtful in a facility's content, as words that no small number can be read from; pure.

A word is told only where at least k counts would give it: of 4k visits or values, or where a quarter of what is usual
is more than k (docs/adr/0021).
"""

from collections import Counter
from collections.abc import Collection, Mapping
from decimal import Decimal
from statistics import median

from hub.monitor.tally import Content, Tally
from hub.monitor.weeks import week_of

LEAST = 4
"""Times k: of so many visits (or values) a word is told at all."""
CORE = ("diagnosis", "area", "birth", "sex")
"""Without these a visit cannot be counted."""
CONTENT = (*CORE, "vital")
"""What a visit's record should say; not every visit is one at which something is measured."""
_PRESSURE = "8480-6"
_SAME, _ROUND = (9, 10), (9, 10)
_EMPTY = (1, 2)
_FEW = 4
_NO_PATIENTS = frozenset(["apotek", "laboratorium"])


def expected_content(kind: str) -> tuple[str, ...]:
    """What is expected of a kind of facility: a pharmacy or laboratory makes no diagnosis and measures no patient."""
    return tuple(name for name in CONTENT if kind not in _NO_PATIENTS or name not in ("diagnosis", "vital"))


def is_empty(content: Content, kind: str, k: int) -> bool:
    """Of a week's visits, fewer than half say something that counting needs."""
    if content.visits < LEAST * k:
        return False
    return any(
        getattr(content, name) * _EMPTY[1] < content.visits * _EMPTY[0]
        for name in expected_content(kind)
        if name in CORE
    )


def least_told(tally: Tally, k: int) -> dict[str, int]:
    """By facility how many visits the words of the month's weeks tell of at least: one of a week with a report, and as
    many as an empty one must have."""
    facilities = {each.number: each for each in tally.places.facilities}
    found: Counter[str] = Counter()
    for number, week in {(number, week_of(day)) for number, day, _ in tally.received}:
        is_named = is_empty(tally.weekly.get((number, week), Content()), facilities[number].kind, k)
        found[facilities[number].id] += LEAST * k if is_named else 1
    return dict(found)


def usual(visits: Collection[int], k: int) -> float:
    """The middle of a facility's earlier weeks; 0 where there are too few to tell, or too few visits in them."""
    middle = median(visits) if len(visits) >= _FEW else 0
    return middle if middle >= _FEW * (k + 1) else 0


def is_few(visits: int, before: Collection[int], share_open: float, k: int) -> bool:
    """A week with less than a quarter of the visits this facility usually has, in the days it was open."""
    expected = usual(before, k) * share_open
    return expected >= _FEW * (k + 1) and 0 < visits * _FEW < expected


def written(measured: Mapping[tuple[int, str, Decimal], int], k: int) -> dict[int, tuple[str, ...]]:
    """By facility: "same" when nine of ten values of a vital sign are one number, "round" when nine of ten systolic
    pressures end in 0."""
    totals: Counter[tuple[int, str]] = Counter()
    most: Counter[tuple[int, str]] = Counter()
    tens: Counter[int] = Counter()
    for (facility, code, value), n in measured.items():
        totals[facility, code] += n
        most[facility, code] = max(most[facility, code], n)
        if code == _PRESSURE and value % 10 == 0:
            tens[facility] += n
    found: dict[int, set[str]] = {}
    for (facility, code), n in totals.items():
        if n < LEAST * k:
            continue
        if most[facility, code] * _SAME[1] >= n * _SAME[0]:
            found.setdefault(facility, set()).add("same")
        elif code == _PRESSURE and tens[facility] * _ROUND[1] >= n * _ROUND[0]:
            found.setdefault(facility, set()).add("round")
    return {facility: tuple(sorted(words)) for facility, words in found.items()}
