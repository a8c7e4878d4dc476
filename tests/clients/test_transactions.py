"""Bundles sent with fhirpy: a thousand entries, too many, all or nothing, and entries that mean one another."""

from typing import Any
from uuid import uuid4

import pytest
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import MultipleResourcesFound, OperationOutcome, ResourceNotFound

from tests.clients.conftest import Connect
from tests.clients.people import OWN, patient, weight
from tests.clients.test_fhirpy import code_of, issues

Entry = dict[str, Any]


@pytest.fixture
def client(connect: Connect) -> SyncFHIRClient:
    return connect()


def post(resource: dict[str, Any], **request: str) -> Entry:
    """An entry that creates; `fullUrl` is what other entries call it by."""
    url = resource["resourceType"]
    return {"fullUrl": uuid4().urn, "resource": resource, "request": {"method": "POST", "url": url, **request}}


def put(resource: dict[str, Any], **request: str) -> Entry:
    url = f"{resource['resourceType']}/{resource['id']}"
    return {"resource": dict(resource), "request": {"method": "PUT", "url": url, **request}}


def send(client: SyncFHIRClient, *entries: Entry, kind: str = "transaction") -> list[dict[str, Any]]:
    """The response of each entry."""
    answer = client.execute("", data={"resourceType": "Bundle", "type": kind, "entry": list(entries)})
    assert (answer["type"], len(answer["entry"])) == (f"{kind}-response", len(entries))
    return [entry["response"] for entry in answer["entry"]]


def total(client: SyncFHIRClient, type_: str, **asked: str) -> int:
    return int(client.resources(type_).search(**asked).fetch_raw()["total"])


def test_a_thousand_entries(client, number):
    people = [post(patient(f"{number}-{n}")) for n in range(200)]
    weights = [post(weight(one["fullUrl"])) for one in people for _ in range(4)]
    answers = send(client, *weights, *people)
    assert {answer["status"] for answer in answers} == {"201 Created"}
    assert len({answer["location"] for answer in answers}) == 1000
    type_, id_, _, version = answers[-1]["location"].split("/")
    assert (type_, version) == ("Patient", "1")
    assert client.get("Patient", id_)["identifier"][0]["value"] == f"{number}-199"
    assert total(client, "Observation", patient=id_) == 4
    assert {answer["etag"] for answer in answers} == {'W/"1"'}


def test_two_thousand_and_one_entries_are_refused(client, number):
    before = total(client, "Patient")
    with pytest.raises(OperationOutcome) as refused:
        send(client, *(post(patient(f"{number}-{n}")) for n in range(2001)))
    assert code_of(refused.value) == "HUB-3109"
    assert {"2001", "2000"} <= set(
        issues(refused.value)[0]["details"]["text"].replace(";", "").replace(".", "").split()
    )
    assert total(client, "Patient") == before


def test_all_or_nothing(client, number):
    wrong = weight("Patient/" + "0" * 32)
    with pytest.raises(OperationOutcome) as refused:
        send(client, post(patient(number)), post(wrong), post(patient(number, gender="x")))
    assert [issue["expression"] for issue in issues(refused.value)] == [["Bundle.entry[2].resource.gender"]]
    with pytest.raises(OperationOutcome) as refused:
        send(client, post(patient(number)), post(wrong))
    assert issues(refused.value)[0]["expression"] == ["Bundle.entry[1].resource.subject.reference"]
    assert total(client, "Patient", identifier=f"{OWN}|{number}") == 0


def test_a_condition_met_twice_is_one_resource(client, number):
    condition = f"identifier={OWN}|{number}"
    one, two = post(patient(number), ifNoneExist=condition), post(patient(number, gender="male"), ifNoneExist=condition)
    answers = send(client, one, two, post(weight(two["fullUrl"])))
    assert [answer["status"] for answer in answers] == ["201 Created", "200 OK", "201 Created"]
    assert answers[0]["location"] == answers[1]["location"]
    (found,) = client.resources("Patient").search(identifier=f"{OWN}|{number}").fetch()
    assert found["gender"] == "female"
    assert total(client, "Observation", patient=found.id) == 1


def test_a_condition_beside_an_update_of_what_it_finds(client, number):
    made = client.resource("Patient", **patient(number)).create()
    answers = send(
        client,
        post(patient(number, gender="unknown"), ifNoneExist=f"identifier={OWN}|{number}"),
        put({**made.serialize(), "gender": "male"}, ifMatch='W/"1"'),
    )
    assert [(answer["status"], answer["etag"]) for answer in answers] == [("200 OK", 'W/"2"')] * 2
    assert client.get("Patient", made.id)["gender"] == "male"


def test_a_conditional_reference(client, number):
    made = client.resource("Patient", **patient(number)).create()
    reference = f"Patient?identifier={OWN}|{number}"
    (answer,) = send(client, post(weight(reference)))
    stored = client.get(*answer["location"].split("/")[:2])
    assert stored["subject"]["reference"] == made.reference
    client.resource("Patient", **patient(number)).create()
    with pytest.raises(OperationOutcome) as refused:
        send(client, post(weight(reference)))
    assert code_of(refused.value) == "HUB-3120"
    with pytest.raises(MultipleResourcesFound) as unclear:
        send(client, post(patient(number), ifNoneExist=f"identifier={OWN}|{number}"))
    assert code_of(unclear.value) == "HUB-3107"


def test_two_entries_never_change_one_resource(client, number):
    made = client.resource("Patient", **patient(number)).create().serialize()
    with pytest.raises(OperationOutcome) as refused:
        send(client, put({**made, "gender": "male"}), put({**made, "gender": "other"}))
    assert code_of(refused.value) == "HUB-3121"
    assert client.get("Patient", made["id"]) == made


def test_an_old_version_in_a_transaction_stops_it(client, number):
    made = client.resource("Patient", **patient(number)).create()
    with pytest.raises(Exception, match="HUB-3106"):
        send(client, post(patient(f"{number}-b")), put({**made.serialize(), "gender": "male"}, ifMatch='W/"7"'))
    assert total(client, "Patient", identifier=f"{OWN}|{number}-b") == 0


def test_a_batch_goes_on_after_a_refusal(client, number):
    made = client.resource("Patient", **patient(number)).create()
    answers = send(
        client,
        post(patient(f"{number}-b")),
        post(patient(f"{number}-c", birthDate="kemarin")),
        {"request": {"method": "GET", "url": f"Patient/{'0' * 32}"}},
        {"request": {"method": "PATCH", "url": made.reference}},
        put({**made.serialize(), "gender": "other"}),
        kind="batch",
    )
    expected = ["201 Created", "422 Unprocessable Entity", "404 Not Found", "400 Bad Request", "200 OK"]
    assert [answer["status"] for answer in answers] == expected
    codes = [answer["outcome"]["issue"][0]["details"]["coding"][0]["code"] for answer in answers[1:4]]
    assert codes[1:] == ["HUB-4101", "HUB-3110"]
    assert answers[1]["outcome"]["issue"][0]["expression"] == ["Bundle.entry[1].resource.birthDate"]


def test_a_bundle_of_another_clinics_patient(connect, client, number):
    made = client.resource("Patient", **patient(number)).create()
    stranger = connect("klinik-lain")
    with pytest.raises(OperationOutcome) as refused:
        send(stranger, post(weight(made.reference)))
    assert code_of(refused.value) == "HUB-3101"
    with pytest.raises(ResourceNotFound):
        send(stranger, put(made.serialize()))
    (answer,) = send(stranger, post(patient(number), ifNoneExist=f"identifier={OWN}|{number}"))
    assert answer["status"] == "201 Created"
