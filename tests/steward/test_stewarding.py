"""The steward joins, parts and takes back; what a person decided the hub never undoes."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from hub.access.persons import doubts, find, pair
from hub.access.persons import person as view
from hub.audit import decode_entry
from hub.errors import HubError
from hub.model import Principal
from hub.pipeline.stewarding import link, reject, undo, unlink
from tests.steward.conftest import CLINICS, NIK_JOHAN, NIK_OTHER, NIK_SITI, STEWARD, compartment, person

A, B, C = CLINICS
WHY = "Dicocokkan dengan KTP di loket"


RAHMA = {"name": "Rahmawati", "birth": "1972-01-30", "sex": "female", "phone": "081200000002"}


@pytest.fixture
def doubtful(hub, known_at):
    """Two records of one name and birth date without a number in common: one open doubt."""
    one = known_at(A, "1", phone="081200000001")
    other = known_at(B, "2", phone="081200000002")
    assert [(d.one, d.other) for d in doubts(hub, STEWARD)] in ([(one, other)], [(other, one)])
    return one, other


def codes(caught) -> list[str]:
    return [issue.code for issue in caught.value.issues]


def events(hub, id_):
    """The names of what stands on a patient's page, newest first."""
    with hub.store.reading() as tx:
        rows = tx.seen([hub.blinder.pseudonym(compartment(hub, id_))], 100)
    return [decode_entry(hub.boxes.audit.open(row.body, b"audit")).event for row in rows]


def test_a_doubt_is_shown_side_by_side_and_both_patients_see_the_look(hub, doubtful):
    found = pair(hub, STEWARD, *doubtful)
    assert {face.facility for face in found.faces} == {A, B}
    assert {face.name for face in found.faces} == {"Siti Noor Halimah"}
    assert all("0812" not in phone and phone.endswith(("001", "002")) for face in found.faces for phone in face.phones)
    assert found.doubt_ms is not None
    assert not found.is_joined
    for id_ in doubtful:
        assert events(hub, id_)[0] == "review.look"


def test_numbers_are_covered_but_for_a_mistyped_digit(hub, known_at):
    one, other = known_at(A, "1", nik=NIK_SITI), known_at(B, "2", nik=NIK_OTHER, **RAHMA)
    shown = {face.facility: face.nik for face in pair(hub, STEWARD, one, other).faces}
    assert shown == {A: "•" * 12 + "9001", B: "•" * 12 + "9002"}
    third = known_at(C, "3", nik="6371014609909001")
    shown = {face.facility: face.nik for face in pair(hub, STEWARD, one, third).faces}
    assert shown == {A: "•" * 7 + "5" + "•" * 4 + "9001", C: "•" * 7 + "6" + "•" * 4 + "9001"}
    assert [face.nik for face in view(hub, STEWARD, other).faces] == ["•" * 12 + "9002"]


def test_joining_settles_the_doubt_and_taking_it_back_opens_it_again(hub, doubtful):
    before = doubts(hub, STEWARD)
    link(hub, STEWARD, *doubtful, WHY)
    assert doubts(hub, STEWARD) == []
    assert person(hub, doubtful[0]) == {compartment(hub, id_) for id_ in doubtful}
    (row,) = pair(hub, STEWARD, *doubtful).history
    assert (row.judgement, row.rule, row.reason, row.by) == ("positive", "steward", WHY, "steward:steward.uji")
    undo(hub, STEWARD, *doubtful, row.number, "Salah orang")
    assert doubts(hub, STEWARD) == before
    assert person(hub, doubtful[0]) == {compartment(hub, doubtful[0])}
    assert [(r.judgement, r.reason, r.ended_ms is None) for r in pair(hub, STEWARD, *doubtful).history] == [
        ("positive", WHY, False),
        ("undone", "Salah orang", True),
    ]
    assert events(hub, doubtful[0])[:4] == ["review.look", "review.undo", "review.look", "link"]


def test_a_rejected_pair_is_never_queued_or_joined_again(hub, doubtful, corrected):
    assert not reject(hub, STEWARD, *doubtful, WHY)
    assert doubts(hub, STEWARD) == []
    corrected(A, doubtful[0], "1", nik=NIK_SITI)
    assert doubts(hub, STEWARD) == []
    corrected(B, doubtful[1], "2", nik=NIK_SITI)  # now the two agree in everything
    assert doubts(hub, STEWARD) == []
    assert person(hub, doubtful[0]) == {compartment(hub, doubtful[0])}


