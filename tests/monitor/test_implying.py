"""What is stricter by its meaning: a law over invented facts, and a table of what must be seen."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hub.monitor.indicators.implying import asks_for_more, implies, rules_out
from hub.monitor.indicators.indicator import Condition, Selection, Window

TODAY = date(2026, 6, 15)
COMPARED = {"<": float.__lt__, "<=": float.__le__, ">": float.__gt__, ">=": float.__ge__, "=": float.__eq__}
WINDOWS = [
    Window("visit"), Window("month"), Window("year"), Window("days"), Window("days", -30, 0), Window("days", -7, 0),
    Window("days", -40, 40), Window("days", -400, 31), Window("days", 1, 7),
]  # fmt: skip


@dataclass(frozen=True)
class Known:
    """A fact of the person whose unit lies on TODAY at facility 1."""

    kind: str
    code: str
    day: int
    facility: int
    age: int | None
    sex: str
    value: float | None


RANGES = [("A00", "A00~"), ("A00", "A02~"), ("A01", "A01~"), ("A02", "A09~"), ("A01.1", "A01.1~")]
TESTS = [(sign, number) for sign in sorted(COMPARED) for number in (1.0, 2.0, 3.0)]
few = st.sampled_from([(), *((each,) for each in RANGES), (RANGES[0], RANGES[3]), (RANGES[2], RANGES[3])])
tests = st.sampled_from([(each,) for each in TESTS] + [(TESTS[0], each) for each in TESTS])
values = st.just(()) | tests
ages = st.none() | st.tuples(st.none() | st.sampled_from([0, 5]), st.none() | st.sampled_from([5, 9]))
selections = st.builds(
    Selection,
    kinds=st.sampled_from([("lab",), ("lab", "vital")]),
    codes=st.just(()) | few,
    not_codes=st.just(()) | few,
    ages=st.none() | ages,
    sex=st.sampled_from(["", "", "female"]),
    values=values,
)
conditions = st.builds(
    Condition,
    facts=selections,
    window=st.sampled_from(WINDOWS),
    at_least=st.sampled_from([1, 1, 2, 3]),
    same_facility=st.booleans(),
) | st.builds(
    Condition,
    facts=selections,
    window=st.sampled_from(WINDOWS),
    newest=st.just(True),
    wanted=tests,
    same_facility=st.booleans(),
)
facts = st.builds(
    Known,
    kind=st.sampled_from(["lab", "lab", "vital"]),
    code=st.sampled_from(["A00", "A01", "A01.1", "A02", "A05.9"]),
    day=st.sampled_from([0, 0, 0, -1, 3, -7, -20, -50, -160, -300, 14, 35]),
    facility=st.sampled_from([1, 1, 2]),
    age=st.sampled_from([None, 0, 5, 7, 20]),
    sex=st.sampled_from(["female", "male", ""]),
    value=st.sampled_from([None, 1.0, 1.5, 2.0, 3.0]),
)


def fits(value: float | None, asked: tuple[tuple[str, float], ...]) -> bool:
    return all(value is not None and COMPARED[sign](value, number) for sign, number in asked)


def selected(each: Known, by: Selection) -> bool:
    low, high = by.ages or (None, None)
    return (
        each.kind in by.kinds
        and (not by.codes or any(first <= each.code <= last for first, last in by.codes))
        and not any(first <= each.code <= last for first, last in by.not_codes)
        and (low is None or (each.age is not None and each.age >= low))
        and (high is None or (each.age is not None and each.age <= high))
        and by.sex in ("", each.sex)
        and fits(each.value, by.values)
    )


def inside(each: Known, window: Window) -> bool:
    day = TODAY + timedelta(each.day)
    if window.name == "visit":
        return each.day == 0 and each.facility == 1
    if window.name == "month":
        return (day.year, day.month) == (TODAY.year, TODAY.month)
    if window.name == "year":
        return day.year == TODAY.year and day.month <= TODAY.month
    return window.first <= each.day <= window.last


def holds(condition: Condition, known: list[Known]) -> bool:
    found = [
        each
        for each in known
        if selected(each, condition.facts)
        and inside(each, condition.window)
        and (each.facility == 1 or not condition.same_facility)
    ]
    if condition.newest:
        last = max((each.day for each in found), default=None)
        return any(each.day == last and fits(each.value, condition.wanted) for each in found)
    return len({each.day for each in found}) >= condition.at_least


@st.composite
def nearby(draw: st.DrawFn) -> tuple[Condition, Condition]:
    """Two conditions of which the second differs from the first in one thing or two, so that often one implies the
    other."""
    one, more = draw(conditions), draw(conditions)
    names = ["window", "at_least", "same_facility", "wanted", "kinds", "codes", "not_codes", "ages", "sex", "values"]
    changed = draw(st.sets(st.sampled_from(names), min_size=1, max_size=2))
    of_facts = {name: getattr(more.facts, name) for name in changed if hasattr(more.facts, name)}
    others = {name: getattr(more, name) for name in changed - of_facts.keys()}
    if "wanted" in others and not (one.newest and more.newest):
        others = {"newest": False, "wanted": ()}
    if one.newest:
        others.pop("at_least", None)
    return one, replace(one, facts=replace(one.facts, **of_facts), **others)


@settings(max_examples=200)
@given(nearby(), st.lists(st.lists(facts, max_size=8), min_size=10, max_size=10))
def test_who_meets_the_stricter_meets_the_other(pair: tuple[Condition, Condition], worlds: list[list[Known]]) -> None:
    for one, other in (pair, pair[::-1]):
        if implies(one, other):
            assert all(holds(other, known) for known in worlds if holds(one, known))


@given(conditions)
def test_each_implies_itself(one: Condition) -> None:
    assume(one.window.name != "itself")
    assert implies(one, one)


BASE = Condition(Selection(("vital",), (("8480-6", "8480-6"),)), Window("year"), newest=True, wanted=(("<", 140.0),))
PLAIN = Condition(Selection(("medicine",), (("J01", "J01~"),)), Window("days", 0, 30), at_least=2)
WIDE = replace(PLAIN, facts=Selection(("diagnosis",), (("I10", "I12~"), ("I13", "I15~"))))


@pytest.mark.parametrize(
    ("stricter", "than"),
    [
        (replace(BASE, wanted=(("<", 130.0),)), BASE),
        (replace(BASE, wanted=(("<", 140.0), (">=", 90.0))), BASE),
        (BASE, Condition(BASE.facts, Window("year"))),
        (replace(PLAIN, facts=Selection(("medicine",), (("J01CA04", "J01CA04~"),))), PLAIN),
        (replace(PLAIN, facts=replace(PLAIN.facts, not_codes=(("J01CA", "J01CA~"),))), PLAIN),
        (replace(PLAIN, window=Window("days", 0, 7)), PLAIN),
        (replace(PLAIN, window=Window("visit")), PLAIN),
        (replace(PLAIN, window=Window("month")), replace(PLAIN, window=Window("year"))),
        (replace(PLAIN, at_least=3), PLAIN),
        (replace(PLAIN, same_facility=True), PLAIN),
        (replace(WIDE, facts=Selection(("diagnosis",), (("I11", "I14~"),))), WIDE),
        (replace(PLAIN, facts=replace(PLAIN.facts, sex="female", ages=(15, None))), PLAIN),
    ],
)
def test_a_stricter_copy_is_seen(stricter: Condition, than: Condition) -> None:
    assert implies(stricter, than)
    assert not implies(than, stricter)
    assert asks_for_more([stricter], [than])
    assert rules_out([than], [stricter]), "what leaves out the wider leaves out the narrower"
    assert not rules_out([stricter], [than])


def test_alternatives_are_met_by_each_of_them() -> None:
    one, two = replace(BASE, one_of="test"), replace(PLAIN, one_of="test")
    assert asks_for_more([BASE], [one, two])
    assert asks_for_more([replace(one, wanted=(("<", 130.0),)), two], [two, one])
    assert not asks_for_more([one, two], [BASE])
    assert asks_for_more([one, two, WIDE], [one, two])
