"""Entries of batch and transaction over HTTP: reading, order, conditions, preferred answers; on both databases."""

from itertools import product

import pytest

from tests.whole.calling import bare, signed_in
from tests.whole.sending import A, B, counts

SYSTEM = "https://klinik.test/id"
BASE = "https://hub.test/fhir"
PATIENT = {
    "resourceType": "Patient",
    "identifier": [{"system": SYSTEM, "value": "P-1"}],
    "name": [{"text": "Noor Aida"}],
    "gender": "female",
    "birthDate": "1991-02-03",
}
KINDS = ("batch", "transaction")


@pytest.fixture
def id_(caller, a):
    return caller.post("/fhir/Patient", json=PATIENT, headers=a).json()["id"]


def bundle(caller, headers, kind, *entries, **more):
    body = {"resourceType": "Bundle", "type": kind, "entry": list(entries)}
    return caller.post("/fhir", json=body, headers=headers | more)


def get(url, method="GET", **request):
    return {"request": {"method": method, "url": url, **request}}


def post(resource, **request):
    return {"resource": resource, "request": {"method": "POST", "url": resource["resourceType"], **request}}


def weight(subject):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Berat"},
        "subject": {"reference": subject},
    }


def codes(answer):
    return [coding["code"] for issue in answer.json()["issue"] for coding in issue["details"]["coding"]]


def statuses(answer):
    assert answer.status_code == 200, answer.text
    return [entry["response"]["status"] for entry in answer.json()["entry"]]


def test_what_is_read_is_what_the_address_answers(caller, a, id_):
    urls = [
        f"Patient/{id_}",
        f"{BASE}/Patient/{id_}",
        f"Patient/{id_}/_history/1",
        f"Patient/{id_}?_elements=gender",
        f"Patient/{id_}/_history",
        "Patient/_history",
        "_history?_count=1",
        f"Patient?identifier={SYSTEM}%7CP-1",
        "Patient?_summary=count",
        f"Patient/{id_}/Observation",
    ]
    answer = bundle(caller, a, "transaction", *map(get, urls))
    assert statuses(answer) == statuses(bundle(caller, a, "batch", *map(get, urls))) == ["200 OK"] * len(urls)
    for url, entry in zip(urls, answer.json()["entry"], strict=True):
        direct = caller.get("/fhir/" + url.removeprefix(f"{BASE}/"), headers=a)
        told = [entry["resource"], direct.json()]
        for each in told:  # the links of pages are sealed anew each time
            each.pop("link", None)
        assert told[0] == told[1], url
    first = answer.json()["entry"][0]
    assert (first["response"]["etag"], first["fullUrl"]) == ('W/"1"', f"{BASE}/Patient/{id_}")


@pytest.mark.parametrize("kind", KINDS)
def test_conditional_reads_and_head(caller, a, id_, kind):
    answer = bundle(
        caller,
        a,
        kind,
        get(f"Patient/{id_}", ifNoneMatch='W/"1"'),
        get(f"Patient/{id_}", ifNoneMatch='W/"2"'),
        get(f"Patient/{id_}", ifModifiedSince="2099-01-01T00:00:00Z"),
        get(f"Patient/{id_}", ifModifiedSince="2001-01-01T00:00:00Z"),
        get(f"Patient/{id_}", "HEAD"),
    )
    assert [status[:3] for status in statuses(answer)] == ["304", "200", "304", "200", "200"]
    assert ["resource" in entry for entry in answer.json()["entry"]] == [False, True, False, True, False]
    assert answer.json()["entry"][4]["response"]["etag"] == 'W/"1"'


def test_deletions_first_and_reads_last_whatever_the_order(hub, caller, a, id_):
    """The identifier of what goes is free for what comes, and the count is that of the end."""
    claimed = {"ifNoneExist": f"identifier={SYSTEM}|P-9"}
    answer = bundle(
        caller,
        a,
        "transaction",
        get("Patient?_summary=count"),
        post(PATIENT | {"identifier": [{"system": SYSTEM, "value": "P-9"}]}, **claimed),
        get(f"Patient/{id_}", "DELETE"),
    )
    assert [status[:3] for status in statuses(answer)] == ["200", "201", "204"]
    assert answer.json()["entry"][0]["resource"]["total"] == 1


