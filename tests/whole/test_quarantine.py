"""Waiting rows mended by their facility, over the API, on both databases: accepted once, never over newer content."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.errors import Category, HubError
from hub.fhir import json
from hub.pipeline import (
    closed_rows,
    discard,
    receipt,
    receipts,
    repair,
    replace_value,
    replay_rows,
    resume,
    submit,
    waiting,
    waiting_row,
    waiting_rows,
)
from hub.pipeline.receipts import Kept, seal_kept
from hub.store import Submission
from tests.whole.calling import bare, online, signed_in
from tests.whole.sending import A, B, client_of, counts, every, file_of, row, send

BAD = row(tanggal_lahir="31/02/1990")
WHO = client_of(A)


def names(hub):
    return [each["name"][0]["text"] for each in every(hub, WHO, "Patient")]


def test_a_corrected_cell_takes_the_row_in(hub):
    sent = send(hub, A, file_of(BAD, row(no_kunjungan="K-2", tanggal_kunjungan="04/02/2026")))
    (held,) = waiting_rows(hub, WHO)
    assert (held.columns, held.codes, held.row, held.file) == (("tanggal_lahir",), ("HUB-2040",), 2, "kunjungan.csv")
    assert held.cells["nama_pasien"] == BAD["nama_pasien"]
    assert (receipt(hub, WHO, sent.id).waiting, receipts(hub, WHO)[0].waiting) == (1, 1)
    still = repair(hub, WHO, held.id, {"tanggal_lahir": "1990-13-45"})
    assert (still.state, [issue.code for issue in still.issues]) == ("waiting", ["HUB-2040"])
    changed = waiting_row(hub, WHO, held.id)
    assert (changed.cells["tanggal_lahir"], changed.sent) == ("1990-13-45", {"tanggal_lahir": "31/02/1990"})
    done = repair(hub, WHO, held.id, {"tanggal_lahir": "05/09/1990"})
    assert done.state == "accepted"
    assert {each["identifier"][0]["value"] for each in every(hub, WHO, "Encounter")} == {"K-1", "K-2"}
    assert waiting_rows(hub, WHO) == []
    assert receipt(hub, WHO, sent.id).waiting == 0
    assert receipt(hub, WHO, sent.id).counts["quarantined"] == 1, "what was found stays as it was"
    before = counts(hub)
    assert repair(hub, WHO, held.id, {"tanggal_lahir": "06/09/1990"}).state == "closed"
    assert counts(hub)["history"] == before["history"]
    (closed,) = closed_rows(hub, WHO)
    assert (closed.state, closed.cells) == ("mended", {})
    again = send(hub, A, file_of(row()))
    assert again.counts["unchanged"] == 1, "the mended row is the same as the row sent right"


def test_newer_content_is_not_overwritten(hub):
    send(hub, A, file_of(BAD))
    id_ = waiting_rows(hub, WHO)[0].id
    send(hub, A, file_of(row(suhu="39,9")))
    assert repair(hub, WHO, id_, {"tanggal_lahir": "05/09/1990"}).state == "closed", "its re-send closed it"
    send(hub, A, file_of(row(no_kunjungan="K-5"), row(no_kunjungan="K-5", suhu="35,0")))
    (twice,) = waiting_rows(hub, WHO)
    assert (twice.codes, twice.columns) == (("HUB-3103",), ("no_kunjungan",))
    before = counts(hub)
    done = replay_rows(hub, WHO)
    assert done == (0, 0, 1)
    assert counts(hub)["history"] == before["history"]
    assert closed_rows(hub, WHO)[0].state == "superseded"


def test_another_visit_number_makes_it_another_visit(hub):
    send(hub, A, file_of(row(no_kunjungan="K-5"), row(no_kunjungan="K-5", suhu="35,0")))
    (twice,) = waiting_rows(hub, WHO)
    assert repair(hub, WHO, twice.id, {"no_kunjungan": "K-6"}).state == "accepted"
    assert {each["identifier"][0]["value"] for each in every(hub, WHO, "Encounter")} == {"K-5", "K-6"}
    send(hub, A, file_of(BAD | {"no_kunjungan": "K-7"}))
    id_ = waiting_rows(hub, WHO)[0].id
    overwriting = repair(hub, WHO, id_, {"no_kunjungan": "K-5", "tanggal_lahir": "05/09/1990", "suhu": "40"})
    assert overwriting.state == "accepted", "K-5 was stored before this row came: this is its correction"
    send(hub, A, file_of(BAD | {"no_kunjungan": "K-8"}))
    id_ = waiting_rows(hub, WHO)[0].id
    send(hub, A, file_of(row(no_kunjungan="K-5", suhu="36,1")))
    late = repair(hub, WHO, id_, {"no_kunjungan": "K-5", "tanggal_lahir": "05/09/1990"})
    assert (late.state, late.issues[0].code) == ("superseded", "HUB-3324")


def test_one_value_in_many_rows(hub):
    rows = [row(no_kunjungan=f"K-{n}", jenis_kelamin="X" if n < 4 else "Y") for n in range(1, 6)]
    send(hub, A, file_of(*rows))
    code = waiting_rows(hub, WHO)[0].codes[0]
    assert len(waiting_rows(hub, WHO, code)) == 5
    assert waiting_rows(hub, WHO, "HUB-9999") == []
    assert replace_value(hub, WHO, code, "jenis_kelamin", "X", "P") == (3, 0, 0)
    assert replace_value(hub, WHO, code, "jenis_kelamin", "Y", "Z") == (0, 2, 0)
    assert [each.cells["jenis_kelamin"] for each in waiting_rows(hub, WHO)] == ["Z", "Z"]


def test_giving_up_needs_a_reason_and_stays_in_the_history(hub):
    send(hub, A, file_of(BAD))
    id_ = waiting_rows(hub, WHO)[0].id
    with pytest.raises(HubError) as refused:
        discard(hub, WHO, id_, " ")
    assert refused.value.category is Category.INCORRECT
    discard(hub, WHO, id_, "dikirim dua kali oleh program lama")
    discard(hub, WHO, id_, "dikirim dua kali oleh program lama")
    (closed,) = closed_rows(hub, WHO)
    assert (closed.state, closed.reason) == ("discarded", "dikirim dua kali oleh program lama")
    assert counts(hub)["quarantine"] == 1
    assert waiting(hub, A) == []


def test_columns_that_are_none_are_refused(hub):
    send(hub, A, file_of(BAD))
    id_ = waiting_rows(hub, WHO)[0].id
    for cells in ({"warna": "biru"}, {"§0": "{}"}, {"nama_pasien": "x" * 3000}):
        with pytest.raises(HubError) as refused:
            repair(hub, WHO, id_, cells)
        assert refused.value.category is Category.INCORRECT
    assert repair(hub, WHO, id_, {"kelurahan": "Mawar", "tanggal_lahir": "05/09/1990"}).state == "accepted"


def test_a_fault_of_the_rows_shape_goes_with_its_column(hub):
    data = json.write([{k: v for k, v in row().items() if v} | {"keluhan": ["a", "b"]}])
    submit(hub, WHO, "klinik_csv", data, "baris.json")
    (held,) = waiting_rows(hub, WHO)
    assert (held.codes, held.columns) == (("HUB-2020",), ("keluhan",))
    assert repair(hub, WHO, held.id, {"keluhan": "a dan b"}).state == "accepted"


def test_the_api_shows_and_mends_and_another_facility_sees_nothing(hub):
    send(hub, A, file_of(BAD, BAD | {"no_kunjungan": "K-2"}, BAD | {"no_kunjungan": "K-3"}))
    with online(hub) as http:
        a, b = signed_in(hub, http, A), signed_in(hub, http, B)
        json_type = {"Content-Type": "application/json"}
        listed = http.get("/quarantine?count=2", headers=a).json()
        assert (listed["total"], len(listed["rows"])) == (3, 2)
        rest = http.get(f"/quarantine?count=2&after={listed['next_after']}", headers=a).json()
        assert (len(rest["rows"]), "next_after" in rest) == (1, False)
        first = listed["rows"][0]
        assert (first["columns"], first["codes"]) == (["tanggal_lahir"], ["HUB-2040"])
        assert (first["issues"][0]["value"], "cells" in first) == ("31/02/1990", False)
        url = f"/quarantine/{first['id']}"
        assert http.get(url, headers=a).json()["cells"]["nama_pasien"] == BAD["nama_pasien"]
        assert http.get("/quarantine", headers=b).json() == {"total": 0, "rows": []}
        for method, path, body in (
            ("GET", url, None),
            ("POST", url, {"tanggal_lahir": "05/09/1990"}),
            ("POST", f"{url}/discard", {"reason": "bukan punya kami"}),
        ):
            hidden = http.request(method, path, json=body, headers=b)
            absent = http.request(method, path.replace(first["id"], "KJ-0000000000000000.2"), json=body, headers=b)
            assert bare(hidden) == bare(absent)
            assert hidden.status_code == 404
        still = http.post(url, json={"tanggal_lahir": "x"}, headers=a | json_type).json()
        assert (still["state"], still["issues"][0]["code"], "value" in still["issues"][0]) == (
            "waiting",
            "HUB-2040",
            False,
        )
        assert http.post(url, json={"tanggal_lahir": "05/09/1990"}, headers=a).json()["state"] == "accepted"
        assert http.post(url, json={"tanggal_lahir": 5}, headers=a).status_code == 400
        assert http.post(f"{url}/discard", json={"reason": "sudah"}, headers=a).status_code == 409
        other = f"/quarantine/{listed['rows'][1]['id']}/discard"
        assert http.post(other, json={}, headers=a).status_code == 400
        assert http.post(other, json={"reason": "salah unggah"}, headers=a).json()["state"] == "discarded"
        assert http.post("/quarantine/replay", json={"code": "HUB-2040"}, headers=a).json() == {
            "accepted": 0,
            "waiting": 1,
            "superseded": 0,
        }
        assert http.post("/quarantine/replay", headers=a).json()["waiting"] == 1
        weak = signed_in(hub, http, A, ("system/*.cu",))
        assert http.get("/quarantine", headers=weak).status_code == 403
        assert http.get("/quarantine").status_code == 401


def test_an_interrupted_submission_is_run_again_from_its_kept_file(hub):
    data = file_of(row(), BAD | {"no_kunjungan": "K-2"})
    old = hub.clock() - 600_000
    for number, at_ms in enumerate((old, hub.clock())):
        id_ = f"KJ-{number:016x}"
        body = seal_kept(hub, id_, Kept("kunjungan.csv", "", data, []))
        with hub.store.writing() as tx:
            tx.add_submission(Submission(id_, A, "klinik_csv", "received", at_ms, at_ms, {}, 0, body))
    done = resume(hub, WHO, "KJ-0000000000000000")
    assert (done.state, done.counts["accepted"], done.waiting) == ("stored", 1, 1)
    for id_ in ("KJ-0000000000000000", "KJ-0000000000000001"):
        with pytest.raises(HubError) as refused:
            resume(hub, WHO, id_)
        assert refused.value.category is Category.CONFLICT, "done, or perhaps still at work"


def test_a_row_mended_while_its_correction_arrives_is_stored_once(hub):
    send(hub, A, file_of(*(BAD | {"no_kunjungan": f"K-{n}"} for n in range(6))))
    ids = {each.cells["no_kunjungan"]: each.id for each in waiting_rows(hub, WHO)}

    def work(step):
        number, is_mending = step
        if is_mending:
            return repair(hub, WHO, ids[f"K-{number}"], {"tanggal_lahir": "05/09/1990", "suhu": "35,5"}).state
        return send(hub, A, file_of(row(no_kunjungan=f"K-{number}"))).state

    with ThreadPoolExecutor(4) as pool:
        states = list(pool.map(work, [(number, way) for number in range(6) for way in (True, False)]))
    assert set(states) <= {"accepted", "superseded", "closed", "stored"}
    assert waiting(hub, A) == []
    held = every(hub, WHO, "Observation", ("_count", "100"))
    temperatures = [each for each in held if each["code"]["coding"][0]["code"] == "8310-5"]
    assert sorted(str(each["valueQuantity"]["value"]) for each in temperatures) == ["37.2"] * 6, "what was sent last"
    assert len(every(hub, WHO, "Encounter")) == 6
