"""Who is drawn for a case review: nobody with anything sensitive, and not always the same."""

from collections.abc import Callable

import msgspec

from hub.access import search
from hub.access.case_charts import chart, own_numbers
from hub.access.case_steps import approve, ask, one_case
from hub.fhir import json
from hub.parts import Hub
from hub.pipeline import create
from tests.whole import test_case_review as review
from tests.whole.sending import A
from tests.whole.test_case_review import CLINICIAN, ONE, QUESTION, RME, TWO

hub, clock, sent = review.hub, review.clock, review.sent


def test_who_has_anything_sensitive_is_left_out_untold(hub: Hub, sent: Callable[..., None]) -> None:
    ordinary = [(f"1{number}", "I10") for number in range(3)]
    sensitive = [(f"2{number}", "I10", "B20") for number in range(4)]
    sent(*ordinary, *sensitive, ("30", "J06.9"))
    first = ask(hub, ONE, A, QUESTION)
    assert approve(hub, TWO, first) == 3
    sent(("24", "I11.9", "F20"))
    second = ask(hub, ONE, A, QUESTION)
    assert approve(hub, TWO, second) == 3
    numbers = {own_numbers(hub, CLINICIAN, second, number)[0] for number in (1, 2, 3)}
    assert numbers == {"10", "11", "12"}
    names = [{name for _, name in one_case(hub, ONE, id_).records} for id_ in (first, second)]
    assert len(names[0] | names[1]) == 6


def test_an_answer_that_everybody_gives_hides_nobody(hub: Hub, sent: Callable[..., None]) -> None:
    sent(("10", "I10"), ("20", "I10"), ("30", "I10"), ("40", "I10", "F10.2"))
    found = json.read(search(hub, RME, "Patient", [], False, hub.config.base_url))["entry"]
    patients = {each["resource"]["identifier"][0]["value"]: each["resource"]["id"] for each in found}
    for record, code, answer in (
        ("10", "11331-6", "Tidak"),
        ("20", "11331-6", "Ya"),
        ("30", "74205-6", "Ya"),
        ("40", "11331-6", "Ya"),
    ):
        told = {
            "resourceType": "Observation",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "subject": {"reference": f"Patient/{patients[record]}"},
            "valueCodeableConcept": {"text": answer},
        }
        create(hub, RME, told)
    id_ = ask(hub, ONE, A, QUESTION)
    assert approve(hub, TWO, id_) == 2
    assert {own_numbers(hub, CLINICIAN, id_, number)[0] for number in (1, 2)} == {"10", "20"}
    assert not any("11331-6" in repr(chart(hub, ONE, id_, number).pack) for number in (1, 2))


def test_a_case_takes_no_more_than_asked_for_and_not_always_the_same(hub: Hub, sent: Callable[..., None]) -> None:
    sent(*[(f"1{number}", "I10") for number in range(9)])
    drawn = []
    for _ in range(6):
        id_ = ask(hub, ONE, A, msgspec.structs.replace(QUESTION, most=3))
        assert approve(hub, TWO, id_) == 3
        drawn.append(frozenset(own_numbers(hub, CLINICIAN, id_, number)[0] for number in (1, 2, 3)))
    assert len(set(drawn)) > 1