def test_a_read_that_fails_fails_the_transaction_alone_in_a_batch(hub, caller, a):
    before = counts(hub)
    entries = (post(PATIENT), get("Patient/" + "0" * 32))
    refused = bundle(caller, a, "transaction", *entries)
    assert (refused.status_code, codes(refused)) == (404, ["HUB-4101"])
    assert refused.json()["issue"][0]["expression"][0].startswith("Bundle.entry[1]")
    assert counts(hub)["resource"] == before["resource"]
    assert [status[:3] for status in statuses(bundle(caller, a, "batch", *entries))] == ["201", "404"]


NO_ENTRIES = [
    (get("metadata"), "HUB-5813"),
    (get("Patient/$everything"), "HUB-5831"),
    (get("Patient/x/$everything"), "HUB-5831"),
    (get("Tidak/1"), "HUB-5813"),
    (get("?_type=Patient"), "HUB-5828"),
    (get("Patient/1/2/3/4"), "HUB-3110"),
    (get("Patient?favourite=x"), "HUB-4"),
    (get("Patient?identifier=6371010101900001"), "HUB-4102"),
    (get("Patient?name=%ff"), "HUB-5819"),
    (get("Patient?name=é"), "HUB-5819"),
    (get("Patient/_history?name=x"), "HUB-5824"),
    (get("Patient/x?_summary=count"), "HUB-5819"),
    (get(7), "HUB-3110"),
    ({"request": {"method": "GET"}}, "HUB-3124"),
    ({"request": {"method": "HEAD", "url": ""}}, "HUB-3124"),
    (post(PATIENT, ifNoneMatch='W/"1"'), "HUB-5814"),
    ({"resource": PATIENT, "request": {"method": "POST", "url": "Patient?name=x"}}, "HUB-5823"),
    ({"resource": PATIENT}, "HUB-3124"),
    ({"resource": PATIENT, "request": {"method": "POST"}}, "HUB-3124"),
    ({"resource": PATIENT, "request": {"method": "LOCK", "url": "Patient"}}, "HUB-3110"),
]


def test_what_no_entry_can_ask(caller, a):
    for kind, (entry, code) in product(KINDS, NO_ENTRIES):
        answer = bundle(caller, a, kind, entry)
        assert answer.status_code < 500
        assert code in answer.text, entry
        assert "Bundle.entry[0]" in answer.text, entry


@pytest.mark.parametrize("kind", KINDS)
def test_hidden_is_absent_in_an_entry_too(hub, caller, a, id_, kind):
    b = signed_in(hub, caller, B, ("system/*.cruds",)) | {"Content-Type": "application/fhir+json"}
    for make in (
        lambda place: get(f"Patient/{place}"),
        lambda place: get(f"Patient/{place}/_history"),
        lambda place: get(f"Patient/{place}/_history/1"),
        lambda place: get(f"Patient/{place}", "DELETE"),
        lambda place: get(f"Patient/{place}", "HEAD"),
        lambda place: get(f"Observation?patient={place}&_summary=count"),
    ):
        hidden, absent = bundle(caller, b, kind, make(id_)), bundle(caller, b, kind, make("0" * 32))
        assert bare(hidden)[0] == bare(absent)[0]
        assert hidden.text.replace(id_, "0" * 32) == absent.text


PREFERRED = {
    "": set(),
    "return=minimal": set(),
    "return=representation": {"resource"},
    "return=OperationOutcome": {"outcome"},
}


def test_preferred_answers(caller, a, id_):
    same = caller.get(f"/fhir/Patient/{id_}", headers=a).json()
    put = {"resource": same, "request": {"method": "PUT", "url": f"Patient/{id_}"}}
    found = post(PATIENT, ifNoneExist="birthdate=1991-02-03")
    for kind, prefer, entries in product(KINDS, PREFERRED, ((post(weight(f"Patient/{id_}")), put), (found,))):
        for entry in bundle(caller, a, kind, *entries, Prefer=prefer).json()["entry"]:
            given = {name for name in ("resource", "outcome") if name in entry or name in entry["response"]}
            assert given == PREFERRED[prefer]
            if "resource" in given:
                _, id2, _, version = entry["response"]["location"].split("/")
                assert (entry["resource"]["id"], entry["resource"]["meta"]["versionId"]) == (id2, version)


def test_who_may_only_write_sees_only_what_it_sent(hub, caller, a, id_):
    blind = signed_in(hub, caller, A, ("system/*.cu",)) | {"Content-Type": "application/fhir+json"}
    found = post(PATIENT | {"gender": "male"}, ifNoneExist=f"identifier={SYSTEM}|P-1")
    other = post({name: value for name, value in PATIENT.items() if name != "identifier"})
    for kind in KINDS:
        answer = bundle(caller, blind, kind, found, other, Prefer="return=representation").json()["entry"]
        assert ["resource" in entry for entry in answer] == [False, True]


