"""Addresses and references as R4 means them, in entries and in links; what is asked amiss is told in words."""

import pytest

from tests.whole.sending import BASE
from tests.whole.test_entries import PATIENT, bundle, codes, id_, post, statuses, weight

__all__ = ["id_"]


@pytest.mark.parametrize(
    ("patient", "observation", "reference", "status"),
    [
        ("http://h/fhir/Patient/1", "http://h/fhir/Observation/2", "Patient/1", 200),
        ("https://h/a/b/Patient/1", "https://h/a/b/Observation/2", "Patient/1", 200),
        ("http://h/fhir/Patient/1", "http://h/fhir/Observation/2", "http://h/fhir/Patient/1", 200),
        ("http://h/fhir/Patient/1", "http://other/fhir/Observation/2", "Patient/1", 422),
        ("http://h/fhir/Patient/1", "urn:uuid:2d6c1cba-63ba-4b0a-a4d6-6e6f3b3c1f11", "Patient/1", 422),
        ("http://h/fhir/Patient/1", "http://h/fhir/Observation/2", "Patient/2", 422),
    ],
)
def test_a_relative_reference_is_completed_by_the_fullurl_of_its_entry(
    caller, a, patient, observation, reference, status
):
    entries = [post(weight(reference)) | {"fullUrl": observation}, post(PATIENT) | {"fullUrl": patient}]
    done = bundle(caller, a, "transaction", *entries)
    assert done.status_code == status, done.text
    if status == 200:
        places = [entry["response"]["location"].partition("/_history")[0] for entry in done.json()["entry"]]
        stored = caller.get(f"/fhir/{places[0]}", headers=a).json()
        assert stored["subject"]["reference"] == places[1]


def test_the_hubs_own_address_may_stand_before_an_entrys(caller, a):
    done = bundle(
        caller, a, "transaction", {"resource": PATIENT, "request": {"method": "POST", "url": f"{BASE}/Patient"}}
    )
    assert statuses(done) == ["201 Created"]


@pytest.mark.parametrize(
    ("body", "code"),
    [({"type": "transaction", "entry": None}, "HUB-3124"), ({"entry": []}, "HUB-3108")],
)
def test_a_bundle_without_its_parts_is_told_what_is_missing(caller, a, body, code):
    refused = caller.post("/fhir", json={"resourceType": "Bundle"} | body, headers=a)
    assert (refused.status_code, codes(refused)) == (400, [code])
    assert "None" not in refused.text


def test_a_page_link_takes_no_further_parameter(caller, a):
    for _ in range(3):
        caller.post("/fhir/Patient", json=PATIENT, headers=a)
    first = caller.get("/fhir/Patient?_count=2", headers=a).json()
    link = next(each["url"] for each in first["link"] if each["relation"] == "next")
    refused = caller.get(f"{link}&name=zz", headers=a)
    assert (refused.status_code, codes(refused)) == (400, ["HUB-4109"])
    for more, headers in (("", {}), ("&_format=json", {}), ("&name=zz", {"Prefer": "handling=lenient"})):
        page = caller.get(link + more, headers=a | headers)
        assert (page.status_code, len(page.json()["entry"])) == (200, 1)


@pytest.mark.parametrize("address", ["Patient?_count=1000000000", "Patient/_history?_count=1000000000"])
def test_a_count_beyond_the_most_is_the_most(caller, a, id_, address):
    assert len(caller.get(f"/fhir/{address}", headers=a).json()["entry"]) == 1


def test_an_operation_names_the_parameter_it_refuses(caller, a, id_):
    refused = caller.get(f"/fhir/Patient/{id_}/$everything?_count=-1", headers=a)
    assert refused.status_code == 400
    assert "_count" in refused.json()["issue"][0]["details"]["text"]


@pytest.mark.parametrize(("version", "status"), [("4.0", 201), ("3.0", 415), ("5.0", 415)])
def test_a_body_of_another_fhir_version_is_refused(caller, a, version, status):
    headers = a | {"Content-Type": f"application/fhir+json; fhirVersion={version}"}
    assert caller.post("/fhir/Patient", json=PATIENT, headers=headers).status_code == status
