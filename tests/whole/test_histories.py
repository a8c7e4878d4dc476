"""history-type, history-system and history-instance over HTTP, on both databases."""

from dataclasses import replace

import pytest

from hub import access
from hub.fhir.json import read
from hub.model import Principal
from hub.pipeline import create, delete, update
from tests.whole.calling import signed_in
from tests.whole.sending import A, B, client_of

PATIENT = {"resourceType": "Patient", "name": [{"text": "Noor Aida"}], "gender": "female", "birthDate": "1991-02-03"}
PLACE = {
    "resourceType": "Location",
    "name": "Poli Umum",
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Poli</div>'},
}


class Clock:
    """A clock the test moves: one second for each write."""

    def __init__(self, start):
        self.now = start

    def __call__(self):
        return self.now

    def tick(self):
        self.now += 1000
        return self.now


@pytest.fixture
def written(hub):
    """Three patients, one changed, one deleted, and a place, by A; a patient by B. Oldest first: (type, method)."""
    clock = Clock(hub.clock())
    at = replace(hub, clock=clock)
    who, ids = client_of(A), []
    for _ in range(3):
        clock.tick()
        ids.append(create(at, who, dict(PATIENT)).id)
    clock.tick()
    update(at, who, "Patient", ids[0], PATIENT | {"id": ids[0], "gender": "male"})
    clock.tick()
    create(at, who, dict(PLACE))
    clock.tick()
    delete(at, who, "Patient", ids[1])
    clock.tick()
    create(at, client_of(B), dict(PATIENT))
    return ids


def steps(bundle):
    return [(e["request"]["method"], e["request"]["url"].partition("/")[0]) for e in bundle.get("entry", [])]


def pages(caller, headers, address):
    url, found = f"/fhir/{address}", []
    while url:
        answer = caller.get(url, headers=headers)
        assert answer.status_code == 200, answer.text
        bundle = answer.json()
        assert bundle["type"] == "history"
        found += bundle.get("entry", [])
        url = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), "")
        url = url.removeprefix("https://hub.test")
    return found


PATIENTS = [("DELETE", "Patient"), ("PUT", "Patient"), *[("POST", "Patient")] * 3]


def test_of_a_type_newest_first_in_pages(caller, a, written):
    ids = written
    whole = caller.get("/fhir/Patient/_history", headers=a).json()
    assert steps(whole) == PATIENTS
    assert [e["response"]["etag"] for e in whole["entry"]] == ['W/"2"', 'W/"2"', *['W/"1"'] * 3]
    assert "resource" not in whole["entry"][0]
    assert whole["entry"][1]["resource"]["gender"] == "male"
    assert whole["entry"][1]["fullUrl"] == f"https://hub.test/fhir/Patient/{ids[0]}"
    stamps = [e["response"]["lastModified"] for e in whole["entry"]]
    assert stamps == sorted(stamps, reverse=True)
    for count in (1, 2, 4, 200):
        assert pages(caller, a, f"Patient/_history?_count={count}") == whole["entry"]
    since = caller.get("/fhir/Patient/_history", params={"_since": stamps[1]}, headers=a).json()
    assert steps(since) == PATIENTS[:2]


def test_of_everything(hub, caller, a, written):
    whole = pages(caller, a, "_history?_count=2")
    assert [step for step in steps({"entry": whole}) if step[1] in ("Patient", "Location")] == [
        ("DELETE", "Patient"),
        ("POST", "Location"),
        *PATIENTS[1:],
    ]
    some = signed_in(hub, caller, A, ("system/Location.rs",), "some")
    assert {url for _, url in steps(caller.get("/fhir/_history", headers=some).json())} == {"Location"}
    none = signed_in(hub, caller, A, ("system/*.cu",), "none")
    assert caller.get("/fhir/_history", headers=none).status_code == 403
    assert caller.get("/fhir/Patient/_history", headers=some).status_code == 403


