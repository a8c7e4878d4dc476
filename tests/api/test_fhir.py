"""The FHIR interface end to end over a real hub: what is sent comes back, and what is another's is absent."""

import json
from decimal import Decimal

import pytest

from hub.fhir import json as exact
from hub.model import Key
from tests.api.test_errors import outcome_of

NIK = "6371010101900001"
PATIENT = {
    "resourceType": "Patient",
    "identifier": [{"system": "https://jukung.id/sid/klinik-a/pasien", "value": "RM-1"}],
    "name": [{"text": "Siti Contoh", "family": "Contoh", "given": ["Siti"]}],
    "gender": "female",
    "birthDate": "1990-01-01",
}
ABSENT = "/fhir/Patient/" + "0" * 32


@pytest.fixture
def a(token) -> dict[str, str]:
    return token("klinik-a") | {"Content-Type": "application/fhir+json"}


@pytest.fixture
def b(token) -> dict[str, str]:
    return token("klinik-b") | {"Content-Type": "application/fhir+json"}


@pytest.fixture
def patient(client, a) -> str:
    answer = client.post("/fhir/Patient", json=PATIENT, headers=a)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def weight(patient: str, kg: str = "61.50") -> bytes:
    value = {"value": Decimal(kg), "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}
    return exact.write(
        {
            "resourceType": "Observation",
            "status": "final",
            "category": [
                {
                    "coding": [
                        {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
                    ]
                }
            ],
            "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}], "text": "Berat badan"},
            "subject": {"reference": f"Patient/{patient}"},
            "effectiveDateTime": "2026-11-20T09:00:00+08:00",
            "valueQuantity": value,
        }
    )


def test_create_and_read(client, a):
    created = client.post("/fhir/Patient", json=PATIENT, headers=a)
    assert created.status_code == 201
    id_ = created.json()["id"]
    assert created.headers["location"] == f"https://hub.test/fhir/Patient/{id_}/_history/1"
    assert created.headers["etag"] == 'W/"1"'
    read = client.get(f"/fhir/Patient/{id_}", headers=a)
    assert read.content == created.content
    assert read.headers["content-type"] == "application/fhir+json"
    assert read.headers["last-modified"].endswith("GMT")
    assert {name: read.json()[name] for name in PATIENT} == PATIENT
    assert client.get(f"/fhir/Patient/{id_}", headers=a | {"If-None-Match": 'W/"1"'}).status_code == 304


@pytest.mark.parametrize(
    ("prefer", "kind"), [("return=minimal", None), ("return=OperationOutcome", "OperationOutcome"), ("", "Patient")]
)
def test_prefer(client, a, prefer, kind):
    answer = client.post("/fhir/Patient", json=PATIENT, headers=a | {"Prefer": prefer})
    assert answer.status_code == 201
    assert (answer.json()["resourceType"] if answer.content else None) == kind


def test_if_none_exist(client, a):
    conditional = a | {"If-None-Exist": "identifier=https://jukung.id/sid/klinik-a/pasien|RM-1"}
    first = client.post("/fhir/Patient", json=PATIENT, headers=conditional)
    again = client.post("/fhir/Patient", json=PATIENT, headers=conditional)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]


def test_update_versions_and_history(client, a, patient):
    changed = PATIENT | {"id": patient, "gender": "male"}
    url = f"/fhir/Patient/{patient}"
    stale = client.put(url, json=changed, headers=a | {"If-Match": 'W/"7"'})
    assert stale.status_code == 412
    done = client.put(url, json=changed, headers=a | {"If-Match": 'W/"1"'})
    assert (done.status_code, done.headers["etag"]) == (200, 'W/"2"')
    assert client.put(url, json=changed, headers=a).headers["etag"] == 'W/"2"'
    assert client.get(f"{url}/_history/1", headers=a).json()["gender"] == "female"
    assert client.get(f"{url}/_history/2", headers=a).json()["gender"] == "male"
    outcome_of(client.get(f"{url}/_history/3", headers=a), 404, "HUB-4101")
    outcome_of(client.get(f"{url}/_history/x", headers=a), 404, "HUB-4101")
    bundle = client.get(f"{url}/_history?_count=1", headers=a).json()
    assert (bundle["type"], bundle["total"], bundle["entry"][0]["response"]["etag"]) == ("history", 2, 'W/"2"')
    following = next(link["url"] for link in bundle["link"] if link["relation"] == "next")
    older = client.get(following.removeprefix("https://hub.test"), headers=a).json()
    assert [entry["resource"]["gender"] for entry in older["entry"]] == ["female"]
    assert older["entry"][0]["request"] == {"method": "POST", "url": "Patient"}


def test_update_of_the_wrong_thing(client, a, patient):
    outcome_of(client.put(f"/fhir/Patient/{patient}", json=PATIENT | {"id": "x"}, headers=a), 400, "HUB-3112")
    outcome_of(client.put(f"/fhir/Patient/{patient}", json=PATIENT, headers=a), 400, "HUB-3122")


def test_ids_are_the_hubs_and_a_put_says_so(client, a, b, patient):
    chosen, anothers = "mine-1", patient
    answers = [
        client.put(f"/fhir/Patient/{id_}", json=PATIENT | {"id": id_}, headers=b | {"Accept-Language": "en"})
        for id_ in (chosen, "0" * 32, anothers)
    ]
    for answer in answers:
        told = outcome_of(answer, 404, "HUB-4101")["issue"]
        assert [each["severity"] for each in told] == ["error", "information"]
        assert "PUT Type?identifier=" in told[1]["diagnostics"]
    assert len({answer.content for answer in answers}) == 1, "whether it exists is not told"


def test_an_update_that_wants_nothing_to_be_there(client, a, patient):
    one = a | {"If-None-Match": "*"}
    outcome_of(client.put(f"/fhir/Patient/{patient}", json=PATIENT | {"id": patient}, headers=one), 412, "HUB-3125")
    outcome_of(client.put(ABSENT, json=PATIENT | {"id": "0" * 32}, headers=one), 404, "HUB-4101")
    known = "/fhir/Patient?identifier=https://jukung.id/sid/klinik-a/pasien|"
    outcome_of(client.put(f"{known}RM-1", json=PATIENT, headers=one), 412, "HUB-3125")
    other = PATIENT | {"identifier": [{"system": "https://jukung.id/sid/klinik-a/pasien", "value": "RM-2"}]}
    assert client.put(f"{known}RM-2", json=other, headers=one).status_code == 201
    odd = a | {"If-None-Match": 'W/"1"'}
    outcome_of(client.put(f"/fhir/Patient/{patient}", json=PATIENT | {"id": patient}, headers=odd), 400, "HUB-5814")


def test_a_code_outside_its_value_set_is_told_which_there_are(client, a):
    english = a | {"Accept-Language": "en"}
    body = outcome_of(client.post("/fhir/Patient", json=PATIENT | {"gender": "x"}, headers=english), 422, "HUB-1113")
    told = body["issue"][0]["diagnostics"]
    assert "http://hl7.org/fhir/ValueSet/administrative-gender: female, male, other, unknown." in told
    bare = PATIENT | {"text": {"status": "generated", "div": "<div>Siti</div>"}}
    outcome_of(client.post("/fhir/Patient", json=bare, headers=a), 422, "HUB-1123")
    empty = PATIENT | {"text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"> </div>'}}
    assert "HUB-1123" not in client.post("/fhir/Patient", json=empty, headers=a).text


def test_decimals_survive(client, a, patient):
    created = client.post("/fhir/Observation", content=weight(patient), headers=a)
    assert created.status_code == 201, created.text
    assert b'"value":61.50' in client.get("/fhir/Observation/" + created.json()["id"], headers=a).content


def test_anothers_resource_is_absent(client, a, b, patient):
    """C-01, C-02: the same bytes as for what does not exist."""
    for path in (
        f"/fhir/Patient/{patient}",
        f"/fhir/Patient/{patient}/_history",
        f"/fhir/Patient/{patient}/_history/1",
    ):
        hidden = client.get(path, headers=b)
        missing = client.get(path.replace(patient, "0" * 32), headers=b)
        assert (hidden.status_code, hidden.content) == (404, missing.content)
    hidden = client.put(f"/fhir/Patient/{patient}", json=PATIENT | {"id": patient}, headers=b)
    missing = client.put(ABSENT, json=PATIENT | {"id": "0" * 32}, headers=b)
    assert (hidden.status_code, hidden.content) == (404, missing.content)


def test_search_and_pages(client, a, b, patient):
    for number in range(5):
        client.post("/fhir/Observation", content=weight(patient, f"6{number}.0"), headers=a)
    url, found, pages = f"/fhir/Observation?patient={patient}&_count=2", [], 0
    while url:
        bundle = client.get(url, headers=a).json()
        assert (bundle["type"], bundle["total"]) == ("searchset", 5)
        found += [entry["resource"]["id"] for entry in bundle["entry"]]
        following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
        if following:
            outcome_of(client.get(following[0].removeprefix("https://hub.test"), headers=b), 400, "HUB-4104")
        url = following[0].removeprefix("https://hub.test") if following else ""
        pages += 1
    assert (len(set(found)), pages) == (5, 3)
    assert client.get(f"/fhir/Observation?patient={patient}", headers=b).json()["total"] == 0


def test_search_by_form(client, a):
    person = PATIENT | {"identifier": [{"system": "https://fhir.kemkes.go.id/id/nik", "value": NIK}]}
    assert client.post("/fhir/Patient", json=person, headers=a).status_code == 201
    form = {"identifier": f"https://fhir.kemkes.go.id/id/nik|{NIK}"}
    headers = {"Authorization": a["Authorization"]}
    bundle = client.post("/fhir/Patient/_search", data=form, headers=headers).json()
    assert bundle["total"] == 1
    assert bundle["entry"][0]["resource"]["identifier"][0]["value"] == NIK
    assert all(NIK not in link["url"] for link in bundle["link"])


def test_unknown_parameters(client, a):
    strict = client.get("/fhir/Patient?favourite=x", headers=a)
    assert strict.status_code == 400
    assert client.get("/fhir/Patient?favourite=x", headers=a | {"Prefer": "handling=lenient"}).status_code == 200


@pytest.mark.parametrize("kind", ["transaction", "batch"])
def test_bundles(client, a, kind):
    entries = [
        {
            "fullUrl": "urn:uuid:6f2c9f0e-8f5d-4c6e-9d0e-000000000001",
            "resource": PATIENT,
            "request": {"method": "POST", "url": "Patient"},
        }
    ]
    if kind == "transaction":
        observation = json.loads(weight("x"))
        observation["subject"] = {"reference": entries[0]["fullUrl"]}
        entries.append({"resource": observation, "request": {"method": "POST", "url": "Observation"}})
    answer = client.post("/fhir", json={"resourceType": "Bundle", "type": kind, "entry": entries}, headers=a)
    assert answer.status_code == 200, answer.text
    assert answer.json()["type"] == f"{kind}-response"
    assert {entry["response"]["status"][:3] for entry in answer.json()["entry"]} == {"201"}


def test_validate_stores_nothing(client, a):
    wrong = PATIENT | {"gender": "perempuan"}
    told = client.post("/fhir/Patient/$validate", json=wrong, headers=a)
    assert told.status_code == 200
    assert {issue["severity"] for issue in told.json()["issue"]} >= {"error"}
    assert told.json()["issue"][0]["expression"] == ["Patient.gender"]
    parameters = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": PATIENT}]}
    for body in (PATIENT, parameters):
        fine = client.post("/fhir/$validate", json=body, headers=a).json()
        assert {issue["severity"] for issue in fine["issue"]} <= {"information", "warning"}
    refused = client.post("/fhir/Patient", json=wrong, headers=a)
    assert refused.status_code == 422
    assert client.get("/fhir/Patient", headers=a).json()["total"] == 0


@pytest.mark.parametrize("wrong", [{}, {"gender": "perempuan"}])
def test_an_update_of_what_is_not_ones_own_says_only_that(client, a, hub, wrong):
    """Whatever is wrong with the body, and whether or not the id could be one of the hub's."""
    told = set()
    for id_ in (hub.ids.encode(Key(5, 5)), "0" * 32, "f" * 32, "1" * 32, "RM-1"):
        body = PATIENT | wrong | {"id": id_}
        entry = {"resource": body, "request": {"method": "PUT", "url": f"Patient/{id_}"}}
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
        for answer in (
            client.put(f"/fhir/Patient/{id_}", json=body, headers=a),
            client.post("/fhir", json=bundle, headers=a),
        ):
            assert answer.status_code == 404, answer.text
            told.add(answer.json()["issue"][0]["details"]["text"])
    assert len(told) == 1


def test_metadata_is_a_valid_resource(client, a):
    statement = client.get("/fhir/metadata")
    assert statement.status_code == 200
    found = client.post("/fhir/CapabilityStatement/$validate", content=statement.content, headers=a).json()
    assert [issue for issue in found["issue"] if issue["severity"] in ("error", "fatal")] == []
    patient = next(each for each in statement.json()["rest"][0]["resource"] if each["type"] == "Patient")
    assert {"_id", "_lastUpdated", "identifier", "name", "birthdate"} <= {p["name"] for p in patient["searchParam"]}
