"""What a surveillance officer does first this morning: signals in order, and what each disease has waiting."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.access.surveying import kecamatan_of
from hub.access.verification import SignalView
from hub.monitor.surveillance import Disease

_HOUR_MS = 3_600_000
_NAMED = 3
_OUTBREAK = frozenset("abcd")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A disease's signals that are not closed: how many are to be verified, `overdue` of them too long, in how many
    places, and the weightiest, one of a place."""

    disease: Disease
    open: int
    overdue: int
    places: int
    heaviest: tuple[SignalView, ...]


def in_order(views: Iterable[SignalView]) -> list[SignalView]:
    """To be verified before verified; due sooner, by the hour, before later; then by weight."""
    return sorted(views, key=lambda each: (each.state != "open", each.due_ms // _HOUR_MS, *_weight(each), each.number))


def by_disease(views: Iterable[SignalView]) -> list[Waiting]:
    """A line for each disease, the weightiest first."""
    found: dict[str, list[SignalView]] = {}
    for each in sorted(views, key=_weight):
        found.setdefault(each.disease.code, []).append(each)
    return [
        Waiting(
            each[0].disease,
            sum(one.state == "open" for one in each),
            sum(one.is_overdue for one in each),
            len({one.place for one in each}),
            tuple({one.place: one for one in reversed(each)}.values())[: -_NAMED - 1 : -1],
        )
        for each in found.values()
    ]


def part_of_city(place: str) -> str:
    """The kecamatan a signal's place lies in, or the place itself where it lies in none."""
    return kecamatan_of(place) or place


def _weight(one: SignalView) -> tuple[int, int, str, str]:
    """A criterion of an outbreak before a raised count or a report, these before single cases; then many before few."""
    rank = 0 if _OUTBREAK & set(one.criteria) else 2 if one.criteria == ("immediate",) else 1
    return rank, -one.cases, one.disease.code, one.place
