"""All tables of a month at once: indicators beside the diagnoses, visits and ages they are counted among."""

import pytest

from hub.monitor.indicators import definitions
from hub.monitor.indicators.touching import lines_of, parts_of
from hub.monitor.tables import HIDDEN
from tests.monitor.attack import Cell, narrowed_by
from tests.monitor.joint import everybody, known_of, office, released
from tests.monitor.joint_month import PUBLIC, WITHIN, K, column, drawn

SEEDS = (0, 10, 13, 21, 37, 39, 49, 60, 230, 280)
"""Cities in which an earlier rule gave something away."""


def left_of_wholes(own: dict[Cell, int], cell: Cell) -> int:
    """The least a part leaves of the visits, people or numerators it is a part of, where both are shown."""
    wholes = [
        (whole, *cell[1:3], column(whole, of_some))
        for (part, is_some), (whole, of_some) in WITHIN
        if (part, column(part, is_some)) == (cell[0], cell[3])
    ]
    left = [own[other] - own[cell] for other in wholes if own[cell] > 0 and own.get(other, 0) > own[cell]]
    return min(left, default=0)


def test_of_many_facilities_those_are_shown_that_can_be() -> None:
    """Thirty facilities, most of them small: what bounds a group of them is not shared out among all."""
    found = released(drawn(7, facilities=(5, 25)))
    assert narrowed_by(*office(found), K) == []
    assert len([axes for axes in found.pairs[0].values() if "facility" in axes]) >= 5


@pytest.mark.parametrize("some", [SEEDS[:4], SEEDS[4:]])
def test_a_solver_narrows_nothing_by_holding_indicators_against_diagnoses(some: tuple[int, ...]) -> None:
    hidden = shown = 0
    for seed in some:
        found = released(drawn(seed))
        known, relations = office(found)
        assert narrowed_by(known, relations, K) == [], f"seed {seed}"
        outside, among = everybody(found)
        assert narrowed_by(outside, among, PUBLIC) == [], f"seed {seed}"
        own = known_of(found.inside, found.pairs[0], found.month)
        assert not [cell for cell in own if 0 < left_of_wholes(own, cell) < K], f"seed {seed}"
        hidden += sum(value == HIDDEN for value in own.values())
        shown += sum(value > 0 for value in own.values())
    assert hidden > 50
    assert shown > 50, "hiding everything would be safe and useless"


def test_the_attack_finds_what_looking_at_indicators_alone_gives_away() -> None:
    found = [each for seed in (0, 3) for each in narrowed_by(*office(released(drawn(seed), is_joint=False)), K)]
    assert len(found) > 10
    assert any(each.cell[0].startswith("diagnoses") for each in found), "and not only of the indicators"


def test_what_counts_among_what_is_read_off_the_definitions() -> None:
    known = {each.id: each for each in definitions()}
    named = {"I10", "E11", "J06", "J00"}
    lines = {id_: lines_of(one.rule, named) for id_, one in known.items() if one.rule}
    assert lines["hipertensi-terkendali"] == {"I10", "other"}, "I11 to I15 have no line"
    assert lines["antibiotik-ispa"] == {"J00", "J06", "other"}
    assert lines["kunjungan-ulang"] == {"J00", "J06", "other"}
    assert lines["tb-diobati"] == {"other"}
    assert lines["inm-waktu-tunggu"] is None
    assert (("tb-dipastikan", False), ("tb-diobati", False)) in parts_of(known.values())


def test_parts_of_other_indicators_are_seen() -> None:
    assert set(WITHIN) == {
        (("measured", False), ("treated", False)),
        (("measured", True), ("treated", True)),
        (("controlled", False), ("treated", False)),
        (("controlled", True), ("treated", True)),
        (("controlled", True), ("measured", True)),
        (("stricter", True), ("waits", True)),
        (("sooner", True), ("again", True)),
        (("quick", False), ("waits", True)),
        (("quick", False), ("waits", False)),
        (("quick", False), ("stricter", True)),
        (("quick", False), ("stricter", False)),
        (("stricter", True), ("quick", False)),
        (("children", False), ("treated", False)),
        (("children", True), ("treated", True)),
    }
