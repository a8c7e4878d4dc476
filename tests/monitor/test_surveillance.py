"""Early warning: diseases as data, cases, counts, thresholds, criteria."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from hub.monitor.surveillance import (
    CITY,
    Counts,
    Seen,
    Step,
    count,
    episodes,
    find,
    is_overdue,
    read_settings,
    state_of,
)
from hub.monitor.surveillance.detection import is_double, is_double_year, is_new, is_rising
from hub.monitor.surveillance.threshold import _limit, city_of, threshold
from hub.monitor.surveillance.w2 import epi_week
from hub.monitor.weeks import week_of
from tests.monitor.test_weeks import day

SETTINGS = read_settings()
TODAY = day("2026-11-22")
FIRST = week_of(TODAY - 400)
KEL, OTHER, KEC = "9901011001", "9901011002", "990101"
SKDR = Path(__file__).parents[3] / "shared" / "facts" / "skdr_diseases.csv"


def parts_of(place: str) -> list[str]:
    return [KEC, KEL, OTHER] if place == CITY else [KEL, OTHER] if place == KEC else []


def seen(person: int, when: int, disease: str = "C", area: str = KEL, case: str = "", facility: int = 1) -> Seen:
    return Seen(person, disease, when, facility, area, "20-44", "male", case)


def counted(*days: int, disease: str = "C", place: str = KEL) -> Counts:
    """Counts with a case of its own on each of these days."""
    cases = episodes([seen(n, each, disease, place) for n, each in enumerate(days)], SETTINGS, {})
    return count(cases, lambda area: KEC if area in (KEL, OTHER) else "", FIRST, TODAY)[disease]


def test_the_diseases_are_those_of_the_form() -> None:
    assert [each.code for each in SETTINGS.diseases] == [*"ABCDEFGHJKLMNPQRSTUVWYZ", "AC"]
    assert sum(each.is_immediate for each in SETTINGS.diseases) == 13
    if SKDR.exists():
        with SKDR.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [(row["skdr_code"], row["alert_class"] == "immediate") for row in rows] == [
            (each.code, each.is_immediate) for each in SETTINGS.diseases
        ]


@pytest.mark.parametrize(
    ("icd10", "code"),
    [
        *(("A09", "A"), ("A09.9", "A"), ("A91", "C"), ("A97.2", "C"), ("J18.9", "D"), ("A06.0", "E"), ("A06.1", "")),
        *(("A01.0", "F"), ("A01.1", ""), ("R17", "G"), ("A92.0", "H"), ("A92.1", ""), ("J09", "J"), ("B05.3", "K")),
        *(("J06.9", "Y"), ("J06.0", ""), ("B08.4", "Z"), ("U07.1", "AC"), ("I10", ""), ("Z20.3", "P"), ("A33", "V")),
    ],
)
def test_a_diagnosis_counts_under_the_disease_of_its_code(icd10: str, code: str) -> None:
    assert SETTINGS.of(icd10) == code


def test_a_city_changes_what_it_wants_and_is_told_what_cannot_be(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[disease.C]\nleast = 5\nimmediate = true\n[w2]\ncompleteness = 95\n", encoding="utf-8")
    changed = read_settings(own)
    assert changed.completeness == 95
    found = changed.get("C")
    assert found is not None
    assert (found.least, found.is_immediate, found.icd10) == (5, True, ("A90", "A91", "A97"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[disease.C]\nleast = 0", "disease.C: least is a whole number from 1"),
        ("[disease.C]\nleast = true", "disease.C: least"),
        ("[disease.C]\nfewest = 3", "disease.C has no setting fewest"),
        ('[disease.C]\nicd10 = ["dengue"]', "dengue is no ICD-10 prefix"),
        ('[disease.C]\nicd10 = "A90"', "icd10 is needed as a list"),
        ("[disease.C]\nicd10 = []", "never counted"),
        ('[disease.C]\nicd10 = ["A09"]', "A09 is given to A already"),
        ('[disease.C]\nname = "Dengue"', "name is needed as"),
        ("[disease.C]\nname = { id = 1 }", "name is needed as"),
        ('[disease.AD]\nname = { id = "x", en = "x" }', "icd10 is needed as a list"),
        ("[disease.C]\nimmediate = 1", "immediate is true or false"),
        ('[disease.C]\nmissing = "x"', "missing is"),
        ("disease = 3", "disease is a table"),
        ("[disease]\nC = 3", "disease.C is a table"),
        ("[defaults]\nchance = 2.0", "chance is a number between"),
        ("[defaults]\nfewest = 2", "defaults has no setting fewest"),
        ("[w2]\ncompleteness = 101", "w2: completeness"),
        ('[w2]\nkinds = ["nix"]', "w2: kinds is a list of some of klinik"),
        ("[w2]\nkinds = []", "w2: kinds"),
        ("[w2]\nfewest = 1", "w2 has no setting fewest"),
        ("[disease.c]\nleast = 3", "one or two capital letters"),
        ("[others]\nx = 1", "there is no table others"),
        ("not toml", "line 1"),
    ],
)
def test_what_a_city_cannot_change_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"HUB_SURVEILLANCE: wrong\.toml") as refused:
        read_settings(wrong)
    assert said in str(refused.value)


def test_the_shipped_diseases_fit_and_faults_come_together(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[disease.C]\nleast = 0\nfewest = 1\n[w2]\nkinds = []", encoding="utf-8")
    with pytest.raises(ValueError, match="HUB_SURVEILLANCE") as refused:
        read_settings(wrong)
    assert len(str(refused.value).splitlines()) == 3
    wrong.write_text("", encoding="utf-8")
    assert read_settings(wrong) == SETTINGS


def test_the_example_of_the_guide_can_be_read(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "surveillance.md").read_text(encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text(guide.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    found = read_settings(own)
    assert len(found.diseases) == 25
    assert found.of("B04") == "AD"


def test_one_person_and_illness_is_one_case_wherever_it_was_seen() -> None:
    two = [seen(1, TODAY - 20, facility=1), seen(2, TODAY - 12, facility=2)]
    assert len(episodes(two, SETTINGS, {})) == 2
    (case,) = episodes(two, SETTINGS, {2: 1})
    assert (case.day, case.facility, case.people) == (TODAY - 20, 1, (1, 2))
    later = [*two, seen(1, TODAY + 10)]
    assert len(episodes(later, SETTINGS, {2: 1})) == 2, "a second illness after the days of one"
    (known,) = episodes([seen(1, TODAY, area=""), seen(1, TODAY + 1, area=OTHER)], SETTINGS, {})
    assert known.area == OTHER
    assert episodes([seen(1, TODAY, case="existing")], SETTINGS, {}) == []
    assert len(episodes([seen(1, TODAY, "K", case="existing")], SETTINGS, {})) == 1


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 60)), max_size=30), st.randoms())
def test_cases_do_not_depend_on_the_order_in_which_records_come(visits, random) -> None:
    records = [seen(person, FIRST + when, facility=when % 3) for person, when in visits]
    mixed = list(records)
    random.shuffle(mixed)
    found = episodes(records, SETTINGS, {1: 0})
    assert episodes(mixed, SETTINGS, {1: 0}) == found
    counts = count(found, lambda _: KEC, FIRST, FIRST + 70)
    if found:
        assert counts["C"].between(CITY, FIRST, FIRST + 70) == len(found)
        assert sum(counts["C"].weekly(CITY, FIRST + 70)) == len(
            [each for each in found if each.day < week_of(FIRST + 70)]
        )
        assert counts["C"].rolling(KEC, FIRST + 30) == sum(FIRST + 24 <= each.day <= FIRST + 30 for each in found)


@pytest.mark.parametrize("chance", [0.01, 0.003, 0.00005])
@pytest.mark.parametrize(
    ("mean", "spread"), [(0.02, 1.0), (0.3, 1.2), (3.0, 1.0), (12.0, 1.6), (45.0, 3.0), (200.0, 2.0)]
)
def test_the_limit_is_the_tail_of_the_distribution(mean: float, spread: float, chance: float) -> None:
    limit = _limit(mean, spread, chance)
    law = poisson(mean) if spread == 1 else nbinom(mean / (spread - 1), 1 / spread)
    if mean < 60:
        assert law.sf(limit - 1) <= chance < law.sf(limit - 2)
    else:  # an approximation: within two per cent
        assert abs(limit - law.isf(chance)) <= 0.02 * limit


def test_a_threshold_follows_the_season_and_is_not_raised_by_an_outbreak() -> None:
    season = [10, 10, 10, 10, 12, 14, 18, 24, 30, 30, 24, 18, 14, 12, *[10] * 38]
    years = season * 4
    rising = years + season[:8]
    assert threshold(rising, city_of(rising), 0.003).expected > 1.4 * threshold(years, city_of(years), 0.003).expected
    quiet, burst = [10] * 60, [*[10] * 55, 60, 80, 60, 10, 10]
    usual = threshold(quiet, city_of(quiet), 0.003)
    assert threshold(burst, city_of(burst), 0.003).limit <= usual.limit * 2
    rare = threshold([0] * 60, city_of(quiet), 0.003 / 52)
    assert rare.limit <= 4


def test_one_case_of_an_immediate_disease_is_a_signal_once_in_seven_days() -> None:
    measles = SETTINGS.get("K")
    assert measles is not None
    counts = counted(TODAY - 20, TODAY - 10, TODAY - 8, TODAY - 60, disease="K")
    found = find(measles, counts, TODAY, {}, parts_of)
    assert [(each.place, each.day, each.criteria) for each in found] == [
        (KEL, TODAY - 20, ("immediate",)),
        (KEL, TODAY - 10, ("immediate",)),
    ]
    raised = {("K", KEL): [each.day for each in found]}
    assert find(measles, counts, TODAY, raised, parts_of) == []
    assert find(measles, counts, TODAY + 1, raised, parts_of) == []


def test_a_cluster_is_raised_where_it_is_and_not_again_by_the_whole_city() -> None:
    dengue = SETTINGS.get("C")
    assert dengue is not None
    past = [TODAY - 14 - 5 * n for n in range(60)]
    counts = counted(*past, place=OTHER)
    for n in range(6):
        for place in (KEL, KEC, CITY):
            counts.add(place, TODAY - n % 3)
    found = find(dengue, counts, TODAY, {}, parts_of)
    assert [each.place for each in found] == [KEL]
    assert find(dengue, counted(*past), TODAY, {}, parts_of) == []


WEEKLY = [TODAY - 10 - 7 * n for n in range(54)]
"""A case a week for a year, up to ten days ago."""


@pytest.mark.parametrize(
    ("name", "days", "place", "is_met"),
    [
        ("a", [TODAY], CITY, True),
        ("a", [TODAY, TODAY - 7 - 364], CITY, False),
        ("a", [TODAY, TODAY - 7 - 365], CITY, True),
        ("a", [TODAY], KEL, False),  # of the city, not of a place
        ("b", [TODAY - 21, *[TODAY - 14] * 2, *[TODAY - 7] * 3, *[TODAY] * 4], KEL, True),
        ("b", [TODAY - 21, *[TODAY - 14] * 2, *[TODAY - 7] * 3, *[TODAY] * 3], KEL, False),
        ("b", [*[TODAY - 21] * 2, *[TODAY - 14] * 2, *[TODAY - 7] * 3, *[TODAY] * 4], KEL, False),  # two rises
        ("c", [*[TODAY - 7] * 2, *[TODAY] * 4], KEL, True),
        ("c", [*[TODAY - 7] * 2, *[TODAY] * 3], KEL, False),
        ("c", [TODAY] * 4, KEL, False),  # nothing before: not twice of it
        ("d", [*(TODAY - 40 - 30 * n for n in range(12)), *[TODAY - 29] * 2], KEL, True),
        ("d", [*(TODAY - 40 - 30 * n for n in range(12)), TODAY - 29], KEL, False),
        ("d", [TODAY - 29] * 2, KEL, False),  # no case in the year before
    ],
)
def test_criteria_of_the_regulation_at_their_borders(name: str, days: list[int], place: str, is_met: bool) -> None:
    test = {"a": is_new, "b": is_rising, "c": is_double, "d": is_double_year}[name]
    assert test(counted(*days), place, TODAY) is is_met


def test_criteria_that_need_a_year_wait_for_it() -> None:
    known = [episodes([seen(n, each) for n, each in enumerate(days)], SETTINGS, {}) for days in ([TODAY], [*WEEKLY])]
    day_one, year = (count(cases, lambda _: "", TODAY - 300, TODAY)["C"] for cases in known)
    assert not is_new(day_one, CITY, TODAY)
    assert not is_double_year(year, KEL, TODAY)


@pytest.mark.parametrize(
    ("days", "criteria"),
    [
        ([TODAY], ("a",)),  # one case is enough, where there was none for a year
        ([*WEEKLY, *[TODAY] * 3], ()),  # three of a week, twice and more: chance alone does that
        ([*WEEKLY, *[TODAY] * 8], ("statistical", "c", "d")),
        ([*WEEKLY, *[TODAY - 16] * 2, *[TODAY - 10] * 3, *[TODAY] * 9], ("statistical", "b", "c", "d")),
    ],
)
def test_a_signal_names_the_criteria_it_meets(days: list[int], criteria: tuple[str, ...]) -> None:
    dengue = SETTINGS.get("C")
    assert dengue is not None
    counts = Counts(FIRST, TODAY)
    for each in days:
        counts.add(CITY, each)
    found = [each for each in find(dengue, counts, TODAY, {}, parts_of) if each.day == TODAY]
    assert [each.criteria for each in found] == ([criteria] if criteria else [])


def test_a_signal_is_due_within_a_day() -> None:
    hour = 3_600_000
    assert not is_overdue(0, [], 24 * hour, 24)
    assert is_overdue(0, [], 24 * hour + 1, 24)
    verify = Step(30 * hour, "x", "verify", "real", "ok")
    assert not is_overdue(0, [verify], 100 * hour, 24)
    assert [state_of([]), state_of([verify]), state_of([verify, Step(0, "x", "close", "outbreak")])] == [
        "open",
        "verified",
        "closed",
    ]


@pytest.mark.parametrize(
    ("sunday", "week"),
    [("2026-11-15", (2026, 46)), ("2025-12-28", (2025, 53)), ("2026-01-04", (2026, 1)), ("2023-01-01", (2023, 1))],
)
def test_weeks_have_the_numbers_of_the_epidemiological_calendar(sunday: str, week: tuple[int, int]) -> None:
    assert epi_week(day(sunday)) == week
