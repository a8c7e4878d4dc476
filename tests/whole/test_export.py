"""Bulk export on both databases: what is in it, who gets it, and what closing a record does to it."""

from collections import Counter
from dataclasses import replace

import pytest

from hub.access.shipping import ship
from hub.admission import new_presence_code, patient_by_nik, presence
from hub.errors import HubError
from hub.fhir import json
from hub.model import Principal
from hub.pipeline import choose, delete
from hub.upkeep.exporting import export_next
from tests.whole.calling import bare, online, signed_in
from tests.whole.sending import NIK, A, B, client_of, every, file_of, row, send

SCOPES = ("system/*.cruds",)
AT_A = (row(), row(no_kunjungan="K-2", tanggal_kunjungan="10/03/2026", diagnosis_1="B20", diagnosis_2=""))
AT_B = row(no_kunjungan="B-9", tanggal_kunjungan="12/04/2026", no_rm="BS-1", diagnosis_1="E11.9", diagnosis_2="")
ASYNC = {"Prefer": "respond-async"}


@pytest.fixture
def sent(hub):
    assert send(hub, A, file_of(*AT_A)).counts["accepted"] == 2
    assert send(hub, B, file_of(AT_B)).counts["accepted"] == 1
    return hub


@pytest.fixture
def caller(sent):
    with online(sent) as found:
        yield found


def ordered(hub, caller, headers, address, **body):
    """The manifest of an export, and what is in its files by type."""
    ask = caller.post if body else caller.get
    started = ask(address, headers=headers | ASYNC, **body)
    assert started.status_code == 202, started.text
    status = "/fhir" + started.headers["content-location"].partition("/fhir")[2]
    assert caller.get(status, headers=headers).status_code == 202
    assert export_next(hub)
    manifest = caller.get(status, headers=headers)
    assert manifest.status_code == 200, manifest.text
    return status, manifest.json()


