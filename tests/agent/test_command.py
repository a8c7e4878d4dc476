"""`hub pull` and `hub source check` as typed: exit codes, addresses in files, a hub far away and one that is gone."""

import json
import sqlite3
import sys
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

from hub.auth import new_keypair
from hub.cli import main
from tests.agent.conftest import VISIT

FACILITY = {"id": "rs-uji", "name": "RS Uji", "kind": "rumah-sakit", "ownership": "public", "adapter": "rawat"}


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HUB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HUB_ADAPTERS", str(Path(__file__).parent / "adapters"))
    monkeypatch.delenv("HUB_SOURCE", raising=False)

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["hub", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main.run()
        return Done(int(left.value.code or 0), *capsys.readouterr())

    return command


@pytest.fixture
def source(file_hospital):
    file_hospital.fill(5)
    return file_hospital


def test_a_hospital_on_this_machine(run, source, tmp_path):
    place = tmp_path / "faskes.json"
    place.write_text(json.dumps({**FACILITY, "settings": {"clock_shift_minutes": "-60"}}))
    assert run("facility", "add", str(place)).returncode == 0
    address = tmp_path / "sumber.url"
    address.write_text(source.url + "\n")
    address.chmod(0o644)
    pull = ("pull", "rawat", "--source", str(address), "--facility", "rs-uji", "--all", "--load", "1")
    done = run(*pull)
    assert (done.returncode, "HUB-2216" in done.stderr) == (2, True)
    address.chmod(0o600)
    done = run(*pull)
    assert done.returncode == 0, done.stderr
    assert "5 kunjungan dibaca: 5 baru, 0 berubah, 0 dihapus, 0 tetap; 5 terkirim" in done.stdout
    assert "hub: 5 diterima" in done.stdout
    assert "dikoreksi -60 menit" in done.stdout
    again = run(*pull, "--json")
    report = json.loads(again.stdout)
    assert (report["unchanged"], report["sent"], report["cost"]["visits"][0]) == (5, 0, 2)
    with closing(sqlite3.connect(source.path)) as db, db:
        db.execute(VISIT, ("2026/11/18/000099", "2026-11-18", "", "", "P", "1990-09-05", "", "", 0))
    assert run(*pull).returncode == 1  # a row that waits in quarantine


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("pull", "rawat", "--source", "x", "--facility", "rs-uji"), "neither an address"),
        (("pull", "rawat", "--source", "x://", "--facility", "../rs"), "--facility is the id"),
        (("pull", "rawat", "--source", "sqlite:////tidak/ada.db", "--facility", "rs-uji"), "rs-uji is not a facility"),
        (("pull", "rawat", "--source", "x://", "--facility", "a", "--to", "http://127.0.0.1:1"), "--client-id"),
        (("source", "check", "tidak_ada", "--source", "sqlite:///x"), "adapter.toml is missing"),
        (("source", "check", "rawat", "--source", "sqlite:////tidak/ada.db"), "HUB-2217"),
        (("source", "check", "rawat", "--source", "oracle://a:rahasia@b/c"), "HUB-2200"),
    ],
)
def test_usage(run, arguments, says):
    done = run(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert "rahasia" not in done.stderr


def test_a_source_that_is_down_is_told_from_a_wrong_option(run):
    done = run("source", "check", "rawat", "--source", "mysql+pymysql://a:rahasia@127.0.0.1:9/sik")
    assert (done.returncode, "HUB-2201" in done.stderr, "rahasia" in done.stderr) == (6, True, False)


def test_an_sqlite_file_is_a_source_by_itself(run, source, tmp_path):
    source.path.chmod(0o644)  # no password in it: whoever may read it may pull it
    place = tmp_path / "faskes.json"
    place.write_text(json.dumps(FACILITY))
    assert run("facility", "add", str(place)).returncode == 0
    pull = ("pull", "rawat", "--source", str(source.path), "--facility", "rs-uji", "--all", "--load", "1")
    done = run(*pull)
    assert done.returncode == 0, done.stderr
    assert "5 terkirim" in done.stdout
    assert "5 dibaca · 5 terkirim" in done.stderr  # the last line of the progress, not the one before sending
    assert (tmp_path / "home" / "agen" / "rs-uji.db").is_file()
    assert (tmp_path / "home" / "agen" / "rs-uji.db.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00\x01", b"PK\x03\x04", b"bukan alamat", b"sqlite:///a\nsqlite:///b", b"\x89://x"]
)
def test_a_file_that_is_no_source_is_named_so(run, tmp_path, content):
    place = tmp_path / "sumber"
    place.write_bytes(content)
    place.chmod(0o600)
    done = run("source", "check", "rawat", "--source", str(place))
    assert (done.returncode, "HUB-2218" in done.stderr) == (2, True)


def test_source_check_says_what_is_there_and_what_it_costs(run, source):
    done = run("source", "check", "rawat", "--source", source.url)
    assert done.returncode == 0, done.stderr
    assert "- kunjungan.cabang: tidak ada" in done.stdout
    assert "visits: 1 kueri / queries, 5 baris / rows" in done.stdout
    assert "✓ 5 kunjungan pertama terbaca" in done.stdout
    source.run("DROP TABLE diagnosa")
    done = run("source", "check", "rawat", "--source", source.url)
    assert done.returncode == 1
    assert "✗ diagnosa: tidak ada" in done.stdout


class _Hub(BaseHTTPRequestHandler):
    """A hub that signs in whoever comes and gives receipts; a token is good for one part."""

    rows: list[int]
    tokens: list[str]

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/oauth2/token":
            type(self).tokens.append(f"kunci-{len(type(self).tokens)}")
            answer = {"access_token": type(self).tokens[-1]}
        elif self.headers["Authorization"] != f"Bearer {type(self).tokens[-1]}" or len(type(self).rows) == 1:
            type(self).rows.append(0)
            self.send_response(401)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")
            return
        else:
            assert self.path == "/submissions/rawat"
            assert self.headers["X-Filename"].startswith("rawat-")
            rows = json.loads(body)
            type(self).rows.append(len(rows))
            answer = {"id": "KJ-1", "state": "stored", "counts": {"accepted": len(rows)}, "issues": []}
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def test_a_hub_far_away_and_one_that_is_not_there(run, source, tmp_path):
    private, _ = new_keypair("EC")
    place = tmp_path / "kunci.json"
    place.write_text(json.dumps(private))
    key = ("--client-id", "rs-uji-agen", "--key", str(place), "--all", "--load", "1")
    pull = ("pull", "rawat", "--source", source.url, "--facility", "rs-uji", *key)
    done = run(*pull, "--to", "http://127.0.0.1:9")
    assert done.returncode == 4
    assert "read and sent by the next run" in done.stderr
    source.fill(600, first=100)
    rows: list[int] = []
    server = HTTPServer(("127.0.0.1", 0), type("_There", (_Hub,), {"rows": rows, "tokens": []}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        to = ("--to", f"http://127.0.0.1:{server.server_port}")
        assert run(*pull, *to).returncode == 0
        assert run(*pull, *to).returncode == 0
    finally:
        server.shutdown()
        server.server_close()
    assert rows == [400, 0, 205]  # the second part found its token too old, signed in again and went on
