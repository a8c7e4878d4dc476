"""Facts about the course of care: waiting, insurance, referral, pregnancy, birth, tuberculosis."""

from decimal import Decimal
from typing import Any

import pytest

from hub.fhir.systems import ICD10, LOINC, SNOMED
from hub.model import Facility, Labels
from hub.monitor import Fact, facts

DAY = 20_500
FACILITY = Facility(7, "klinik", "Klinik")
TYPE = "http://terminology.kemkes.go.id/CodeSystem/episodeofcare-type"


def yielded(resource: dict[str, Any], **more: Any) -> list[tuple[str, str, Decimal | None]]:
    labels = more.pop("labels", Labels("N"))
    found = facts(resource["resourceType"], resource, labels, FACILITY, "", "1990-05-05", "female", DAY, **more)
    assert all(isinstance(each, Fact) and each.age == 35 for each in found)
    return [(each.kind, each.code, each.value) for each in found]


def coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def encounter(*phases: tuple[str, str], cls: str = "AMB") -> dict[str, Any]:
    history = [{"status": status, "period": {"start": start}} for status, start in phases]
    return {"resourceType": "Encounter", "status": "finished", "class": {"code": cls}, "statusHistory": history}


ARRIVED, SEEN = ("arrived", "2026-02-16T08:00:00+08:00"), ("in-progress", "2026-02-16T08:41:10+08:00")


@pytest.mark.parametrize(
    ("visit", "minutes"),
    [
        (encounter(ARRIVED, SEEN), 41),
        (encounter(SEEN, ARRIVED), 41),
        (encounter(ARRIVED, ("in-progress", "2026-02-16T00:50:00Z")), 50),
        (encounter(ARRIVED, ("triaged", "2026-02-16T08:10:00+08:00"), SEEN), 41),
        (encounter(ARRIVED, SEEN, cls="IMP"), None),
        (encounter(ARRIVED), None),
        (encounter(ARRIVED, ("in-progress", "2026-02-16")), None),
        (encounter(ARRIVED, ("in-progress", "2026-02-16T07:59:00+08:00")), None),
        (encounter(ARRIVED, ("in-progress", "2026-02-18T08:00:00+08:00")), None),
        (encounter(("arrived", "no time"), SEEN), None),
    ],
)
def test_waiting_is_from_arrival_to_being_seen(visit: dict[str, Any], minutes: int | None) -> None:
    found = [each for each in yielded(visit) if each[0] == "wait"]
    assert found == ([] if minutes is None else [("wait", "AMB", Decimal(minutes))])


def test_who_pays_is_what_the_facility_knows_of_the_patient() -> None:
    assert ("payer", "JKN", None) in yielded(encounter(), is_member=True)
    assert [each[0] for each in yielded(encounter())] == ["encounter"]


def test_a_referral_names_its_reason_by_code_only() -> None:
    request = {"resourceType": "ServiceRequest", "status": "completed", "category": [coded(SNOMED, "3457005")]}
    assert yielded(request) == [("referral", "", None)]
    reasons = [{"text": "Budi sakit"}, coded(ICD10, "not a code"), coded(ICD10, "I10")]
    assert yielded(request | {"reasonCode": reasons}) == [("referral", "I10", None)]
    assert yielded({**request, "category": [], "code": coded(SNOMED, "3457005")}) == [("referral", "", None)]
    assert yielded({**request, "category": [coded(SNOMED, "108252007")]}) == []
    assert yielded({**request, "status": "revoked"}) == []


@pytest.mark.parametrize(
    ("code", "value", "unit", "weeks"),
    [
        ("11884-4", 28, "wk", 28),
        ("18185-9", 28.6, "wk", 28),
        ("49051-6", 12, None, 12),
        ("49052-4", 90, "d", 12),
        ("11884-4", 90, "d", 12),
        ("11884-4", 270, "wk", None),
        ("8310-5", 36, "Cel", None),
    ],
)
def test_pregnancy_is_in_completed_weeks(code: str, value: float, unit: str | None, weeks: int | None) -> None:
    seen = {"resourceType": "Observation", "status": "final", "code": coded(LOINC, code)}
    seen["valueQuantity"] = {"value": value, "code": unit}
    assert yielded(seen) == ([] if weeks is None else [("pregnancy", code, Decimal(weeks))])


def test_a_birth_is_known_by_its_diagnosis_or_by_its_time() -> None:
    diagnosis = {"resourceType": "Condition", "code": coded(ICD10, "O82.0")}
    assert yielded(diagnosis) == [("diagnosis", "O82.0", None), ("birth", "O82.0", None)]
    assert yielded({"resourceType": "Condition", "code": coded(ICD10, "O26.0")}) == [("diagnosis", "O26.0", None)]
    observed = {"resourceType": "Observation", "status": "final", "code": coded(LOINC, "93857-1")}
    assert yielded(observed) == [("birth", "", None)]


def test_an_episode_of_tuberculosis_says_its_type_and_state() -> None:
    episode = {"resourceType": "EpisodeOfCare", "status": "active", "type": [coded(TYPE, "TB-SO")]}
    assert yielded(episode) == [("tb", "TB-SO/active", None)]
    assert yielded({**episode, "status": "finished", "type": [coded(TYPE, "TB-RO")]}) == [
        ("tb", "TB-RO/finished", None)
    ]
    assert yielded({**episode, "status": "entered-in-error"}) == []
    assert yielded({**episode, "type": [coded(TYPE, "ANC")]}) == []


def test_a_test_whose_answer_is_a_word_was_done() -> None:
    seen = {"resourceType": "Observation", "status": "final", "code": coded(LOINC, "11545-1")}
    laboratory = seen | {"category": [{"coding": [{"code": "laboratory"}]}]}
    assert yielded(laboratory | {"valueCodeableConcept": {"text": "BTA positif Budi"}}) == [("lab", "11545-1", None)]
    assert yielded(laboratory) == [], "nothing is known of it"
    assert yielded(seen | {"valueString": "positif"}) == []


@pytest.mark.parametrize("labels", [Labels("R", frozenset({"HIV"})), Labels(None), Labels("N", frozenset({"SEX"}))])
def test_what_is_sensitive_or_unlabelled_yields_none_of_them(labels: Labels) -> None:
    for resource in (
        encounter(ARRIVED, SEEN),
        {"resourceType": "EpisodeOfCare", "status": "active", "type": [coded(TYPE, "TB-SO")]},
        {"resourceType": "ServiceRequest", "status": "active", "category": [coded(SNOMED, "3457005")]},
        {"resourceType": "Condition", "code": coded(ICD10, "O80.0")},
    ):
        assert yielded(resource, labels=labels, is_member=True) == []
