"""Idempotency-Key beyond creates and Bundles: codes at the counter, refused rows, bulk load and export."""

import pytest

from hub.admission import new_presence_code, patient_by_nik
from hub.model import Principal
from hub.pipeline import waiting_rows
from tests.whole.calling import bare, signed_in
from tests.whole.sending import NIK, A, B, client_of, counts, file_of, row, send
from tests.whole.test_idempotency import KEY, codes

BAD = row(tanggal_lahir="31/02/1990")
LINES = b'{"resourceType":"Patient","id":"p-1","name":[{"text":"Noor Aida"}]}\n{"resourceType":"Patient","id":"p 2"}\n'


@pytest.fixture
def b(hub, caller):
    return signed_in(hub, caller, B)


def kept(hub):
    with hub.store.reading() as tx:
        return tx.db.rows("SELECT COUNT(*) FROM answer")[0][0]


def code_of(hub):
    return new_presence_code(hub, Principal("patient", "p", "PATRQT", compartment=patient_by_nik(hub, NIK)))[0]


def test_a_code_is_used_up_once_and_answered_again(hub, caller, b):
    send(hub, A, file_of(row()))
    code = code_of(hub)
    wrong = caller.post("/care/presence", json={"code": "AAAAAAAA"}, headers=b | KEY)
    assert (wrong.status_code, kept(hub)) == (404, 0)
    first = caller.post("/care/presence", json={"code": code}, headers=b | KEY)
    assert first.status_code == 200, first.text
    assert bare(caller.post("/care/presence", json={"code": code}, headers=b | KEY)) == bare(first)
    other = caller.post("/care/presence", json={"code": code_of(hub)}, headers=b | KEY)
    assert (other.status_code, codes(other)) == (422, ["HUB-5827"])
    assert caller.post("/care/presence", json={"code": code}, headers=b).status_code == 404


def test_refused_rows_are_sent_again_once(hub, caller, a):
    send(hub, A, file_of(BAD, BAD | {"no_kunjungan": "K-2"}))
    one, two = (f"/quarantine/{each.id}" for each in waiting_rows(hub, client_of(A)))

    def twice(url, key, **body):
        headers = a | {"Idempotency-Key": key, "Content-Type": "application/json"}
        first = caller.post(url, headers=headers, **body)
        assert first.status_code == 200, first.text
        before = counts(hub)["resource"]
        assert bare(caller.post(url, headers=headers, **body)) == bare(first)
        assert counts(hub)["resource"] == before
        return first.json()

    assert twice(one, "k-1", json={"tanggal_lahir": "32/02/1990"})["issues"][0]["code"] == "HUB-2040"
    assert twice(one, "k-2", json={"tanggal_lahir": "05/09/1990"}) == {
        "id": one[12:],
        "state": "accepted",
        "issues": [],
    }
    assert twice("/quarantine/replay", "k-3") == {"accepted": 0, "waiting": 1, "superseded": 0}
    assert twice(f"{two}/discard", "k-4", json={"reason": "salah unggah"})["state"] == "discarded"
    refused = caller.post(f"{one}/discard", json={"reason": "sudah"}, headers=a | {"Idempotency-Key": "k-5"})
    assert (refused.status_code, kept(hub)) == (409, 4)


def test_a_bulk_load_is_answered_again_in_the_language_asked_for(hub, caller, a):
    headers = a | KEY | {"Content-Type": "application/fhir+ndjson", "Prefer": "return=representation"}
    first = caller.post("/fhir/$import", content=LINES, headers=headers)
    assert {each["name"] for each in first.json()["parameter"]} >= {"created", "issues", "id"}
    assert bare(caller.post("/fhir/$import", content=LINES, headers=headers)) == bare(first)
    english = caller.post("/fhir/$import", content=LINES, headers=headers | {"Accept-Language": "en"}).json()
    assert english["parameter"][0] == first.json()["parameter"][0] == {"name": "created", "valueInteger": 1}
    assert english != first.json()
    again = caller.post("/fhir/$import", content=LINES, headers=headers | {"Idempotency-Key": "k"}).json()
    assert again["parameter"][0] == {"name": "created", "valueInteger": 0}


def test_an_export_is_ordered_once(hub, caller, a):
    headers = a | KEY | {"Prefer": "respond-async"}
    assert caller.post("/fhir/$export?_type=Nothing", headers=headers).status_code == 400
    first = caller.post("/fhir/$export?_type=Patient", headers=headers)
    assert first.status_code == 202, first.text
    again = caller.post("/fhir/$export?_type=Patient", headers=headers)
    assert bare(again) == bare(first)
    other = caller.post("/fhir/$export?_type=Patient", headers=headers | {"Idempotency-Key": "k"})
    assert (other.status_code, codes(other)) == (429, ["HUB-4451"])


def test_reading_by_post_takes_a_key_and_reads_anew(caller, a):
    first = caller.post("/fhir/Patient/_search", headers={"Authorization": a["Authorization"]} | KEY)
    assert (first.status_code, first.json()["total"]) == (200, 0)
    assert caller.post("/fhir/Patient", json={"resourceType": "Patient"}, headers=a | KEY).status_code == 201
    again = caller.post("/fhir/Patient/_search", headers={"Authorization": a["Authorization"]} | KEY)
    assert again.json()["total"] == 1
