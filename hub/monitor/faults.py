"""Which errors stop rows at the door, by source system and field: numbers of rows, never what stood in them; pure."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

TOP = 60
"""How many lines are kept."""


class Refusal(NamedTuple):
    """What was said of a refused row: the source system (vendor), error code, column or place."""

    system: str
    code: str
    field: str


class Fault(msgspec.Struct, frozen=True, array_like=True):
    """Rows refused with one code in one field by one system: rounded to k, so that nobody's row is counted. `is_open`:
    some still wait."""

    system: str
    code: str
    field: str
    rows: int
    facilities: int
    is_open: bool


def top_faults(refused: Iterable[tuple[str, bool, frozenset[Refusal]]], k: int) -> list[Fault]:
    """The most frequent first. `refused`: of each row its facility, whether it waits, and what was said of it. Fewer
    than k rows are not told."""
    rows: Counter[Refusal] = Counter()
    facilities: dict[Refusal, set[str]] = {}
    waiting: set[Refusal] = set()
    for facility, is_open, said in refused:
        for each in said:
            rows[each] += 1
            facilities.setdefault(each, set()).add(facility)
            if is_open:
                waiting.add(each)
    ordered = sorted(((each, n) for each, n in rows.items() if n >= k), key=lambda item: (-item[1], item[0]))
    return [Fault(*each, k * round(n / k), len(facilities[each]), each in waiting) for each, n in ordered[:TOP]]
