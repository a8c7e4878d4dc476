"""Papers, staff, agencies, the feed and connectors from the command line."""

import json
from pathlib import Path

from hub.auth import new_keypair
from tests.cli.conftest import Run

CSV = (
    "facility;licence_number;licence_until;permit_number;permit_name;permit_profession;permit_until\n"
    "klinik-uji;503/1;2020-01-01;SIP/1;dr. Contoh;dokter;2099-01-01\n"
    "klinik-uji;;;SIP/2;Siti Contoh;bidan;\n"
)


def test_papers_go_in_and_come_back(run: Run, clinic: str, tmp_path: Path) -> None:
    place = tmp_path / "izin.csv"
    place.write_text(CSV)
    done = run("facility", "details", str(place))
    assert (done.returncode, done.stdout) == (0, "klinik-uji\tlicence, permits\n"), done.stderr
    shown = run("facility", "show", clinic)
    again = tmp_path / "izin.json"
    again.write_text(shown.stdout)
    assert run("facility", "details", str(again)).stdout == "klinik-uji\t=\n"
    due = run("facility", "due", "--day", "2020-01-02").stdout
    assert due.startswith("expired\t-1\tklinik-uji\tlicence\t503/1")
    place.write_text("facility,licences\nklinik-uji,x\n")
    wrong = run("facility", "details", str(place))
    assert wrong.returncode == 2
    assert "licences" in wrong.stderr
    again.write_text('{"facility": "tidak-ada"}')
    assert "HUB-4312" in run("facility", "details", str(again)).stderr


def test_staff_and_agencies(run: Run, clinic: str, tmp_path: Path) -> None:
    assert run("staff", "set", "siti", "--duty", "auditor", "--duty", "steward").stdout == "siti\tauditor, steward\n"
    assert "/masuk/" in run("staff", "link", "siti").stdout
    assert "HUB-4335" in run("staff", "set", "siti", "--duty", "raja").stderr
    run("staff", "remove", "siti")
    assert "HUB-4336" in run("staff", "link", "siti").stderr
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps({"keys": [new_keypair("EC", "k1")[1]]}))
    added = run("agency", "add", "disdik", "--jwks", str(keys), "--feed", "--areas")
    assert added.stdout == "disdik\tcity/areas city/feed\n", added.stderr
    assert run("agency", "add", "disdik", "--jwks", str(keys)).returncode == 2
    assert run("feed", "subscribe", "disdik", "--cube", "visits-area").returncode == 0
    assert run("feed", "list").stdout == "disdik\tvisits-area\n"
    assert run("feed", "make").returncode == 5
    assert json.loads(run("feed", "keys").stdout)["keys"][0]["kty"] == "OKP"


def test_a_connector_that_cannot_be_asked_says_why(run: Run, clinic: str, tmp_path: Path) -> None:
    key = tmp_path / "kunci.json"
    key.write_text(json.dumps({"token": "t", "secret": "s" * 16}))
    key.chmod(0o644)
    address = ("--url", "http://127.0.0.1:9", "--key-file", str(key))
    assert "HUB-4318" in run("connect", "eperizinan", *address).stderr
    key.chmod(0o600)
    assert "HUB-4313" in run("connect", "tidak-ada", *address).stderr
    assert "HUB-4319" in run("connect", "dukcapil", *address).stderr
    assert "HUB-4399" in run("connect", "eperizinan", "--url", "http://contoh.example", "--key-file", str(key)).stderr