QUERIES = ("birthdate=1991-02-03", f"identifier={SYSTEM}%7CP-1", "name=aida", "name:exact=Noor%20Aida")
NOWHERE = {"name=nobody": "HUB-3101", "birthdate=1991-02-03": "HUB-3120", "_sort=_id": "HUB-3101", "x=1": "HUB-3101"}


def test_a_reference_on_a_condition(caller, a, id_):
    for kind, query in product(KINDS, QUERIES):
        answer = bundle(caller, a, kind, post(weight(f"Patient?{query}")), Prefer="return=representation")
        assert statuses(answer) == ["201 Created"]
        assert answer.json()["entry"][0]["resource"]["subject"]["reference"] == f"Patient/{id_}"
    caller.post("/fhir/Patient", json=PATIENT, headers=a)
    for query, code in NOWHERE.items():
        answer = bundle(caller, a, "transaction", post(weight(f"Patient?{query}")))
        assert (answer.status_code, codes(answer)) == (422, [code])


def test_a_reference_to_what_the_same_transaction_makes_on_a_condition(caller, a):
    made = post(PATIENT, ifNoneExist="name=aida&birthdate=1991-02-03")
    pointing = post(weight("Patient?name=aida&birthdate=1991-02-03"))
    answer = bundle(caller, a, "transaction", made, pointing, Prefer="return=representation").json()["entry"]
    assert answer[1]["resource"]["subject"]["reference"] == f"Patient/{answer[0]['resource']['id']}"


def test_too_many_searches_in_one_bundle(caller, a):
    answer = bundle(caller, a, "batch", *[get("Location?_summary=count")] * 101)
    assert [status[:3] for status in statuses(answer)] == ["200"] * 100 + ["422"]
    assert "HUB-5832" in answer.text


def test_everything_at_once_is_not_searched(caller, a):
    for method, address in (("GET", "/fhir?name=x"), ("GET", "/fhir"), ("POST", "/fhir/_search")):
        answer = caller.request(method, address, headers=a)
        assert (answer.status_code, codes(answer)) == (400, ["HUB-5828"])


@pytest.mark.parametrize("kind", KINDS)
def test_two_entries_of_one_full_url_are_refused_by_name(caller, a, kind):
    url = "urn:uuid:6d1f0a3e-8f6e-4a8e-9d61-0d9be0c7c001"
    twins = [{**post(PATIENT | {"name": [{"text": name}]}), "fullUrl": url} for name in ("Satu", "Dua")]
    answer = bundle(caller, a, kind, *twins, post(weight(url)))
    assert (answer.status_code, codes(answer)) == (400, ["HUB-3127"])
    assert answer.json()["issue"][0]["expression"] == ["Bundle.entry[1]"]
    assert "Bundle.entry[0]" in answer.text
    assert caller.get("/fhir/Patient", headers=a).json()["total"] == 0


def test_versions_tell_entries_of_one_full_url_apart_in_a_batch(caller, a):
    url = "https://klinik.test/fhir/Patient/1"
    twins = [{**post(PATIENT | {"meta": {"versionId": each}}), "fullUrl": url} for each in "12"]
    assert bundle(caller, a, "batch", *twins).status_code == 200


def test_of_many_references_that_lead_nowhere_the_first_are_named(caller, a):
    items = [{"item": {"reference": f"Patient/{number:032x}"}} for number in range(300)]
    body = {"resourceType": "List", "status": "current", "mode": "working", "entry": items}
    answer = caller.post("/fhir/List", json=body, headers=a)
    assert (answer.status_code, codes(answer).count("HUB-3101")) == (422, 200)
    assert answer.json()["issue"][-1]["expression"] == ["List.entry[199].item.reference"]


def test_a_wrong_value_and_a_reference_to_no_entry_are_told_together(hub, caller, a):
    before = counts(hub)["resource"]
    nowhere = f"urn:uuid:{'0' * 8}-0000-4000-8000-{'0' * 12}"
    answer = bundle(caller, a, "transaction", post(PATIENT | {"gender": "x"}), post(weight(nowhere)))
    assert answer.status_code == 422
    told = {issue["expression"][0]: [c["code"] for c in issue["details"]["coding"]] for issue in answer.json()["issue"]}
    assert told["Bundle.entry[1].resource.subject.reference"] == ["HUB-3101"]
    assert "Bundle.entry[0].resource.gender" in told
    assert counts(hub)["resource"] == before
