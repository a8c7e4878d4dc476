"""A facility's own figures, and that its place among others says nothing about a single other."""

import random
from dataclasses import replace

import pytest

from hub.monitor.own import BANDS, band, own_months
from hub.monitor.tally import Content, Tally, Visits
from hub.monitor.weeks import WeekTally, week_of
from tests.monitor.cities import places


def full(counts: list[int]) -> Tally:
    """One facility per count."""
    tally = Tally(places(1, 1, 0, len(counts)))
    for number, count in enumerate(counts, 1):
        tally.visits[Visits(number, "6371011001", "AMB")] = count
        tally.content[number] = Content(count, count, count // 2, count, 0)
    return tally


def test_own_numbers_are_exact_and_quartiles_rounded() -> None:
    own = own_months(full([2, 11, 21, 32, 43, 54]), [], 5, {}, 3)
    assert own["faskes-1"].visits == 2
    assert own["faskes-1"].classes["AMB"] == 2
    standing = own["faskes-2"].standings[0]
    assert (standing.measure, standing.own) == ("visits", 11)
    assert standing.quartiles == (15, 25, 40)
    assert all(number % 5 == 0 for each in own["faskes-2"].standings for number in each.quartiles or ())


@pytest.mark.parametrize("counts", [[10, 20, 30, 40, 50], [2, 3, 4, 5, 6, 900]])
def test_no_quartiles_of_few_facilities_or_of_one_that_is_nearly_all(counts: list[int]) -> None:
    assert [each.quartiles for each in own_months(full(counts), [], 5, {}, 3)["faskes-1"].standings] == [None] * 7


def test_whom_the_quartiles_are_of_is_said() -> None:
    tally = full([10, 20, 30, 40, 50, 60])
    assert own_months(tally, [], 5, {}, 3)["faskes-1"].peers == "kind"
    first, *others = tally.places.facilities
    alone = replace(tally.places, facilities=[replace(first, kind="rumah-sakit"), *others])
    tally.places = alone
    assert own_months(tally, [], 5, {}, 3)["faskes-1"].peers in ("ownership", "all")
    assert own_months(full([10, 20]), [], 5, {}, 3)["faskes-1"].peers == ""


def test_weeks_sent_when_a_facility_joined_are_neither_in_time_nor_late() -> None:
    sunday = week_of(20_000)
    back, live = WeekTally(1, sunday, 8, 0, sunday + 40), WeekTally(1, sunday + 35, 4, 3, sunday + 36)

    def in_time(weeks: list[WeekTally]) -> int | None:
        standings = own_months(full([10]), weeks, 5, {1: sunday + 36}, 3)["faskes-1"].standings
        return next(each.own for each in standings if each.measure == "on-time")

    assert in_time([back]) is None
    assert in_time([back, live]) == 75


def test_a_band_never_says_which_few_visits_are_meant() -> None:
    source = random.Random(3)
    for _ in range(3000):
        of = source.randrange(0, 200)
        n = source.randrange(of + 1)
        name = band(n, of, 5)
        if not name:
            continue
        low, high = (int(part) for part in name.split("-"))
        inside = [m for m in range(of + 1) if band(m, of, 5) == name]
        assert n in inside
        assert inside[-1] - inside[0] >= 5
        assert low * of <= 100 * n
        assert 100 * n < high * of or high == 100
    assert {band(n, 200, 5) for n in range(201)} == {f"{low}-{high}" for low, high in BANDS}
    assert band(4, 4, 5) == ""
