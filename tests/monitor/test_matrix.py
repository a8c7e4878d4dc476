"""What a facility's weeks are called, what is odd about their content, which errors stop rows: words, no numbers."""

from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hub.model import Facility
from hub.monitor.calendar import Opening
from hub.monitor.doubts import expected_content, is_empty, is_few, usual, written
from hub.monitor.faults import Refusal, top_faults
from hub.monitor.matrix import FLAGS, WeekContent, known_of, line_of
from hub.monitor.tally import Content
from hub.monitor.weeks import STATES, WeekTally

K = 5
SUNDAY = 20_728
WEEKS = [SUNDAY + 7 * n for n in range(10)]
TODAY = WEEKS[-1] + 20
CLINIC = Facility(7, "klinik", "Klinik", "klinik", "private")


def line(
    visits: list[int], known_share: float = 1.0, kind: str = "klinik", opening: Opening | None = None
) -> list[str]:
    """State and flag of weeks with so many visits, all in time, of which a share says what it should."""
    tallies = [WeekTally(7, week, n, n, week + 1) for week, n in zip(WEEKS, visits, strict=False) if n]
    contents = [WeekContent(7, t.week, *[t.visits] * 4, int(t.visits * known_share), t.visits) for t in tallies]
    facility = Facility(7, "klinik", "Klinik", kind, "private")
    found = line_of(facility, opening or Opening(), known_of(tallies, contents), WEEKS, TODAY, 2, K)
    assert found.joined_on == SUNDAY + 1
    return [
        STATES[state] + (f" {FLAGS[flag]}" if flag else "")
        for state, flag in zip(found.states, found.flags, strict=True)
    ]


def test_a_report_on_time_that_is_almost_empty_is_flagged() -> None:
    assert line([40] * 10, known_share=0.4) == ["on-time empty"] * 10
    assert line([40] * 10, known_share=0.6) == ["on-time"] * 10
    assert line([12] * 10, known_share=0.0) == ["on-time"] * 10, "of so few visits nothing is said"
    assert line([40] * 10, known_share=0.0, kind="laboratorium") == ["on-time"] * 10, "it makes no diagnosis"


def test_far_fewer_visits_than_usual_are_flagged() -> None:
    assert line([60, 60, 60, 60, 60, 9])[5] == "on-time few"
    assert line([60, 60, 60, 60, 60, 20])[5] == "on-time"
    assert line([12, 12, 12, 12, 12, 1])[5] == "on-time", "too small a facility to tell"
    assert line([60, 9])[1] == "on-time", "too little past to compare with"
    one_day = Opening(closed=((WEEKS[5] + 2, WEEKS[5] + 6),))
    assert line([60, 60, 60, 60, 60, 9], opening=one_day)[5] == "on-time", "it was open on one day of six"


def test_the_current_week_is_not_judged() -> None:
    tallies = [WeekTally(7, week, 60, 60, week + 1) for week in WEEKS[:-1]] + [WeekTally(7, WEEKS[-1], 3, 3, WEEKS[-1])]
    contents = [WeekContent(7, t.week, t.visits, 0, 0, 0, 0, 0) for t in tallies[-1:]]
    found = line_of(CLINIC, Opening(), known_of(tallies, contents), WEEKS, WEEKS[-1] + 2, 2, K)
    assert FLAGS[found.flags[-1]] == ""


def test_weeks_in_two_months_are_one() -> None:
    halves = known_of(
        [WeekTally(7, SUNDAY, 3, 1, SUNDAY + 2), WeekTally(7, SUNDAY, 5, 5, SUNDAY + 1)],
        [WeekContent(7, SUNDAY, 3, 3, 3, 3, 0, 1), WeekContent(7, SUNDAY, 5, 5, 5, 5, 5, 0)],
    )
    assert halves.tallies[7][SUNDAY] == WeekTally(7, SUNDAY, 8, 6, SUNDAY + 1)
    assert halves.contents[7][SUNDAY] == Content(8, 8, 8, 8, 5, 1)


def test_what_is_written_down_is_doubted_when_it_is_always_the_same_or_round() -> None:
    pressure, pulse = "8480-6", "8867-4"
    measured: Counter[tuple[int, str, Decimal]] = Counter()
    measured[1, pressure, Decimal(120)] = 95
    measured[1, pressure, Decimal(118)] = 5
    measured.update({(2, pressure, Decimal(100 + 10 * n)): 10 for n in range(6)})
    measured.update({(3, pressure, Decimal(100 + n)): 2 for n in range(40)})
    measured[4, pulse, Decimal(80)] = 19
    measured[5, pulse, Decimal(80)] = 20
    assert written(measured, K) == {1: ("same",), 2: ("round",), 5: ("same",)}


def test_a_pharmacy_is_not_asked_for_diagnoses() -> None:
    assert "diagnosis" not in expected_content("apotek")
    assert "diagnosis" in expected_content("puskesmas")


@given(st.integers(0, 60), st.integers(0, 60), st.lists(st.integers(0, 200), max_size=12), st.integers(0, 200))
def test_no_word_narrows_a_count_to_fewer_than_k(visits: int, known: int, before: list[int], now: int) -> None:
    """Whoever knows everything else and reads the word cannot say which k - 1 or fewer counts are possible."""
    known = min(visits, known)
    told = is_empty(Content(visits, visits, visits, visits, known, visits), "klinik", K)
    same = [n for n in range(visits + 1) if is_empty(Content(*[visits] * 4, n, visits), "klinik", K) == told]
    assert visits < K or len(same) >= K
    few = is_few(now, before, 1.0, K)
    if few:
        assert sum(is_few(n, before, 1.0, K) for n in range(1, 201)) >= K
        assert usual(before, K) > 4 * K


def test_errors_are_counted_by_system_and_field_and_rounded() -> None:
    icd, nik = Refusal("SIMRS", "HUB-2110", "diagnosis"), Refusal("SIMRS", "HUB-2101", "nik")
    other = Refusal("Lain", "HUB-2110", "diagnosis")
    rows = [("a", n < 2, frozenset([icd])) for n in range(13)] + [("b", False, frozenset([icd, nik]))] * 7
    rows += [("c", True, frozenset([other]))] * 4
    assert [
        (fault.system, fault.code, fault.rows, fault.facilities, fault.is_open) for fault in top_faults(rows, K)
    ] == [
        ("SIMRS", "HUB-2110", 20, 2, True),
        ("SIMRS", "HUB-2101", 5, 1, False),
    ], "four rows are too few to be told"
    shown = {top_faults([("a", False, frozenset([icd]))] * n, K)[0].rows for n in range(5, 100)}
    assert all(rows % K == 0 for rows in shown)
