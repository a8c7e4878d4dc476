"""What is sent again is found unchanged, also when nothing was noted of it at first; and what an address names."""

from tests.whole.sending import counts

PATIENT = {"resourceType": "Patient", "name": [{"text": "Noor Aida"}], "gender": "female", "birthDate": "1991-02-03"}
WEIGHT = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"text": "Berat"},
    "valueQuantity": {"value": 61.50, "unit": "kg"},
}


def entry(resource, full_url):
    return {"fullUrl": full_url, "resource": resource, "request": {"method": "POST", "url": resource["resourceType"]}}


def transaction(caller, headers, *entries):
    body = {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)}
    answer = caller.post("/fhir", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return ["/".join(each["response"]["location"].split("/")[:2]) for each in answer.json()["entry"]]


def test_what_was_read_and_is_put_back_makes_no_version(hub, caller, a):
    name = "urn:uuid:8e7d0d3a-6a1b-4c54-9f0e-3b6f0e5b2a11"
    weight = WEIGHT | {"subject": {"reference": name}}
    _, place = transaction(caller, a, entry(PATIENT, name), entry(weight, "urn:uuid:" + name[9:].replace("8e", "9e")))
    stored = caller.get(f"/fhir/{place}", headers=a)
    again = caller.put(f"/fhir/{place}", content=stored.content, headers=a)
    assert (again.status_code, again.headers["etag"]) == (200, 'W/"1"')
    turned = dict(reversed(stored.json().items())) | {"valueQuantity": {"unit": "kg", "value": 61.50}}
    assert caller.put(f"/fhir/{place}", json=turned, headers=a).headers["etag"] == 'W/"1"', "order says nothing"
    finer = stored.content.replace(b"61.5,", b"61.50,").replace(b"61.5}", b"61.50}")
    assert finer != stored.content
    assert caller.put(f"/fhir/{place}", content=finer, headers=a).headers["etag"] == 'W/"2"', "digits do"
    assert caller.put(f"/fhir/{place}", content=finer, headers=a).headers["etag"] == 'W/"2"'
    assert counts(hub)["history"] == 1


def test_a_deleted_resource_comes_back_with_the_same_content(caller, a):
    place = "Patient/" + caller.post("/fhir/Patient", json=PATIENT, headers=a).json()["id"]
    stored = caller.get(f"/fhir/{place}", headers=a).content
    assert caller.request("DELETE", f"/fhir/{place}", headers=a).status_code == 204
    back = caller.put(f"/fhir/{place}", content=stored, headers=a)
    assert (back.status_code, back.headers["etag"]) == (201, 'W/"3"')


def test_an_address_elsewhere_that_an_entry_is_named_by_leads_to_the_entry(caller, a):
    name = "https://klinik.test/fhir/Patient/7"
    patient, place = transaction(
        caller, a, entry(PATIENT, name), entry(WEIGHT | {"subject": {"reference": name}}, "https://klinik.test/o/1")
    )
    assert caller.get(f"/fhir/{place}", headers=a).json()["subject"]["reference"] == patient
    other = WEIGHT | {"performer": [{"reference": "https://lain.test/fhir/Practitioner/7"}]}
    (alone,) = transaction(caller, a, entry(other, "https://klinik.test/o/2"))
    assert caller.get(f"/fhir/{alone}", headers=a).json()["performer"] == other["performer"]
