"""Submitting over HTTP: a file three ways, the receipt, the file back, and nobody else's receipt."""

import io
import json
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.api.test_errors import outcome_of

SAMPLE = Path(__file__).parents[2] / "adapters" / "klinik_csv" / "sample"
CSV = (SAMPLE / "teratai_2026-11-20.csv").read_bytes()
URL = "/submissions/klinik_csv"


def test_a_file_as_a_form(client, token):
    headers = token()
    file = {"file": ("teratai.csv", CSV, "text/csv")}
    checked = client.post(URL + "?mode=check", files=file, headers=headers)
    assert checked.status_code == 200, checked.text
    assert client.get(f"/submissions/{checked.json()['id']}", headers=headers).status_code == 404
    assert client.get("/fhir/Encounter", headers=headers).json()["total"] == 0
    stored = client.post(URL, files=file, headers=headers)
    receipt = stored.json()
    assert receipt["counts"] == checked.json()["counts"]
    assert set(receipt["counts"]) == {"accepted", "unchanged", "corrected", "withdrawn", "quarantined"}
    assert receipt["counts"]["accepted"] > 0
    assert all({"code", "severity", "row", "column", "text", "fix"} <= set(issue) for issue in receipt["issues"])
    assert stored.headers["location"] == f"https://hub.test/submissions/{receipt['id']}"
    assert client.get(f"/submissions/{receipt['id']}", headers=headers).json() == receipt
    again = client.post(URL, files=file, headers=headers).json()["counts"]
    assert (again["accepted"], again["corrected"]) == (0, 0)


def test_a_raw_file_and_rows_as_json(client, token):
    raw = token() | {"Content-Type": "text/csv", "X-Filename": "teratai.csv"}
    accepted = client.post(URL + "?mode=check", content=CSV, headers=raw).json()["counts"]["accepted"]
    assert accepted > 0
    rows = json.loads((SAMPLE / "klien_api.json").read_text())
    told = client.post(URL, json=rows, headers=token("klinik-b"))
    assert told.status_code == 200
    assert told.json()["counts"]["accepted"] > 0


def test_the_senders_file_comes_back(client, token):
    headers = token()
    receipt = client.post(URL, files={"file": ("teratai.csv", CSV, "text/csv")}, headers=headers).json()
    answer = client.get(f"/submissions/{receipt['id']}/errors.xlsx", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert "CATATAN_KESALAHAN" in sheet[0]


def test_anothers_receipt_is_absent(client, token):
    receipt = client.post(URL, files={"file": ("t.csv", CSV, "text/csv")}, headers=token()).json()
    other = token("klinik-b")
    for path in (f"/submissions/{receipt['id']}", f"/submissions/{receipt['id']}/errors.xlsx"):
        hidden = client.get(path, headers=other)
        missing = client.get(path.replace(receipt["id"], "KJ-0000000000000000"), headers=other)
        assert (hidden.status_code, hidden.content) == (404, missing.content)


@pytest.mark.parametrize(
    ("url", "fields", "status", "code"),
    [
        ("/submissions/khanza", {"files": {"file": ("a.csv", b"x", "text/csv")}}, 404, "HUB-3104"),
        (URL + "?mode=x", {"files": {"file": ("a.csv", b"x", "text/csv")}}, 400, "HUB-5819"),
        (URL, {"files": {"other": ("a.csv", b"x", "text/csv")}}, 400, "HUB-5818"),
        (URL, {"content": b"", "headers": {"Content-Type": "text/csv"}}, 400, "HUB-5818"),
        (URL, {"content": b"x", "headers": {"Content-Type": "image/png"}}, 415, "HUB-5803"),
        (URL, {"content": b"x" * (10 << 20) + b"x", "headers": {"Content-Type": "text/csv"}}, 413, "HUB-5805"),
    ],
)
def test_refused(client, token, url, fields, status, code):
    fields["headers"] = fields.get("headers", {}) | token()
    outcome_of(client.post(url, **fields), status, code)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{", "application/json"),
        (b"[1,2]", "application/json"),
        (b"\x00\xff\xfe", "text/csv"),
        (b"PK\3\4x", "text/csv"),
    ],
)
def test_junk_is_never_a_fault(client, token, content, kind):
    answer = client.post(URL, content=content, headers=token() | {"Content-Type": kind})
    assert answer.status_code < 500, answer.text
