"""Conditional create and update as R4 means them, on both databases, also for many at one moment."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.access.costs import Budget
from hub.errors import Category, HubError
from hub.pipeline import create, update_where
from tests.whole.calling import signed_in
from tests.whole.sending import A, B, client_of, counts, every, file_of, row, send

SYSTEM = "https://klinik.test/id"
PATIENT = {
    "resourceType": "Patient",
    "identifier": [{"system": SYSTEM, "value": "P-1"}],
    "name": [{"text": "Noor Aida"}],
    "gender": "female",
    "birthDate": "1991-02-03",
}


def codes(answer):
    return [coding["code"] for issue in answer.json()["issue"] for coding in issue["details"]["coding"]]


@pytest.mark.parametrize("query", [f"identifier={SYSTEM}|P-1", "name=aida&birthdate=1991-02-03", "identifier=P-1"])
def test_none_makes_one_one_is_answered_and_many_are_refused(hub, caller, a, query):
    headers = a | {"If-None-Exist": query}
    first = caller.post("/fhir/Patient", json=PATIENT, headers=headers)
    assert first.status_code == 201, first.text
    before = counts(hub)
    again = caller.post("/fhir/Patient", json=PATIENT | {"gender": "male"}, headers=headers)
    assert (again.status_code, again.headers["etag"]) == (200, 'W/"1"')
    assert again.headers["location"] == first.headers["location"]
    assert again.json()["gender"] == "female"
    assert counts(hub)["resource"] == before["resource"]
    entry = {"resource": PATIENT, "request": {"method": "POST", "url": "Patient", "ifNoneExist": query}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry, entry]}
    done = caller.post("/fhir", json=bundle, headers=a).json()["entry"]
    assert [each["response"]["status"] for each in done] == ["200 OK", "200 OK"]
    caller.post("/fhir/Patient", json=PATIENT, headers=a)
    if query != f"identifier={SYSTEM}|P-1":  # that one is claimed by the first
        many = caller.post("/fhir/Patient", json=PATIENT, headers=headers)
        assert (many.status_code, codes(many)) == (412, ["HUB-3107"])
    other = signed_in(hub, caller, B) | {"Content-Type": "application/fhir+json", "If-None-Exist": query}
    assert caller.post("/fhir/Patient", json=PATIENT, headers=other).status_code == 201, "B knows nothing of A's"


def test_two_entries_of_one_new_condition_are_one(hub, caller, a):
    entry = {"resource": PATIENT, "request": {"method": "POST", "url": "Patient", "ifNoneExist": "name=aida"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry, entry]}
    done = caller.post("/fhir", json=bundle, headers=a).json()["entry"]
    assert [each["response"]["status"] for each in done] == ["201 Created", "200 OK"]
    assert len(every(hub, client_of(A), "Patient")) == 1


@pytest.mark.parametrize("query", ["favourite=x", "_count=3", "birthdate=kemarin", "identifier=&x=1"])
def test_a_condition_that_asks_for_nothing_stores_nothing(hub, caller, a, query):
    refused = caller.post("/fhir/Patient", json=PATIENT, headers=a | {"If-None-Exist": query})
    assert refused.status_code in (400, 412), refused.text
    assert caller.put(f"/fhir/Patient?{query}", json=PATIENT, headers=a).status_code in (400, 412)
    assert counts(hub)["resource"] == 0


@pytest.mark.parametrize("query", [f"identifier={SYSTEM}|P-1", "name=aida"])
def test_conditional_update(hub, caller, a, query):
    url = f"/fhir/Patient?{query}"
    made = caller.put(url, json=PATIENT, headers=a)
    assert (made.status_code, made.headers["etag"]) == (201, 'W/"1"'), made.text
    same = caller.put(url, json=PATIENT, headers=a)
    assert (same.status_code, same.headers["etag"]) == (200, 'W/"1"')
    changed = caller.put(url, json=PATIENT | {"gender": "male"}, headers=a | {"If-Match": 'W/"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, 'W/"2"')
    assert changed.json()["id"] == made.json()["id"]
    stale = caller.put(url, json=PATIENT, headers=a | {"If-Match": 'W/"1"'})
    assert (stale.status_code, codes(stale)) == (412, ["HUB-3106"])
    right = caller.put(url, json=PATIENT | {"id": made.json()["id"]}, headers=a)
    assert (right.status_code, right.headers["etag"]) == (200, 'W/"3"')
    wrong = caller.put(url, json=PATIENT | {"id": "0" * 32}, headers=a)
    assert (wrong.status_code, codes(wrong)) == (400, ["HUB-3112"])
    new = caller.put(f"/fhir/Patient?identifier={SYSTEM}|P-9", json=PATIENT | {"id": "mine"}, headers=a)
    assert (new.status_code, codes(new)) == (404, ["HUB-4101"])
    caller.post("/fhir/Patient", json=PATIENT, headers=a)
    many = caller.put("/fhir/Patient?birthdate=1991-02-03", json=PATIENT, headers=a)
    assert (many.status_code, codes(many)) == (412, ["HUB-3312"])


def test_conditional_update_in_bundles(hub, caller, a):
    entry = {"resource": PATIENT, "request": {"method": "PUT", "url": f"Patient?identifier={SYSTEM}|P-1"}}
    for kind, status in (("transaction", "201 Created"), ("batch", "200 OK")):
        bundle = {"resourceType": "Bundle", "type": kind, "entry": [entry]}
        done = caller.post("/fhir", json=bundle, headers=a)
        assert done.json()["entry"][0]["response"]["status"] == status, done.text
    id_ = every(hub, client_of(A), "Patient")[0]["id"]
    direct = {
        "resource": PATIENT | {"id": id_, "gender": "male"},
        "request": {"method": "PUT", "url": f"Patient/{id_}"},
    }
    both = caller.post(
        "/fhir", json={"resourceType": "Bundle", "type": "transaction", "entry": [entry, direct]}, headers=a
    )
    assert (both.status_code, codes(both)) == (400, ["HUB-3121"])
    assert every(hub, client_of(A), "Patient")[0]["gender"] == "female"


def test_a_conditional_update_of_what_a_file_sent_on_the_same_day_is_kept(hub):
    who = client_of(A)
    send(hub, A, file_of(row()))
    sent = every(hub, who, "Patient")[0]
    changed = {k: v for k, v in sent.items() if k not in ("id", "meta")} | {"gender": "male"}
    system, value = sent["identifier"][0]["system"], sent["identifier"][0]["value"]
    done = update_where(hub, who, "Patient", f"identifier={system}|{value}", changed)
    assert (done.outcome, done.version, done.id) == ("corrected", 2, sent["id"])


def test_a_deleted_one_is_made_again(hub, caller, a):
    headers = a | {"If-None-Exist": f"identifier={SYSTEM}|P-1"}
    first = caller.post("/fhir/Patient", json=PATIENT, headers=headers)
    caller.request("DELETE", f"/fhir/Patient/{first.json()['id']}", headers=a)
    again = caller.post("/fhir/Patient", json=PATIENT, headers=headers)
    assert (again.status_code, again.json()["name"]) == (201, PATIENT["name"])
    assert len(every(hub, client_of(A), "Patient")) == 1


@pytest.mark.parametrize("query", [f"identifier={SYSTEM}|P-1", "name=aida&birthdate=1991-02-03"])
def test_many_alike_at_one_moment_make_one(hub, query):
    who = client_of(A)

    def one(number):
        try:
            if number % 2:
                return create(hub, who, dict(PATIENT), query).outcome
            return update_where(hub, who, "Patient", query, dict(PATIENT)).outcome
        except HubError as error:
            if error.category is not Category.BUSY:
                raise
            return "busy"

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(one, range(12)))
    assert done.count("created") == 1
    assert set(done) <= {"created", "unchanged", "busy"}
    assert counts(hub)["resource"] == 1


WRITING = ("system/Patient.cu", "system/Condition.cu", "system/Observation.cud")
HAS = "_id=x&_has:Condition:patient:code=B20"
CONDITION = {"resourceType": "Condition", "code": {"text": "Batuk"}}


@pytest.mark.parametrize(
    ("query", "scopes", "status"),
    [
        (f"identifier={SYSTEM}|P-9", (), 201),
        (f"identifier={SYSTEM}%7CP-9", (), 201),
        ("identifier=P-9", (), 403),
        ("name=tidak", (), 403),
        ("name=tidak", ("system/Patient.s",), 201),
        (HAS, ("system/Patient.s",), 403),
        (HAS, ("system/Patient.s", "system/Condition.s"), 201),
        ("organization.name=x", ("system/Patient.s",), 403),
        ("organization.name=x", ("system/Patient.s", "system/Organization.s"), 201),
    ],
)
def test_a_condition_needs_the_scope_of_its_search(hub, caller, query, scopes, status):
    headers = signed_in(hub, caller, A, WRITING + scopes) | {"Content-Type": "application/fhir+json"}
    patient = PATIENT | {"identifier": [{"system": SYSTEM, "value": "P-9"}]}
    entry = {"resource": patient, "request": {"method": "POST", "url": "Patient", "ifNoneExist": query}}
    if status == 403:
        for kind in ("batch", "transaction"):
            done = caller.post(
                "/fhir", json={"resourceType": "Bundle", "type": kind, "entry": [entry]}, headers=headers
            )
            told = done.json()["entry"][0]["response"]["outcome"] if kind == "batch" else done.json()
            assert told["issue"][0]["details"]["coding"][0]["code"] == "HUB-5003"
        put = caller.put(f"/fhir/Patient?{query}", json=patient, headers=headers)
        assert (put.status_code, codes(put)) == (403, ["HUB-5003"])
    done = caller.post("/fhir/Patient", json=patient, headers=headers | {"If-None-Exist": query})
    assert done.status_code == status, done.text


@pytest.mark.parametrize(
    ("query", "scopes", "status"),
    [
        (f"identifier={SYSTEM}|P-1", (), 201),
        ("name=aida", (), 403),
        ("name=aida", ("system/Patient.s",), 201),
        ("name=aida&_has:Condition:patient:code=B20", ("system/Patient.s",), 403),
    ],
)
def test_a_conditional_reference_needs_the_scope_of_its_search(hub, caller, a, query, scopes, status):
    assert caller.post("/fhir/Patient", json=PATIENT, headers=a).status_code == 201
    headers = signed_in(hub, caller, A, WRITING + scopes) | {"Content-Type": "application/fhir+json"}
    condition = CONDITION | {"subject": {"reference": f"Patient?{query}"}}
    bodies = [json.dumps(condition), json.dumps(condition).replace("?", "\\u003f")]
    answers = [caller.post("/fhir/Condition", content=body, headers=headers) for body in bodies]
    entry = {"resource": condition, "request": {"method": "POST", "url": "Condition"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    answers.append(caller.post("/fhir", json=bundle, headers=headers))
    wanted = [status, status, 403 if status == 403 else 200]
    assert [answer.status_code for answer in answers] == wanted, answers[0].text


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "/subject/reference", "value": "Patient?name=aida"},
        {"op": "replace", "path": "/subject", "value": {"reference": "Patient?name=aida"}},
        {"op": "copy", "path": "/subject/reference", "from": "/code/text"},
    ],
)
def test_a_patch_and_a_deletion_search_no_more_than_their_scopes(hub, caller, a, operation):
    subject = caller.post("/fhir/Patient", json=PATIENT, headers=a).json()["id"]
    condition = {"resourceType": "Condition", "code": {"text": "Patient?name=aida"}}
    sent = condition | {"subject": {"reference": f"Patient/{subject}"}}
    id_ = caller.post("/fhir/Condition", json=sent, headers=a).json()["id"]
    headers = signed_in(hub, caller, A, ("system/Condition.crud", "system/Patient.crud"), "narrow")
    patch = headers | {"Content-Type": "application/json-patch+json"}
    for address in (f"Condition/{id_}", "Condition?code=x"):
        refused = caller.request("PATCH", f"/fhir/{address}", json=[operation], headers=patch)
        assert (refused.status_code, codes(refused)) == (403, ["HUB-5003"])
    gone = caller.request("DELETE", "/fhir/Patient?name=aida", headers=headers)
    assert (gone.status_code, codes(gone)) == (403, ["HUB-5003"])
    assert caller.get(f"/fhir/Patient/{subject}", headers=a).status_code == 200


def entries(*requests):
    return {"resourceType": "Bundle", "type": "transaction", "entry": [{"request": each} for each in requests]}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_conditions_of_one_write_look_at_no_more_than_one_search_may(hub, caller, a, method, monkeypatch):
    """Other writes wait for them."""
    patients = [PATIENT | {"identifier": [{"system": SYSTEM, "value": f"P-{n}"}]} for n in range(8)]
    for patient in patients:
        assert caller.post("/fhir/Patient", json=patient, headers=a).status_code == 201
    monkeypatch.setattr(Budget.__init__, "__defaults__", (40, 100))

    def asked(count):
        found = entries()
        for number in range(count):
            query = f"name:contains=zzq{number}"
            request = {"method": method, "url": "Patient" if method == "POST" else f"Patient?{query}"}
            if method == "POST":
                request["ifNoneExist"] = query
            entry = {"request": request}
            if method in ("POST", "PUT"):
                entry["resource"] = PATIENT
            found["entry"].append(entry)
        return caller.post("/fhir", json=found, headers=a)

    few, many = asked(5), asked(6)  # five times eight are opened
    assert codes(many) == ["HUB-4113"], many.text
    assert many.status_code == 422
    assert few.status_code == 200, few.text


def test_so_many_conditions_of_one_write_are_searches_and_any_number_identifiers(hub, caller, a):
    def asked(count, condition):
        request = {"method": "POST", "url": "Patient"}
        given = [{"resource": PATIENT, "request": request | {"ifNoneExist": condition.format(n)}} for n in range(count)]
        return caller.post("/fhir", json=entries() | {"entry": given}, headers=a)

    assert codes(asked(101, "identifier=P-{0}")) == ["HUB-4114"]
    assert asked(120, f"identifier={SYSTEM}|Q-{{0}}").status_code == 200


def test_the_entries_of_a_batch_have_one_budget(hub, caller, a, monkeypatch):
    """Each is carried out by itself, yet a request is a request; identifiers still do not count."""
    for number in range(8):
        patient = PATIENT | {"identifier": [{"system": SYSTEM, "value": f"P-{number}"}]}
        assert caller.post("/fhir/Patient", json=patient, headers=a).status_code == 201
    monkeypatch.setattr(Budget.__init__, "__defaults__", (20, 100))
    queries = ["name:contains=zzq1", "name:contains=zzq2", "name:contains=zzq3", f"identifier={SYSTEM}|Q-9"]
    requests = [{"method": "DELETE", "url": f"Patient?{query}"} for query in queries]

    def asked():
        answer = caller.post("/fhir", json=entries(*requests) | {"type": "batch"}, headers=a)
        told = [each["response"] for each in answer.json()["entry"]]
        return [(each["status"][:3], "HUB-4113" in str(each.get("outcome"))) for each in told]

    assert asked() == [("204", False), ("204", False), ("422", True), ("204", False)]
    assert asked()[0] == ("204", False), "the next request has its own"