def test_each_facility_has_its_own(hub, caller, a, written):
    b = signed_in(hub, caller, B)
    assert steps(caller.get("/fhir/Patient/_history", headers=b).json()) == [("POST", "Patient")]
    page = caller.get("/fhir/Patient/_history?_count=1", headers=a).json()["link"][1]["url"]
    path = page.removeprefix("https://hub.test")
    assert caller.get(path, headers=a).status_code == 200
    assert caller.get(path, headers=b).status_code == 400
    assert caller.get(path.replace("Patient", "Location"), headers=a).status_code == 400
    assert caller.get(path[:-9] + "AAAAAAA==", headers=a).status_code == 400


def test_what_arrives_meanwhile_shifts_nothing(hub, caller, a, written):
    first = caller.get("/fhir/Patient/_history?_count=2", headers=a).json()
    create(hub, client_of(A), dict(PATIENT))
    following = first["link"][1]["url"].removeprefix("https://hub.test")
    assert steps(caller.get(following, headers=a).json()) == PATIENTS[2:4]


REFUSED = [
    ("_since=yesterday", "HUB-5819"),
    ("_count=0", "HUB-5819"),
    ("_count=x", "HUB-5819"),
    ("_summary=all", "HUB-5819"),
    ("_summary=count", "HUB-5819"),
    ("_elements=a b", "HUB-5819"),
    ("_at=2026", "HUB-5824"),
    ("name=x", "HUB-5824"),
    ("_page=x", "HUB-4104"),
]


def test_refusals(caller, a):
    for query, code in REFUSED:
        for address in ("Patient/_history", "_history"):
            answer = caller.get(f"/fhir/{address}?{query}", headers=a)
            assert (answer.status_code, code in answer.text) == (400, True), query
        lenient = caller.get(f"/fhir/_history?{query}", headers=a | {"Prefer": "handling=lenient"})
        assert (lenient.status_code == 200) == (code == "HUB-5824")


def test_of_one_since_and_trimmed(caller, a, written):
    ids = written
    path = f"/fhir/Patient/{ids[0]}/_history"
    whole = caller.get(path, headers=a).json()
    assert (steps(whole), whole["total"]) == ([("PUT", "Patient"), ("POST", "Patient")], 2)
    changed = whole["entry"][0]["response"]["lastModified"]
    since = caller.get(path, params={"_since": changed}, headers=a).json()
    assert (steps(since), since["total"]) == ([("PUT", "Patient")], 1)
    short = caller.get(path + "?_elements=gender", headers=a).json()
    assert {name for entry in short["entry"] for name in entry["resource"]} == {"resourceType", "id", "meta", "gender"}
    summary = caller.get("/fhir/Location/_history?_summary=text", headers=a).json()["entry"][0]["resource"]
    assert set(summary) == {"resourceType", "id", "meta", "text"}


def test_a_patient_sees_the_own_record(hub, caller, a, written):
    ids = written
    key = hub.ids.decode(ids[0])
    me = Principal("patient", "me", "PATRQT", compartment=key.compartment, scopes=("patient/*.rs",))
    asked = access.AskedHistory(None, ("Patient", "Location"))
    found = read(access.histories(hub, me, asked, "https://hub.test/fhir"))
    assert (steps(found), found["total"]) == ([("PUT", "Patient"), ("POST", "Patient")], 2)
    one = access.AskedHistory("Patient", ("Patient",), count=1)
    page = read(access.histories(hub, me, one, "https://hub.test/fhir"))
    token = page["link"][1]["url"].partition("_page=")[2]
    rest = read(access.next_histories(hub, me, "Patient", ("Patient",), token, "https://hub.test/fhir"))
    assert (steps(page), steps(rest)) == ([("PUT", "Patient")], [("POST", "Patient")])
    nobody = Principal("patient", "me", "PATRQT", compartment=7, scopes=("patient/*.rs",))
    assert steps(read(access.histories(hub, nobody, asked, "https://hub.test/fhir"))) == []


def test_a_member_of_staff_must_name_a_patient(hub, written):
    person = Principal("clinician", "dr-x", "TREAT", facility=A, person="dr-x", scopes=("user/*.rs",))
    asked = access.AskedHistory(None, ("Patient",))
    assert steps(read(access.histories(hub, person, asked, "https://hub.test/fhir"))) == []
