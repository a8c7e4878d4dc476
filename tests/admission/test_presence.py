"""Presence: one code, one facility, one time; and how long it holds."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.admission import end_stay, new_presence_code, presence
from hub.admission.stays import LONGEST_DAYS, stay_until
from hub.clock import instant
from hub.errors import Category, HubError
from hub.model import Key, Principal
from hub.store import CompartmentRow, Relationship

HOUR, DAY = 3_600_000, 86_400_000
COMPARTMENT = 99


@pytest.fixture
def patient(hub) -> Principal:
    with hub.store.writing() as tx:
        tx.add_compartments([CompartmentRow(COMPARTMENT, hub.facilities["klinik-a"].number, 0, hub.clock())])
    return Principal("patient", "patient:1", "PATRQT", person="patient:1", compartment=COMPARTMENT)


CLINIC = Principal("clinic-client", "klinik-b", "TREAT", facility="klinik-b")


def test_a_code_becomes_a_relationship(hub, clock, patient):
    code, expires = new_presence_code(hub, patient)
    assert expires == clock.ms + 15 * 60_000
    answer = presence(hub, CLINIC, f" {code[:4].lower()} {code[4:]}")
    assert answer["reference"] == f"Patient/{answer['patient']}"
    assert hub.ids.decode(answer["patient"]) == Key(COMPARTMENT, 1)
    assert answer["until"] == instant(clock.ms + 24 * HOUR)
    number = hub.facilities["klinik-b"].number
    with hub.store.reading() as tx:
        assert tx.relationships([COMPARTMENT], at_ms=clock.ms) == [
            Relationship(COMPARTMENT, number, "presence", clock.ms, clock.ms + 24 * HOUR)
        ]
        assert tx.relationships([COMPARTMENT], at_ms=clock.ms + 24 * HOUR) == []


def test_a_code_works_once_even_in_a_race(hub, patient):
    code, _ = new_presence_code(hub, patient)

    def attempt(_):
        try:
            return presence(hub, CLINIC, code)
        except HubError as error:
            return error.category

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(16)))
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert answers.count(Category.NOT_FOUND) == 15


def test_wrong_and_late_codes_are_the_same(hub, clock, patient):
    code, _ = new_presence_code(hub, patient)
    clock.ms += 15 * 60_000
    for text in (code, "AAAAAAAA", "", "x", "x" * 10_000):
        with pytest.raises(HubError) as caught:
            presence(hub, CLINIC, text)
        assert [issue.code for issue in caught.value.issues] == ["HUB-5101"]


@pytest.mark.parametrize("role", ["clinic-client", "clinician", "auditor", "privacy-officer"])
def test_only_patients_make_codes(hub, role):
    with pytest.raises(HubError) as caught:
        new_presence_code(hub, Principal(role, "x", "TREAT", facility="klinik-a"))
    assert caught.value.category == Category.FORBIDDEN


def test_only_facilities_use_codes(hub, patient):
    code, _ = new_presence_code(hub, patient)
    for who in (patient, Principal("auditor", "x", "HCOMPL", person="x"), Principal("clinician", "x", "TREAT")):
        with pytest.raises(HubError) as caught:
            presence(hub, who, code)
        assert caught.value.category == Category.FORBIDDEN
    assert presence(hub, CLINIC, code)


NOW = 1_800_000_000_000
ENCOUNTERS = [
    ({"class": {"code": "IMP"}, "status": "in-progress"}, NOW + LONGEST_DAYS * DAY),
    ({"class": {"code": "ACUTE"}, "status": "onleave"}, NOW + LONGEST_DAYS * DAY),
    ({"class": {"code": "AMB"}, "status": "in-progress"}, 0),
    ({"class": {"code": "IMP"}, "status": "cancelled"}, 0),
    ({"class": {"code": "IMP"}, "status": "finished"}, 0),
    ({"class": {"code": "IMP"}, "status": "finished", "period": {"end": instant(NOW)}}, NOW + 7 * DAY),
    ({}, 0),
]


@pytest.mark.parametrize(("encounter", "until"), ENCOUNTERS)
def test_stays(encounter, until):
    found = stay_until(encounter, NOW, 7 * DAY)
    assert abs(found - until) < 1000


def test_discharge_ends_what_was_proven_during_the_stay(hub, clock, patient):
    number = hub.facilities["klinik-b"].number
    with hub.store.writing() as tx:
        tx.add_relationships([Relationship(COMPARTMENT, number, "presence", clock.ms, clock.ms + 90 * DAY)])
        end_stay(hub, tx, [COMPARTMENT], number, clock.ms + DAY)
        left = tx.relationships([COMPARTMENT], at_ms=clock.ms + 2 * DAY)
    assert [row.until_ms for row in left] == [clock.ms + 8 * DAY]