def test_what_a_steward_parted_is_not_joined_by_way_of_a_third_record(hub, known_at):
    one, other = known_at(A, "1", nik=NIK_SITI), known_at(B, "2", nik=NIK_SITI)
    assert len(person(hub, one)) == 2
    assert not unlink(hub, STEWARD, one, other, WHY)
    third = known_at(C, "3", nik=NIK_SITI)
    assert [person(hub, id_) for id_ in (one, other, third)] == [{compartment(hub, id_)} for id_ in (one, other, third)]
    assert {frozenset((d.one, d.other)) for d in doubts(hub, STEWARD)} == {
        frozenset((one, third)),
        frozenset((other, third)),
    }
    link(hub, STEWARD, one, third, WHY)
    with pytest.raises(HubError) as caught:
        link(hub, STEWARD, other, third, WHY)
    assert codes(caught) == ["HUB-3206"]
    assert person(hub, one) == {compartment(hub, one), compartment(hub, third)}


def test_taking_back_not_the_same_reopens_or_joins(hub, doubtful):
    reject(hub, STEWARD, *doubtful, WHY)
    with pytest.raises(HubError) as caught:
        link(hub, STEWARD, *doubtful, WHY)
    assert codes(caught) == ["HUB-3205"]
    number = pair(hub, STEWARD, *doubtful).history[-1].number
    undo(hub, STEWARD, *doubtful, number, WHY)
    assert len(doubts(hub, STEWARD)) == 1
    with pytest.raises(HubError) as caught:
        undo(hub, STEWARD, *doubtful, number, WHY)
    assert codes(caught) == ["HUB-3208"]
    reject(hub, STEWARD, *doubtful, WHY)
    number = next(row for row in pair(hub, STEWARD, *doubtful).history if row.may_undo).number
    undo(hub, STEWARD, *doubtful, number, WHY, is_relinked=True)
    assert doubts(hub, STEWARD) == []
    assert len(person(hub, doubtful[0])) == 2


def test_a_link_that_a_steward_ended_is_not_remade_when_the_patient_is_corrected(hub, known_at, corrected):
    one, other = known_at(A, "1", nik=NIK_SITI), known_at(B, "2", nik=NIK_SITI)
    unlink(hub, STEWARD, one, other, WHY)
    corrected(A, one, "1", nik=NIK_SITI, phone="081299999999")
    assert person(hub, one) == {compartment(hub, one)}
    number = next(row.number for row in pair(hub, STEWARD, one, other).history if row.may_undo)
    undo(hub, STEWARD, one, other, number, WHY)
    corrected(A, one, "1", nik=NIK_SITI, phone="081288888888")
    assert person(hub, one) == {compartment(hub, one)}
    assert len(doubts(hub, STEWARD)) == 1


def test_evidence_corrected_away_ends_the_link_opens_a_doubt_and_holds_new_links_back(hub, known_at, corrected):
    other = {"name": "Johansyah", "birth": "1961-02-03", "sex": "male", "phone": "081277777777"}
    one = known_at(A, "1", nik=NIK_SITI)
    wrong = known_at(B, "2", nik=NIK_SITI, phone="081266666666")
    stranger = known_at(C, "3", nik=NIK_JOHAN, **other)
    assert len(person(hub, one)) == 2
    corrected(B, wrong, "2", nik=NIK_JOHAN, **other)
    open_ = {frozenset((d.one, d.other)): d.is_joined for d in doubts(hub, STEWARD)}
    assert open_ == {frozenset((one, wrong)): False, frozenset((wrong, stranger)): False}
    assert len(person(hub, one)) == 1
    assert person(hub, stranger) == {compartment(hub, stranger)}
    late = known_at(A, "4", nik=NIK_JOHAN, **other)  # the doubt still stands when another record comes
    assert compartment(hub, one) not in person(hub, late)
    assert not reject(hub, STEWARD, one, wrong, WHY)
    link(hub, STEWARD, wrong, stranger, WHY)
    assert person(hub, stranger) >= {compartment(hub, wrong), compartment(hub, stranger)}
    assert person(hub, one) == {compartment(hub, one)}


