"""Cells named like the hub's own marks ("§0", "§removed", "kamar[1].kode"): senders can't write them, old rows that
hold them stay readable."""

import io

import msgspec
import pytest
import xlsxwriter

from hub.errors import Category, HubError
from hub.fhir import json
from hub.pipeline import closed_rows, discard, repair, replay_rows, submit, waiting, waiting_row, waiting_rows
from hub.pipeline.quarantine import open_waiting
from hub.pipeline.submissions import errors_file
from tests.whole.calling import online, signed_in
from tests.whole.sending import A, client_of, counts, every, file_of, row, send

WHO = client_of(A)
BAD = row(tanggal_lahir="31/02/1990")
POISON = [
    {"§0": "not json"},
    {"§0": '{"code":"HUB-0000","severity":"error"}'},
    {"§1": '{"code":"HUB-2020","evil":1}'},
    {"§1": '{"code":["x"],"severity":"evil","args":5}'},
    {"§2": "[" * 900},
    {"§removed": "1"},
    {"§": "x", "kamar[1].kd_kamar": "A1"},
]
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


def json_of(cells):
    return json.write([{name: value for name, value in cells.items() if value}])


@pytest.mark.parametrize("poison", POISON)
@pytest.mark.parametrize("kind", ["json", "csv"])
def test_a_mark_that_a_sender_writes_is_an_unknown_column(hub, poison, kind):
    data = json_of(BAD | poison) if kind == "json" else file_of(BAD | poison)
    done = submit(hub, WHO, "klinik_csv", data, f"baris.{kind}")
    unknown = [issue.column for issue in done.issues if issue.code == "HUB-2011"]
    assert len(unknown) == len(poison)
    assert not any(name.startswith("§") or "[1]." in name for name in unknown)
    (held,) = waiting(hub, A)
    assert not [name for name in held[1].raw if name.startswith("§") or "[1]." in name]
    id_ = waiting_rows(hub, WHO)[0].id
    assert repair(hub, WHO, id_, {"suhu": "37,1"}).state == "waiting"
    assert replay_rows(hub, WHO) == (0, 1, 0)
    assert repair(hub, WHO, id_, {"tanggal_lahir": "05/09/1990"}).state == "accepted"
    (visit,) = every(hub, WHO, "Encounter")
    assert visit["status"] == "finished", "a cell does not withdraw a visit"


def poisoned(hub, issues=(), **changes):
    """A waiting row as a hub before this check could have kept it."""
    send(hub, A, file_of(BAD))
    (row_, _) = waiting(hub, A)[0]
    held = open_waiting(hub, row_)
    loose = msgspec.to_builtins(held)
    loose["raw"] |= changes
    loose["issues"] += list(issues)
    aad = f"quarantine/{row_.submission}/{row_.row}".encode()
    body = hub.boxes.submission.seal(msgspec.msgpack.encode(loose), aad)
    with hub.store.writing() as tx:
        tx.change_quarantine(row_.submission, row_.row, source=row_.source, body=body)
    return f"{row_.submission}.{row_.row}"


@pytest.mark.parametrize("poison", [each for each in POISON if "§removed" not in each])
def test_a_kept_row_with_marks_is_mended(hub, poison):
    id_ = poisoned(hub, **poison)
    assert repair(hub, WHO, id_, {"suhu": "37,1"}).state == "waiting"
    assert replay_rows(hub, WHO) == (0, 1, 0)
    assert not [name for name in waiting_row(hub, WHO, id_).cells if name.startswith("§")]
    assert repair(hub, WHO, id_, {"tanggal_lahir": "05/09/1990"}).state == "accepted"


def test_issues_that_nobody_knows_hide_no_list(hub):
    odd = {"code": "HUB-0000", "severity": "error"}
    broken = {"code": "HUB-2020", "severity": "evil", "args": 5}
    id_ = poisoned(hub, issues=(odd, broken), **POISON[1])
    with online(hub) as http:
        caller = signed_in(hub, http, A)
        listed = http.get("/quarantine", headers=caller)
        assert listed.status_code == 200
        assert "HUB-0000" in listed.json()["rows"][0]["codes"]
        assert "HUB-0000" in next(i["text"] for i in listed.json()["rows"][0]["issues"] if i["code"] == "HUB-0000")
        assert http.get(f"/quarantine/{id_}", headers=caller).status_code == 200
        json_type = {"Content-Type": "application/json"}
        marked = http.post(f"/quarantine/{id_}", headers=caller | json_type, content='{"§0": "{}"}'.encode())
        assert marked.status_code == 400
        assert http.post("/quarantine/replay", headers=caller | json_type, content=b"{}").status_code == 200
    discard(hub, WHO, id_, "baris rusak dari percobaan")
    assert [each.state for each in closed_rows(hub, WHO)] == ["discarded"]


def test_an_empty_workbook_has_no_file_of_errors(hub):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet("Data")
    done = submit(hub, WHO, "klinik_csv", out.getvalue(), "kosong.xlsx")
    assert done.state == "refused"
    with pytest.raises(HubError) as refused:
        errors_file(hub, WHO, done.id)
    assert refused.value.category is Category.UNPROCESSABLE
    assert refused.value.issues
    assert counts(hub)["quarantine"] == 0
