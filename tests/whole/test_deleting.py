"""DELETE over HTTP on both databases: tombstones, 410, history, coming back, conditions, races, what stays hidden."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.access import seen
from hub.errors import Category, HubError
from hub.model import Principal
from hub.pipeline import delete, update
from tests.whole.calling import bare, signed_in
from tests.whole.sending import A, B, client_of, counts, every, file_of, row, send

SYSTEM = "https://klinik.test/id"
PATIENT = {
    "resourceType": "Patient",
    "identifier": [{"system": SYSTEM, "value": "P-1"}],
    "name": [{"text": "Noor Aida"}],
    "gender": "female",
    "birthDate": "1991-02-03",
}
ALL = ("system/*.cruds",)


def condition_for(patient, code="J06.9"):
    return {
        "resourceType": "Condition",
        "identifier": [{"system": SYSTEM, "value": f"D-{code}"}],
        "subject": {"reference": f"Patient/{patient}"},
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": code}]},
        "recordedDate": "2026-02-03",
    }


def made(caller, headers, resource):
    answer = caller.post(f"/fhir/{resource['resourceType']}", json=resource, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def codes(answer):
    return [coding["code"] for issue in answer.json()["issue"] for coding in issue["details"]["coding"]]


@pytest.fixture
def patient(caller, a):
    return made(caller, a, PATIENT)


def test_a_deleted_record_is_gone_stays_in_its_history_and_comes_back(hub, caller, a, patient):
    id_ = made(caller, a, condition_for(patient))
    url = f"/fhir/Condition/{id_}"
    stale = caller.request("DELETE", url, headers=a | {"If-Match": 'W/"7"'})
    assert stale.status_code == 412
    done = caller.request("DELETE", url, headers=a | {"If-Match": 'W/"1"'})
    assert (done.status_code, done.content, done.headers["etag"]) == (204, b"", 'W/"2"')
    read = caller.get(url, headers=a)
    assert (read.status_code, codes(read)) == (410, ["HUB-4301"])
    assert caller.get(f"{url}/_history/2", headers=a).status_code == 410
    assert caller.get(f"{url}/_history/1", headers=a).json()["code"]["coding"][0]["code"] == "J06.9"
    assert caller.get(f"/fhir/Condition?patient={patient}", headers=a).json()["total"] == 0
    assert caller.get(f"/fhir/Condition?identifier={SYSTEM}|D-J06.9", headers=a).json()["total"] == 0
    before = counts(hub)
    again = caller.request("DELETE", url, headers=a)
    assert (again.status_code, again.headers["etag"]) == (204, 'W/"2"')
    assert counts(hub)["history"] == before["history"]
    back = caller.put(url, json=condition_for(patient) | {"id": id_}, headers=a)
    assert (back.status_code, back.headers["etag"]) == (201, 'W/"3"')
    entries = caller.get(f"{url}/_history", headers=a).json()["entry"]
    assert [entry["request"]["method"] for entry in entries] == ["PUT", "DELETE", "POST"]
    assert "resource" not in entries[1]
    assert entries[1]["response"]["status"].startswith("204")
    assert caller.get(f"/fhir/Condition?patient={patient}", headers=a).json()["total"] == 1


def test_a_patient_with_records_and_what_others_point_to_are_not_deleted_first(hub, caller, a, patient):
    encounter = {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": f"Patient/{patient}"},
        "period": {"start": "2026-02-03"},
    }
    visit = made(caller, a, encounter)
    id_ = made(caller, a, condition_for(patient) | {"encounter": {"reference": f"Encounter/{visit}"}})
    for url, code, named in (
        (f"/fhir/Patient/{patient}", "HUB-3311", "1 Condition, 1 Encounter"),
        (f"/fhir/Encounter/{visit}", "HUB-3310", "1 Condition"),
    ):
        refused = caller.request("DELETE", url, headers=a)
        assert (refused.status_code, codes(refused)) == (409, [code])
        assert f"({named})" in refused.text
        assert caller.get(url, headers=a).status_code == 200
    entries = [
        {"request": {"method": "DELETE", "url": url}}
        for url in (f"Patient/{patient}", f"Encounter/{visit}", f"Condition/{id_}")
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    done = caller.post("/fhir", json=bundle, headers=a)
    assert [each["response"]["status"] for each in done.json()["entry"]] == ["204 No Content"] * 3, done.text
    assert caller.get(f"/fhir/Patient/{patient}", headers=a).status_code == 410
    late = caller.post("/fhir/Condition", json=condition_for(patient), headers=a)
    assert (late.status_code, codes(late)) == (422, ["HUB-3101"])
    assert caller.get("/fhir/Patient", headers=a).json()["total"] == 0


def test_another_facilitys_record_and_none_at_all_are_the_same(hub, caller, a, patient):
    b = signed_in(hub, caller, B, ALL)
    hidden = caller.request("DELETE", f"/fhir/Patient/{patient}", headers=b)
    absent = caller.request("DELETE", f"/fhir/Patient/{'0' * 32}", headers=b)
    assert bare(hidden) == bare(absent)
    assert hidden.status_code == 404
    caller.request("DELETE", f"/fhir/Patient/{patient}", headers=a)
    for method in ("GET", "DELETE"):
        hidden = caller.request(method, f"/fhir/Patient/{patient}", headers=b)
        assert bare(hidden) == bare(caller.request(method, f"/fhir/Patient/{'0' * 32}", headers=b)), method


def test_a_preferred_answer(caller, a, patient):
    id_ = made(caller, a, condition_for(patient))
    told = caller.request("DELETE", f"/fhir/Condition/{id_}", headers=a | {"Prefer": "return=OperationOutcome"})
    assert (told.status_code, told.headers["etag"]) == (200, 'W/"2"')
    assert "HUB-5830" in told.text
    again = caller.request("DELETE", f"/fhir/Condition/{id_}", headers=a | {"Prefer": "return=representation"})
    assert (again.status_code, again.content) == (204, b"")


def test_without_the_scope_nothing_is_deleted(hub, caller, a, patient):
    weak = signed_in(hub, caller, A, ("system/*.crus",)) | {"Content-Type": "application/fhir+json"}
    assert caller.request("DELETE", f"/fhir/Patient/{patient}", headers=weak).status_code == 403
    entry = {"request": {"method": "DELETE", "url": f"Patient/{patient}"}}
    for kind in ("batch", "transaction"):
        told = caller.post("/fhir", json={"resourceType": "Bundle", "type": kind, "entry": [entry]}, headers=weak)
        status = told.json()["entry"][0]["response"]["status"][:3] if kind == "batch" else str(told.status_code)
        assert status == "403"
    assert caller.get(f"/fhir/Patient/{patient}", headers=weak).status_code == 200


def test_the_patient_sees_who_deleted(hub, caller, a, patient):
    id_ = made(caller, a, condition_for(patient))
    caller.request("DELETE", f"/fhir/Condition/{id_}", headers=a)
    caller.request("DELETE", f"/fhir/Condition/{id_}", headers=signed_in(hub, caller, B, ALL))
    home = hub.ids.decode(patient).compartment
    looks = seen(hub, Principal("patient", "p", "PATRQT", compartment=home, person="p"))
    told = [(look.event, look.outcome, look.facility) for look in looks if look.event == "delete"]
    assert sorted(each[:2] for each in told) == [("delete", "deny"), ("delete", "permit")]


def test_conditional_delete_takes_one_and_refuses_several(hub, caller, a, patient):
    for code in ("J06.9", "I10"):
        made(caller, a, condition_for(patient, code))
    many = caller.request("DELETE", f"/fhir/Condition?patient={patient}", headers=a)
    assert (many.status_code, codes(many)) == (412, ["HUB-3312"])
    none = caller.request("DELETE", f"/fhir/Condition?identifier={SYSTEM}|X", headers=a)
    assert (none.status_code, "etag" in none.headers) == (204, False)
    one = caller.request("DELETE", f"/fhir/Condition?patient={patient}&code=I10", headers=a)
    assert (one.status_code, one.headers["etag"]) == (204, 'W/"2"')
    left = caller.get(f"/fhir/Condition?patient={patient}", headers=a).json()
    assert [each["resource"]["code"]["coding"][0]["code"] for each in left["entry"]] == ["J06.9"]
    bare_type = caller.request("DELETE", "/fhir/Condition", headers=a)
    assert (bare_type.status_code, codes(bare_type)) == (412, ["HUB-3313"])
    unknown = caller.request("DELETE", "/fhir/Condition?favourite=1", headers=a)
    assert unknown.status_code == 412
    assert caller.request("DELETE", "/fhir/Condition?_count=1", headers=a).status_code == 412


def test_a_transaction_deletes_and_stores_at_once_or_not_at_all(hub, caller, a, patient):
    old = made(caller, a, condition_for(patient))
    entries = [
        {"resource": condition_for(patient, "I10"), "request": {"method": "POST", "url": "Condition"}},
        {"request": {"method": "DELETE", "url": f"Condition/{old}"}},
    ]

    def sent(*more, kind="transaction"):
        return caller.post(
            "/fhir", json={"resourceType": "Bundle", "type": kind, "entry": [*entries, *more]}, headers=a
        )

    broken = {"resource": {"resourceType": "Condition"}, "request": {"method": "POST", "url": "Condition"}}
    assert sent(broken).status_code == 422
    twice = sent({"request": {"method": "DELETE", "url": f"Condition?identifier={SYSTEM}|D-J06.9"}})
    assert (twice.status_code, codes(twice)) == (400, ["HUB-3121"])
    both = sent(
        {"resource": condition_for(patient) | {"id": old}, "request": {"method": "PUT", "url": f"Condition/{old}"}}
    )
    assert (both.status_code, codes(both)) == (400, ["HUB-3121"])
    pointing = condition_for(patient, "K30") | {
        "evidence": [{"detail": [{"reference": f"Condition/{old}"}]}],
    }
    refused = sent({"resource": pointing, "request": {"method": "POST", "url": "Condition"}})
    assert (refused.status_code, codes(refused)) == (422, ["HUB-3101"])
    assert caller.get(f"/fhir/Condition/{old}", headers=a).status_code == 200
    assert caller.get("/fhir/Condition", headers=a).json()["total"] == 1
    assert [each["response"]["status"] for each in sent().json()["entry"]] == ["201 Created", "204 No Content"]
    assert caller.get(f"/fhir/Condition/{old}", headers=a).status_code == 410
    told = sent(kind="batch").json()["entry"]
    assert [each["response"]["status"][:3] for each in told] == ["201", "204"]


def test_a_file_brings_back_what_was_deleted(hub):
    who = client_of(A)
    send(hub, A, file_of(row()))
    condition = every(hub, who, "Condition")[0]["id"]
    delete(hub, who, "Condition", condition)
    assert len(every(hub, who, "Condition")) == 1
    assert send(hub, A, file_of(row())).counts["corrected"] == 1
    assert condition in {each["id"] for each in every(hub, who, "Condition")}


def test_a_deleted_patient_is_compared_with_nobody(hub, caller, a, patient):
    with hub.store.reading() as tx:
        home = hub.ids.decode(patient).compartment
        before = tx.content_lines()
    caller.request("DELETE", f"/fhir/Patient/{patient}", headers=a)
    name = {"family": "Aida"}
    other = PATIENT | {"identifier": [{"system": SYSTEM, "value": "P-2"}], "name": [{"text": "Noor Aida", **name}]}
    made(caller, a, other)
    with hub.store.reading() as tx:
        assert tx.links([home]) == []
        assert len(tx.content_lines()) == len(before)


def test_a_delete_that_races_an_update_ends_as_one_after_the_other(hub, caller, a, patient):
    who = client_of(A)
    body = json.loads(json.dumps(PATIENT)) | {"id": patient}

    def write(number):
        try:
            if number % 2:
                return "deleted", delete(hub, who, "Patient", patient).version
            changed = body | {"gender": "male" if number % 4 else "female", "birthDate": f"1991-02-{number + 1:02}"}
            return "updated", update(hub, who, "Patient", patient, changed).version
        except HubError as error:
            if error.category is not Category.BUSY:
                raise
            return "busy", 0

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(write, range(16)))
    with hub.store.reading() as tx:
        versions = tx.versions(hub.ids.decode(patient))
    numbers = [version.version for version in versions]
    assert numbers == list(range(len(numbers), 0, -1)), "no version is lost or taken twice"
    updates = sorted(version for kind, version in done if kind == "updated")
    assert len(updates) == len(set(updates)), "each update is a version of its own"
    tombstones = {version.version for version in versions if version.is_deleted}
    assert {version for kind, version in done if kind == "deleted"} == tombstones
    assert not {each + 1 for each in tombstones} & tombstones, "what is deleted is not deleted again"


def test_of_two_with_the_same_expectation_one_wins(hub, caller, a, patient):
    who = client_of(A)

    def write(is_deletion):
        try:
            if is_deletion:
                return delete(hub, who, "Patient", patient, 1).version
            return update(hub, who, "Patient", patient, PATIENT | {"id": patient, "gender": "male"}, 1).version
        except HubError as error:
            if error.category is not Category.PRECONDITION:
                raise
            return None

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(write, (True, False)))
    assert sorted(done, key=bool) == [None, 2]