def lines(caller, headers, manifest, kind="output"):
    found = []
    for file in manifest[kind]:
        answer = caller.get("/fhir" + file["url"].partition("/fhir")[2], headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/fhir+ndjson"), answer.text
        found += [json.read(line) for line in answer.content.splitlines()]
    return found


def types(resources):
    return Counter(each["resourceType"] for each in resources)


def diagnoses(caller, headers, manifest):
    return {each["code"]["coding"][0]["code"] for each in lines(caller, headers, manifest)}


def stored(hub, facility, *names):
    return Counter({name: len(every(hub, client_of(facility), name)) for name in names})


def patient_id(hub, facility):
    form = [("identifier", f"https://fhir.kemkes.go.id/id/nik|{NIK}")]
    return next(each["id"] for each in every(hub, client_of(facility), "Patient", *form))


def test_everything_a_facility_authored_and_nothing_else(sent, caller):
    a = signed_in(sent, caller, A, SCOPES)
    _, manifest = ordered(sent, caller, a, "/fhir/$export")
    assert (manifest["requiresAccessToken"], manifest["error"], manifest["deleted"]) == (True, [], [])
    found = lines(caller, a, manifest)
    names = tuple(types(found))
    assert {"Patient", "Encounter", "Condition", "Practitioner"} <= set(names)
    assert types(found) == stored(sent, A, *names)
    assert {file["type"]: file["count"] for file in manifest["output"]} == dict(types(found))
    one = next(each for each in found if each["resourceType"] == "Encounter")
    assert caller.get(f"/fhir/Encounter/{one['id']}", headers=a).json() == json.read(json.write(one))


def test_without_types_what_the_token_covers_and_a_word_on_the_rest(sent, caller):
    a = signed_in(sent, caller, A, ("system/Patient.rs",))
    _, manifest = ordered(sent, caller, a, "/fhir/$export")
    assert types(lines(caller, a, manifest)) == stored(sent, A, "Patient")
    (told,) = lines(caller, a, manifest, "error")
    assert (told["issue"][0]["severity"], told["issue"][0]["details"]["coding"][0]["code"]) == (
        "information",
        "HUB-4462",
    )
    assert "system/Patient.rs" in told["issue"][0]["details"]["text"]
    blind = caller.get("/fhir/$export", headers=signed_in(sent, caller, A, ("system/*.cu",)) | ASYNC)
    assert (blind.status_code, "HUB-4452" in blind.text) == (403, True)


def test_types_filters_and_since(sent, caller):
    a = signed_in(sent, caller, A, SCOPES)
    _, manifest = ordered(sent, caller, a, "/fhir/$export?_type=Condition,Patient&_typeFilter=Condition%3Fcode%3DB20")
    found = lines(caller, a, manifest)
    assert types(found) == {"Condition": 1, "Patient": 1}
    since = "2999-01-01T00:00:00Z"
    assert ordered(sent, caller, a, f"/fhir/$export?_since={since}")[1]["output"] == []


def test_what_was_deleted_since_is_told(sent, caller):
    a = signed_in(sent, caller, A, SCOPES)
    one = every(sent, client_of(A), "Observation")[0]["id"]
    delete(sent, client_of(A), "Observation", one)
    _, manifest = ordered(sent, caller, a, "/fhir/$export?_since=2020-01-01T00:00:00Z&_type=Observation")
    (bundle,) = lines(caller, a, manifest, "deleted")
    assert [entry["request"]["url"] for entry in bundle["entry"]] == [f"Observation/{one}"]
    assert one not in [each["id"] for each in lines(caller, a, manifest)]


def test_a_person_known_elsewhere_only_as_far_as_consent_reaches_when_it_is_fetched(sent, caller):
    b = signed_in(sent, caller, B, SCOPES)
    own = patient_id(sent, B)
    parameters = {"name": "patient", "valueReference": {"reference": f"Patient/{own}"}}
    body = {"json": {"resourceType": "Parameters", "parameter": [parameters]}}
    address = "/fhir/Patient/$export?_type=Condition"
    assert diagnoses(caller, b, ordered(sent, caller, b, address, **body)[1]) == {"E11.9"}
    person = Principal(
        "patient", "patient:siti", "PATRQT", person="patient:siti", compartment=patient_by_nik(sent, NIK)
    )
    choose(sent, person, "optin")
    presence(sent, client_of(B), new_presence_code(sent, person)[0])
    _, opened = ordered(sent, caller, b, address, **body)
    assert diagnoses(caller, b, opened) == {"E11.9", "J06.9", "K30"}, "B20 stays closed"
    choose(sent, person, "optout")
    assert diagnoses(caller, b, opened) == {"E11.9"}, "decided anew at every fetch"


def test_a_group_that_is_hidden_is_absent(sent, caller):
    a, b = signed_in(sent, caller, A, SCOPES), signed_in(sent, caller, B, SCOPES)
    member = {"entity": {"reference": f"Patient/{patient_id(sent, A)}"}}
    group = {"resourceType": "Group", "type": "person", "actual": True, "member": [member]}
    made = caller.post("/fhir/Group", json=group, headers=a | {"Content-Type": "application/fhir+json"}).json()["id"]
    _, manifest = ordered(sent, caller, a, f"/fhir/Group/{made}/$export?_type=Patient,Encounter")
    assert types(lines(caller, a, manifest)) == {"Patient": 1, "Encounter": 2}
    hidden = caller.get(f"/fhir/Group/{made}/$export", headers=b | ASYNC)
    absent = caller.get(f"/fhir/Group/{made[:-1]}0/$export", headers=b | ASYNC)
    assert hidden.status_code == 404
    assert bare(hidden) == bare(absent)


def test_a_job_is_its_clients_alone_and_can_be_called_off(sent, caller):
    a, b = signed_in(sent, caller, A, SCOPES), signed_in(sent, caller, B, SCOPES)
    status, manifest = ordered(sent, caller, a, "/fhir/$export?_type=Patient")
    file = "/fhir" + manifest["output"][0]["url"].partition("/fhir")[2]
    for address in (status, file):
        assert bare(caller.get(address, headers=b))[:2] == bare(caller.get(address[:-1] + "zz", headers=b))[:2]
        assert caller.get(address, headers=b).status_code == 404
    assert caller.request("DELETE", status, headers=b).status_code == 404
    assert caller.request("DELETE", status, headers=a).status_code == 202
    assert caller.get(file, headers=a).status_code == 404


def test_a_file_is_given_out_only_to_a_token_that_covers_its_type(sent, caller):
    a = signed_in(sent, caller, A, SCOPES)
    _, manifest = ordered(sent, caller, a, "/fhir/$export?_type=Patient,Condition")
    narrow = replace(client_of(A), scopes=("system/Patient.rs",))
    for file in manifest["output"]:
        job, number = file["url"].split("/")[-2:]
        if file["type"] == "Patient":
            assert b"".join(ship(sent, narrow, job, int(number)))
            continue
        with pytest.raises(HubError) as refused:
            ship(sent, narrow, job, int(number))
        assert refused.value.issues[0].code == "HUB-4452"


@pytest.mark.parametrize(
    ("scopes", "address", "headers", "code"),
    [
        (SCOPES, "/fhir/$export", {}, (400, "HUB-4457")),
        (SCOPES, "/fhir/$export?_type=Nothing", ASYNC, (400, "HUB-4459")),
        (SCOPES, "/fhir/$export?_outputFormat=csv", ASYNC, (400, "HUB-4459")),
        (SCOPES, "/fhir/$export?_typeFilter=Condition", ASYNC, (400, "HUB-4459")),
        (SCOPES, "/fhir/$export?_typeFilter=Condition%3Fsubject.name%3Dx", ASYNC, (400, "HUB-4454")),
        (SCOPES, "/fhir/$export?_typeFilter=Patient%3F_count%3D1", ASYNC, (400, "HUB-4454")),
        (SCOPES, "/fhir/$export?_typeFilter=", ASYNC, (400, "HUB-4459")),
        (SCOPES, "/fhir/$export?_type=", ASYNC, (400, "HUB-4459")),
        (SCOPES, "/fhir/$export?_type=,", ASYNC, (400, "HUB-4459")),
        (SCOPES, "/fhir/$export?patient=Patient/1", ASYNC, (400, "HUB-4459")),
        (("system/Patient.rs",), "/fhir/$export?_type=Patient,Encounter", ASYNC, (403, "HUB-4452")),
    ],
)
def test_what_is_refused(sent, caller, scopes, address, headers, code):
    answer = caller.get(address, headers=signed_in(sent, caller, A, scopes) | headers)
    found = answer.json()["issue"][0]["details"]["coding"][0]["code"]
    assert (answer.status_code, found) == code, answer.text


def test_one_at_a_time(sent, caller):
    a = signed_in(sent, caller, A, SCOPES)
    assert caller.get("/fhir/$export", headers=a | ASYNC).status_code == 202
    again = caller.get("/fhir/$export", headers=a | ASYNC)
    assert (again.status_code, again.headers["retry-after"]) == (429, "30")
