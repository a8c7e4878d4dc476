"""JSON Patch over HTTP, by id, on a condition and in Bundles, on both databases."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.fhir import json as exact
from hub.fhir.patch import read_patch
from hub.pipeline import patch
from tests.whole.calling import bare, signed_in
from tests.whole.sending import A, B, client_of, counts

SYSTEM = "https://klinik.test/id"
ABSENT = "0" * 32
TYPE = {"Content-Type": "application/json-patch+json"}
PATIENT = {
    "resourceType": "Patient",
    "identifier": [{"system": SYSTEM, "value": "P-1"}],
    "name": [{"text": "Noor Aida"}],
    "gender": "female",
    "birthDate": "1991-02-03",
    "multipleBirthInteger": 1,
}
MALE = [{"op": "replace", "path": "/gender", "value": "male"}]


@pytest.fixture
def id_(caller, a):
    made = caller.post("/fhir/Patient", json=PATIENT, headers=a)
    assert made.status_code == 201, made.text
    return made.json()["id"]


def codes(answer):
    return [coding["code"] for issue in answer.json()["issue"] for coding in issue["details"]["coding"]]


def send(caller, headers, address, operations, **more):
    content = operations if isinstance(operations, bytes) else exact.write(operations)
    return caller.request("PATCH", f"/fhir/{address}", content=content, headers=headers | TYPE | more)


def test_a_patch_is_the_next_version_and_nothing_changed_is_none(hub, caller, a, id_):
    done = send(caller, a, f"Patient/{id_}", MALE)
    assert (done.status_code, done.headers["etag"], done.json()["gender"]) == (200, 'W/"2"', "male")
    assert caller.get(f"/fhir/Patient/{id_}", headers=a).content == done.content
    before = counts(hub)
    again = send(caller, a, f"Patient/{id_}", MALE)
    assert (again.status_code, again.content) == (200, done.content)
    assert send(caller, a, f"Patient/{id_}", []).headers["etag"] == 'W/"2"'
    assert counts(hub) == before


def test_decimals_stay_as_written(caller, a, id_):
    weight = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Berat"},
        "subject": {"reference": f"Patient/{id_}"},
    }
    made = caller.post(
        "/fhir/Observation",
        content=exact.write(weight).replace(b'"Berat"}', b'"Berat"},"valueQuantity":{"value":61.50,"unit":"kg"}'),
        headers=a,
    )
    place = f"Observation/{made.json()['id']}"
    assert (
        b'"value":61.50' in send(caller, a, place, [{"op": "replace", "path": "/status", "value": "amended"}]).content
    )
    assert (
        b'"value":61.0,'
        in send(caller, a, place, b'[{"op":"replace","path":"/valueQuantity/value","value":61.0}]').content
    )


REFUSED = [
    (MALE, {"If-Match": 'W/"7"'}, 412, "HUB-3106"),
    ([{"op": "test", "path": "/gender", "value": "male"}], {}, 422, "HUB-3316"),
    ([{"op": "remove", "path": "/telecom"}], {}, 422, "HUB-3315"),
    ([{"op": "replace", "path": "/id", "value": "x"}], {}, 422, "HUB-3317"),
    ([{"op": "replace", "path": "/meta/versionId", "value": "9"}], {}, 422, "HUB-3317"),
    ([{"op": "replace", "path": "/gender", "value": "perempuan"}], {}, 422, "HUB-1113"),
    ([{"op": "what", "path": "/gender"}], {}, 400, "HUB-3314"),
    ({"op": "remove"}, {}, 400, "HUB-3314"),
    (b"[", {}, 400, "HUB-1001"),
    (MALE, {"Content-Type": "application/fhir+json"}, 415, "HUB-5803"),
    (MALE, {"Content-Type": "application/xml-patch+xml"}, 415, "HUB-5803"),
]


def test_what_is_refused_changes_nothing(caller, a, id_):
    for operations, headers, status, code in REFUSED:
        answer = send(caller, a, f"Patient/{id_}", operations, **headers)
        assert (answer.status_code, codes(answer)) == (status, [code]), operations
    assert caller.get(f"/fhir/Patient/{id_}", headers=a).headers["etag"] == 'W/"1"'
    assert send(caller, a, f"Patient/{id_}", MALE, **{"If-Match": 'W/"1"'}).status_code == 200


def test_the_place_that_cannot_be_patched_is_named(caller, a, id_):
    def told(*operations):
        return send(caller, a, f"Patient/{id_}", list(operations)).json()["issue"][0]["details"]["text"]

    assert " /telecom " in told({"op": "remove", "path": "/telecom"})
    assert " /photo/0 → /name/9/given " in told({"op": "move", "from": "/photo/0", "path": "/name/9/given"})
    assert "/gender)" in told({"op": "test", "path": "/gender", "value": "male"})
    assert "Siti" not in told({"op": "remove", "path": "/name/Siti Contoh"})


def test_anothers_is_absent_and_a_deleted_one_is_gone(hub, caller, a, id_):
    b = signed_in(hub, caller, B)
    assert bare(send(caller, b, f"Patient/{id_}", MALE)) == bare(send(caller, b, f"Patient/{ABSENT}", MALE))
    assert send(caller, b, f"Patient/{id_}", MALE).status_code == 404
    where = f"Patient?identifier={SYSTEM}|P-1"
    assert (send(caller, b, where, MALE).status_code, codes(send(caller, b, where, MALE))) == (404, ["HUB-3318"])
    assert send(caller, a, f"Observation/{id_}", MALE).status_code == 404
    caller.request("DELETE", f"/fhir/Patient/{id_}", headers=a)
    assert send(caller, a, f"Patient/{id_}", MALE).status_code == 410


def test_a_patch_reads_what_it_tests(hub, caller, a, id_):
    blind = signed_in(hub, caller, A, ("system/*.cu",))
    assert codes(send(caller, blind, f"Patient/{id_}", MALE)) == ["HUB-5003"]
    assert codes(send(caller, signed_in(hub, caller, A, ("system/*.rs",)), f"Patient/{id_}", MALE)) == ["HUB-5003"]


def test_on_a_condition(caller, a, id_):
    done = send(caller, a, f"Patient?identifier={SYSTEM}|P-1", MALE)
    assert (done.status_code, done.json()["id"], done.headers["etag"]) == (200, id_, 'W/"2"')
    assert codes(send(caller, a, f"Patient?identifier={SYSTEM}|P-2", MALE)) == ["HUB-3318"]
    caller.post("/fhir/Patient", json=PATIENT, headers=a)
    many = send(caller, a, "Patient?birthdate=1991-02-03", MALE)
    assert (many.status_code, codes(many)) == (412, ["HUB-3312"])
    assert codes(send(caller, a, "Patient", MALE)) == ["HUB-3313"]


def test_preferred_answers(caller, a, id_):
    assert send(caller, a, f"Patient/{id_}", MALE, Prefer="return=minimal").content == b""
    told = send(caller, a, f"Patient/{id_}", MALE, Prefer="return=OperationOutcome")
    assert told.json()["resourceType"] == "OperationOutcome"


def entry(address, operations, **request):
    data = base64.b64encode(json.dumps(operations).encode()).decode()
    binary = {"resourceType": "Binary", "contentType": TYPE["Content-Type"], "data": data}
    return {"resource": binary, "request": {"method": "PATCH", "url": address, **request}}


def bundle(caller, headers, kind, *entries, **more):
    body = {"resourceType": "Bundle", "type": kind, "entry": list(entries)}
    return caller.post("/fhir", json=body, headers=headers | more)


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_in_a_bundle(caller, a, id_, kind):
    first = bundle(caller, a, kind, entry(f"Patient/{id_}", MALE, ifMatch='W/"1"'), Prefer="return=representation")
    (done,) = first.json()["entry"]
    assert (done["response"]["status"], done["response"]["etag"]) == ("200 OK", 'W/"2"')
    assert done["resource"]["gender"] == "male"
    other = [{"op": "replace", "path": "/gender", "value": "other"}]
    second = bundle(caller, a, kind, entry(f"Patient?identifier={SYSTEM}|P-1", other)).json()
    assert second["entry"][0]["response"]["etag"] == 'W/"3"'
    for wrong, code in (
        (entry(f"Patient/{id_}", MALE, ifMatch='W/"1"'), "HUB-3106"),
        (entry(f"Patient/{id_}", [{"op": "test", "path": "/gender", "value": "x"}]), "HUB-3316"),
        (entry(f"Patient/{id_}", {}), "HUB-3314"),
        (entry(f"Patient/{ABSENT}", MALE), "HUB-4101"),
        (entry(f"Patient?identifier={SYSTEM}|nobody", MALE), "HUB-3318"),
        ({**entry(f"Patient/{id_}", MALE), "resource": PATIENT}, "HUB-3319"),
        ({**entry(f"Patient/{id_}", MALE), "resource": {"resourceType": "Parameters"}}, "HUB-3319"),
    ):
        answer = bundle(caller, a, kind, wrong)
        assert answer.status_code < 500, answer.text
        assert code in answer.text
        assert "Bundle.entry[0]" in answer.text
    twice = bundle(caller, a, kind, entry(f"Patient/{id_}", MALE), entry(f"Patient/{id_}", other))
    assert ("HUB-3121" in twice.text) == (kind == "transaction")


def test_many_at_one_moment_lose_nothing(hub, caller, a, id_):
    """Without If-Match each patch is made of what the one before stored."""
    who = client_of(A)

    def add(number: int) -> None:
        name = {"op": "add", "path": "/name/-", "value": {"text": f"Nama {number}"}}
        patch(hub, who, "Patient", id_, read_patch(exact.write([name])))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(8)))
    stored = caller.get(f"/fhir/Patient/{id_}", headers=a)
    assert {each["text"] for each in stored.json()["name"]} == {"Noor Aida", *(f"Nama {n}" for n in range(8))}
    assert stored.headers["etag"] == 'W/"9"'
