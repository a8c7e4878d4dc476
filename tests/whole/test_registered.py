"""`Organization/{facility id}`, which records refer to, can be read: the registry answers for it."""

from hub.validation import check_resource
from tests.whole.calling import bare, signed_in
from tests.whole.sending import A, B

MADE = {"resourceType": "Location", "name": "Ruang 1", "managingOrganization": {"reference": f"Organization/{A}"}}


def test_a_facility_is_read_where_records_point(hub, caller, a):
    made = caller.post("/fhir/Location", json=MADE, headers=a | {"Prefer": "return=representation"})
    place = made.json()["managingOrganization"]["reference"]
    b = signed_in(hub, caller, B)
    for headers in (a, b):
        found = caller.get(f"/fhir/{place}", headers=headers)
        assert found.status_code == 200, found.text
        assert (found.json()["id"], found.json()["name"]) == (A, hub.facilities[A].name)
        assert [issue for issue in check_resource(found.json()) if issue.severity in ("error", "fatal")] == []
        same = caller.get(f"/fhir/{place}", headers=headers | {"If-None-Match": found.headers["etag"]})
        assert same.status_code == 304
    entry = {"request": {"method": "GET", "url": place}}
    read = caller.post("/fhir", json={"resourceType": "Bundle", "type": "batch", "entry": [entry]}, headers=a)
    assert read.json()["entry"][0]["resource"] == found.json()


def test_a_facility_goes_with_what_refers_to_it(hub, caller, a):
    for _ in range(2):
        assert caller.post("/fhir/Location", json=MADE, headers=a).status_code == 201
    found = caller.get("/fhir/Location?_include=Location:organization", headers=a).json()
    (entry,) = [each for each in found["entry"] if each["search"]["mode"] == "include"]
    assert (found["total"], entry["fullUrl"]) == (2, f"https://hub.test/fhir/Organization/{A}")
    assert entry["resource"] == caller.get(f"/fhir/Organization/{A}", headers=a).json()
    few = signed_in(hub, caller, A, ("system/Location.rs",))
    found = caller.get("/fhir/Location?_include=Location:organization", headers=few).json()
    assert [each["search"]["mode"] for each in found["entry"]] == ["match"] * 2


def test_what_the_registry_does_not_have_is_absent_and_nothing_of_it_can_be_changed(hub, caller, a):
    absent = caller.get(f"/fhir/Organization/{'0' * 32}", headers=a)
    assert absent.status_code == 404
    for place in ("Organization/tidak-ada", f"Location/{A}", "Organization/jukung"):
        assert bare(caller.get(f"/fhir/{place}", headers=a)) == bare(absent)
    body = {"resourceType": "Organization", "id": A, "name": "x"}
    assert caller.put(f"/fhir/Organization/{A}", json=body, headers=a).status_code == 404
    few = signed_in(hub, caller, A, ("system/Patient.rs",))
    assert caller.get(f"/fhir/Organization/{A}", headers=few).status_code == 403
