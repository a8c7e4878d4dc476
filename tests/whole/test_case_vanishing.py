"""What a case shows of a record that was withdrawn, erased or objected to since it was drawn: nothing; and a request
sent twice is one case."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from hub.access import choices, seen
from hub.access.case_charts import chart, own_numbers
from hub.access.case_steps import approve, ask, close, note, office_cases, one_case
from hub.admission import patient_by_nik
from hub.admission.links import patient_principal
from hub.audit import decode_entry
from hub.fhir import json
from hub.parts import Hub
from hub.pipeline import choose, submit
from tests.whole import test_case_review as review
from tests.whole.sending import NIK, A, B
from tests.whole.test_case_review import CLINICIAN, ONE, QUESTION, RME, TWO, refusal

hub, clock, sent, opened = review.hub, review.clock, review.sent, review.opened


@pytest.mark.parametrize("choice", ["optout", "facility-deny", "withdraw"])
def test_who_withdraws_while_the_case_is_open_vanishes_from_it(
    hub: Hub, sent: Callable[..., None], choice: str
) -> None:
    """A choice made before the approval does not stop an audit without names; one made since is heard at once."""
    sent(("000001", "I10", "E11"))
    patient = patient_principal(hub, patient_by_nik(hub, NIK))
    choose(hub, patient, "optin")
    choose(hub, patient, "facility-deny", B)
    id_ = ask(hub, ONE, A, QUESTION)
    assert approve(hub, TWO, id_) == 1
    note(hub, ONE, id_, 1, "minor", "Tidak ada kunjungan ulang")
    choose(hub, patient, "facility-permit", B)
    assert chart(hub, ONE, id_, 1).pack.entries, "a yes is no objection"
    optin = next(each.id for each in choices(hub, patient) if each.kind == "optin")
    choose(hub, patient, choice, A if choice == "facility-deny" else None, id_=optin)  # type: ignore[arg-type]
    assert refusal(chart, hub, ONE, id_, 1) == "HUB-4357"
    assert refusal(note, hub, ONE, id_, 1, "serious", "") == "HUB-4357"
    choose(hub, patient, "optin")
    assert refusal(chart, hub, ONE, id_, 1) == "HUB-4357", "a later yes does not reopen this case"
    assert {look.outcome for look in seen(hub, patient) if look.event == "case.look"} == {"permit", "deny"}
    assert one_case(hub, ONE, id_).findings[1].verdict == "minor", "what was found before stays, without the record"
    assert own_numbers(hub, CLINICIAN, id_, 1) == ("000001",), "the facility's own record is its own"


def test_an_erased_patient_vanishes_from_an_open_case_as_if_never_there(hub: Hub, opened: str) -> None:
    assert chart(hub, ONE, opened, 1).pack.entries
    compartments = [patient_by_nik(hub, NIK)]
    hub.keyring.shred(compartments[0])
    for call, *args in ((chart, ONE), (own_numbers, CLINICIAN)):
        assert refusal(call, hub, *args, opened, 1) == "HUB-4357"
    assert refusal(note, hub, ONE, opened, 1, "minor", "") == "HUB-4357"
    assert refusal(chart, hub, ONE, opened, 2) == "HUB-4357", "the same answer as for a number that never was"
    assert [number for number, _ in one_case(hub, ONE, opened).records] == [1]


def test_a_withdrawn_visit_takes_its_record_out_of_the_case(hub: Hub, sent: Callable[..., None]) -> None:
    sent(("000001", "I10"), ("2", "I10"))
    id_ = ask(hub, ONE, A, QUESTION)
    assert approve(hub, TWO, id_) == 2
    gone = json.write([{"no_kunjungan": "000001-0-I10", "_removed": True}])
    assert submit(hub, RME, "klinik_csv", gone, "hapus.json").counts["withdrawn"] == 1
    numbers = {own_numbers(hub, CLINICIAN, id_, number)[0]: number for number in (1, 2)}
    assert refusal(chart, hub, ONE, id_, numbers["000001"]) == "HUB-4357"
    assert chart(hub, ONE, id_, numbers["2"]).pack.entries


def test_a_form_sent_twice_asks_once(hub: Hub) -> None:
    with ThreadPoolExecutor(4) as pool:
        (id_,) = set(pool.map(lambda _: ask(hub, ONE, A, QUESTION, "tanda"), range(4)))
    later = msgspec.structs.replace(QUESTION, most=3)
    others = [ask(hub, *said) for said in ((TWO, A, QUESTION, "tanda"), (ONE, B, QUESTION, "tanda"), (ONE, A, later))]
    assert {case.id for case in office_cases(hub, ONE)} == {id_, *others}


def test_who_may_not_is_in_the_trail_whatever_was_tried(hub: Hub, opened: str) -> None:
    assert refusal(chart, hub, TWO, opened, 1) == "HUB-4353"
    assert refusal(close, hub, TWO, opened, "improve", "Jadwalkan kunjungan ulang") == "HUB-4353"
    assert refusal(note, hub, TWO, opened, 1, "minor", "") == "HUB-4353"
    with hub.store.reading() as tx:
        trail = [decode_entry(hub.boxes.audit.open(row.body, b"audit")) for row in tx.unsequenced(500)]
    assert [each.event for each in trail if each.outcome == "deny"] == ["case.look", "case.close", "case.finding"]
