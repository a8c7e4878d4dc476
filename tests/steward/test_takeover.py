"""A record that becomes somebody else's opens nothing of theirs: the hub joins it to nobody, and its old links end."""

import pytest

from hub.access.persons import doubts
from tests.steward.conftest import CLINICS, NIK_JOHAN, NIK_OTHER, NIK_SITI, STEWARD, compartment, person

A, B, C = CLINICS
THIEF = {"name": "Rusmiyati", "birth": "1972-01-30", "sex": "female", "phone": "081299999999"}


def alone(hub, id_: str) -> bool:
    return person(hub, id_) == {compartment(hub, id_)}


@pytest.fixture
def victim(known_at) -> str:
    return known_at(A, "1", nik=NIK_SITI)


def test_a_record_given_anothers_identity_is_joined_to_nobody(hub, known_at, corrected, victim):
    mine = known_at(B, "9", nik=NIK_OTHER, **THIEF)
    corrected(B, mine, "9", nik=NIK_SITI)  # the victim's NIK, name, birth date, sex and telephone
    assert alone(hub, mine)
    assert alone(hub, victim)
    assert [d.is_joined for d in doubts(hub, STEWARD)] == [False]


def test_nor_step_by_step(hub, known_at, corrected, victim):
    mine = known_at(B, "9", nik=NIK_OTHER, **THIEF)
    changed = dict(THIEF)
    for step in ({"name": "Siti Noor Halimah"}, {"birth": "1990-09-05"}, {"phone": "081234567890"}):
        changed |= step
        corrected(B, mine, "9", nik=NIK_OTHER, **changed)
    corrected(B, mine, "9", nik=NIK_SITI)
    assert alone(hub, mine)


def test_nor_when_the_person_comes_later(hub, known_at, corrected):
    mine = known_at(B, "9", nik=NIK_OTHER, **THIEF)
    corrected(B, mine, "9", nik=NIK_SITI)
    late = known_at(C, "5", nik=NIK_SITI)
    assert alone(hub, mine)
    assert alone(hub, late)


def test_a_link_whose_evidence_went_away_opens_nothing_until_a_person_decides(hub, known_at, corrected, victim):
    other = known_at(B, "2", nik=NIK_SITI)
    assert not alone(hub, victim)
    corrected(B, other, "2", nik=NIK_OTHER, **THIEF)  # the clinic wrote the next patient over this one
    assert alone(hub, victim)
    assert alone(hub, other)
    assert len(doubts(hub, STEWARD)) == 1
    corrected(B, other, "2", nik=NIK_SITI)  # and put it right
    assert not alone(hub, victim)
    assert doubts(hub, STEWARD) == []


def test_an_honest_correction_still_joins(hub, known_at, corrected, victim):
    mine = known_at(B, "2", name="Siti Nor Halimah", phone="081255555555")
    corrected(B, mine, "2", nik=NIK_SITI)
    assert not alone(hub, victim)


def test_one_person_sent_over_and_over_makes_few_links(hub, known_at):
    ids = [known_at(A, str(n), nik=NIK_JOHAN, name="Johansyah", birth="1961-02-03", sex="male") for n in range(60)]
    assert len(person(hub, ids[0])) == 60
    with hub.store.reading() as tx:
        rows = tx.links(person(hub, ids[0]))
    assert len(rows) < 2 * (20 * 20 + 60)
