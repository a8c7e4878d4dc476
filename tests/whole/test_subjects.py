"""A record whose patient the hub could not find again is refused; one that is nobody's is kept with a warning."""

import pytest

from tests.whole.calling import online, signed_in
from tests.whole.sending import A
from tests.whole.ward import ICD, coded, patient

NUMBER = {"system": "https://klinik.test/id", "value": "P-1"}
FOUND = {"reference": "Patient?identifier=https://klinik.test/id|P-1"}
TOLD = {"Prefer": "return=OperationOutcome"}


def condition(**more):
    return {"resourceType": "Condition", "code": coded(ICD, "J06.9"), **more}


def codes(answer):
    """What is refused or warned of; remarks on what was not checked are another matter."""
    said = [each for each in answer.json()["issue"] if each["severity"] != "information"]
    return [each["details"]["coding"][0]["code"] for each in said]


def record(answer):
    """The types of what a record holds."""
    held = [each["resource"]["resourceType"] for each in answer.json()["entry"]]
    return sorted(type_ for type_ in held if type_ != "OperationOutcome")


@pytest.fixture
def ask(hub):
    with online(hub) as caller:
        headers = signed_in(hub, caller, A)
        made = caller.post(
            "/fhir/Patient", json=patient("Ani Wulandari", "female", "1990-09-05", "P-1"), headers=headers
        )
        assert made.status_code == 201

        def asking(method, path, body=None, **more):
            return caller.request(method, f"/fhir/{path}", json=body, headers=headers | more)

        asking.patient = made.json()["id"]
        yield asking


@pytest.mark.parametrize("said", [{"identifier": NUMBER}, {"display": "Ani Wulandari"}])
def test_a_patient_named_without_a_reference(ask, said):
    body = condition(subject=said)
    entry = {"resource": body, "request": {"method": "POST", "url": "Condition"}}
    for path, sent in (
        ("Condition", body),
        ("Condition/$validate", body),
        ("", {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}),
    ):
        answer = ask("POST", path, sent)
        assert answer.status_code == (200 if "$" in path else 422), answer.text
        assert codes(answer) == ["HUB-6012"]
        assert "Ani" not in answer.text
        assert "P-1" not in answer.text
    assert ask("GET", "Condition").json()["total"] == 0


def test_the_identifier_as_a_reference_puts_it_into_the_record(ask):
    assert ask("POST", "Condition", condition(subject=FOUND)).status_code == 201
    assert record(ask("GET", f"Patient/{ask.patient}/$everything")) == ["Condition", "Patient"]


def test_what_is_nobodys_is_said_to_be_so(ask):
    body = {"resourceType": "Observation", "status": "final", "code": coded("http://loinc.org", "8310-5")}
    answer = ask("POST", "Observation", body, **TOLD)
    assert (answer.status_code, codes(answer)) == (201, ["HUB-6013"])
    assert record(ask("GET", f"Patient/{ask.patient}/$everything")) == ["Patient"]


def test_a_subscription_is_refused_with_what_to_do_instead(ask):
    body = {"resourceType": "Subscription", "status": "requested", "reason": "x", "criteria": "Encounter?"}
    body |= {"channel": {"type": "rest-hook", "endpoint": "https://klinik.test/kabar"}}
    answer = ask("POST", "Subscription", body)
    assert (answer.status_code, codes(answer)) == (422, ["HUB-6014"])
    assert answer.json()["issue"][0]["code"] == "not-supported"
    assert "_since" in answer.text