def test_a_number_left_out_later_is_no_doubt(hub, known_at, corrected):
    one, other = known_at(A, "1", nik=NIK_SITI), known_at(B, "2", nik=NIK_SITI)
    corrected(B, other, "2")
    assert doubts(hub, STEWARD) == []
    assert len(person(hub, one)) == 2


def test_the_hub_settles_a_doubt_that_becomes_certain(hub, doubtful, corrected):
    for facility, id_, number in ((A, doubtful[0], "1"), (B, doubtful[1], "2")):
        corrected(facility, id_, number, nik=NIK_SITI)
    assert doubts(hub, STEWARD) == []
    assert len(person(hub, doubtful[0])) == 2
    corrected(B, doubtful[1], "2", nik="6371011203850001", name="Johansyah", birth="1985-03-12", sex="male")
    assert [d.is_joined for d in doubts(hub, STEWARD)] == [False]
    assert len(person(hub, doubtful[0])) == 1


def test_a_person_found_by_nik_shows_every_record_and_judgement(hub, known_at):
    one, other = known_at(A, "1", nik=NIK_SITI), known_at(B, "2", nik=NIK_SITI)
    assert find(hub, STEWARD, f" {NIK_SITI} ") in (one, other)
    unlink(hub, STEWARD, one, other, WHY)
    found = view(hub, STEWARD, one)
    assert [face.facility for face in found.faces] == [A]
    assert [face.facility for face in found.others] == [B]
    assert [(row.by, row.judgement, row.rule) for row in found.history] == [
        ("hub", "positive", "same-nik"),
        ("steward:steward.uji", "negative", "steward"),
    ]
    with pytest.raises(HubError) as caught:
        find(hub, STEWARD, "6371019999999999")
    assert codes(caught) == ["HUB-3209"]


def test_refusals(hub, doubtful):
    one, other = doubtful
    cases = [
        ("HUB-3200", Principal("auditor", "x", "HCOMPL", person="x"), one, other, WHY),
        ("HUB-3200", Principal("steward", "x", "HOPERAT"), one, other, WHY),
        ("HUB-3202", STEWARD, one, other, "  ya "),
        ("HUB-3202", STEWARD, one, other, "y" * 1001),
        ("HUB-3203", STEWARD, one, one, WHY),
        ("HUB-3201", STEWARD, one, "0" * 32, WHY),
        ("HUB-3201", STEWARD, "Siti", other, WHY),
    ]
    for code, who, first, second, why in cases:
        for deed in (link, reject, unlink):
            with pytest.raises(HubError) as caught:
                deed(hub, who, first, second, why)
            assert codes(caught) == [code]
    with pytest.raises(HubError) as caught:
        unlink(hub, STEWARD, one, other, WHY)
    assert codes(caught) == ["HUB-3204"]
    reject(hub, STEWARD, one, other, WHY)
    with pytest.raises(HubError) as caught:
        reject(hub, STEWARD, one, other, WHY)
    assert codes(caught) == ["HUB-3208"]


NAMES = ("Mariani", "Zubaidah", "Hasnawati", "Fitriana", "Rusmiati", "Lailatul Qadri", "Wahidah", "Norjanah")


def test_a_record_that_arrives_at_the_same_moment_does_not_join_what_is_being_parted(hub, known_at):
    with ThreadPoolExecutor(2) as pool:
        for year, name in enumerate(NAMES, start=60):
            nik, phone = f"6371015203{year}7001", f"0812000{year}"
            known = {"nik": nik, "phone": phone, "name": name, "birth": f"19{year}-03-12"}
            one, other = known_at(A, f"A{year}", **known), known_at(B, f"B{year}", **known)
            assert len(person(hub, one)) == 2
            barrier = Barrier(2)

            def part(one=one, other=other, barrier=barrier) -> bool:
                barrier.wait()
                return unlink(hub, STEWARD, one, other, WHY)

            def arrive(year=year, known=known, barrier=barrier) -> str:
                barrier.wait()
                return known_at(C, f"C{year}", **known)

            is_still_joined, third = pool.submit(part), pool.submit(arrive)
            third.result()
            # the third came first: then the steward was told that the two are still joined
            assert (compartment(hub, other) in person(hub, one)) == is_still_joined.result()
