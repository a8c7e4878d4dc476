"""hub.validation.city: every rule has an example that breaks it and nothing else, and stays silent on ordinary data."""

from datetime import UTC, datetime

import pytest

from hub.errors import catalogue
from hub.model import Issue, Mapped, Validated
from hub.validation import CITY_RULES, check
from hub.validation.city import CityRule, city_issues, scene_of
from hub.validation.nik import read_nik
from tests.validation.originals import ENCOUNTER, ORIGINALS, PRESSURE, Resource, edited

URN = "urn:uuid:6f2c5d0e-2f6b-4a57-9d5c-0c5b6c8f7a10"


def clock() -> int:
    return int(datetime(2026, 11, 22, 2, tzinfo=UTC).timestamp() * 1000)


def part(resources: tuple[Resource, ...], row: int | None = 5) -> list[Mapped]:
    urls = {"Patient": URN}
    return [Mapped(r["resourceType"], r, full_url=urls.get(r["resourceType"]), row=row) for r in resources]


def found(answers: list[Validated | list[Issue]]) -> list[Issue]:
    return [issue for answer in answers for issue in (answer.warnings if isinstance(answer, Validated) else answer)]


@pytest.mark.parametrize("rule", CITY_RULES, ids=lambda rule: rule.code)
def test_example_breaks_its_rule_alone(rule: CityRule) -> None:
    answers = check(part(rule.example), clock)
    issues = found(answers)
    assert [(issue.code, issue.severity, issue.row) for issue in issues] == [(rule.code, rule.severity, 5)]
    assert isinstance(answers[-1], list) == (rule.severity == "error")
    assert rule.code in catalogue()
    assert rule.source


def test_ordinary_data_break_no_rule() -> None:
    allergy = edited(ORIGINALS["allergy"], ("patient.reference", "Patient?identifier=x|1"))
    assert found(check(part(tuple((ORIGINALS | {"allergy": allergy}).values())), clock)) == []


IDENTIFIED = {"identifier": {"system": "https://fhir.kemkes.go.id/id/nik", "value": "6371015705900001"}}


@pytest.mark.parametrize(
    ("type_", "said", "code"),
    [
        ("Condition", {"subject": IDENTIFIED}, "HUB-6012"),
        ("Condition", {"subject": {"display": "Siti"}}, "HUB-6012"),
        ("Immunization", {"patient": {"type": "Patient"} | IDENTIFIED}, "HUB-6012"),
        ("Coverage", {"beneficiary": {"display": "Siti"}}, "HUB-6012"),
        ("Condition", {"subject": IDENTIFIED | {"reference": "Patient/1"}}, None),
        ("Observation", {"subject": IDENTIFIED | {"type": "Group"}}, None),
        ("Observation", {"subject": {"reference": "Location/1"}}, None),
        ("Observation", {}, "HUB-6013"),
        ("Observation", {"subject": {"reference": "#p"}}, "HUB-6013"),
        ("Composition", {}, "HUB-6013"),
        ("Appointment", {}, None),
        ("Account", {}, None),
        ("Organization", {}, None),
    ],
)
def test_a_record_says_whose_it_is(type_: str, said: Resource, code: str | None) -> None:
    issues = list(city_issues({"resourceType": type_, **said}, scene_of([], 0)))
    assert [issue.code for issue in issues] == ([code] if code else [])
    assert all(issue.severity == ("error" if code == "HUB-6012" else "warning") for issue in issues)


@pytest.mark.parametrize(("status", "is_refused"), [("requested", True), ("active", True), ("off", False)])
def test_a_subscription_that_would_never_act_is_refused(status: str, is_refused: bool) -> None:
    rule = next(rule for rule in CITY_RULES if rule.code == "HUB-6014")
    answers = check(part(({**rule.example[0], "status": status},), row=None), clock)
    assert isinstance(answers[0], list) == is_refused


def test_a_fhir_client_only_hears_of_a_visit_before_birth() -> None:
    rule = next(rule for rule in CITY_RULES if rule.in_files_only)
    assert [issue.severity for issue in found(check(part(rule.example, row=None), clock))] == ["warning"]


@pytest.mark.parametrize(
    ("start", "is_future"),
    [
        ("2026-11-22", False),
        ("2026-11-22T23:59:00+08:00", False),
        ("2026-11-23", True),
        ("2026-11-22T17:00:00Z", True),
        ("2026", False),
        ("2027", True),
    ],
)
def test_future_is_a_matter_of_city_days(start: str, is_future: bool) -> None:
    visit = edited(ENCOUNTER, ("period", {"start": start}))
    assert bool(found(check(part((visit,)), clock))) is is_future


def test_planned_visits_may_lie_ahead() -> None:
    assert found(check(part((edited(ENCOUNTER, ("status", "planned"), ("period", {"start": "2027"})),)), clock)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6371011705900001", (17, 5, 90, "male")),
        ("6371015705900001", (17, 5, 90, "female")),
        ("6371012902000001", (29, 2, 0, "male")),
        ("6371012902010001", None),
        ("6371013113900001", None),
        ("0071011705900001", None),
        ("6371011705900000", None),
        ("63710117059000011", None),
        ("637101170590000x", None),
    ],
)
def test_nik(text: str, expected: tuple[int, int, int, str] | None) -> None:
    assert read_nik(text) == expected


def test_believable_pressure_passes() -> None:
    whole = edited(
        PRESSURE,
        (
            "component.1",
            {
                "code": PRESSURE["component"][1]["code"],
                "valueQuantity": PRESSURE["component"][0]["valueQuantity"] | {"value": 80},
            },
        ),
    )
    assert found(check(part((whole,)), clock)) == []
