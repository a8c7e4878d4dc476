"""Administration from the command line."""

import json
from pathlib import Path

import pytest

from hub.auth import new_keypair
from tests.cli.conftest import Run

CASES = Path(__file__).parents[3] / "shared" / "cases" / "consent-decisions.json"
CASE = {
    "id": "own",
    "request": {
        "now": "2026-11-22T08:00",
        "purpose": "TREAT",
        "actor": {"person": "dr-a", "org": "A", "role": "doctor"},
        "rel": True,
    },
    "resource": {"id": "o", "type": "Observation", "patient": "p", "author": "A", "conf": "N", "sens": []},
    "consents": [],
    "expect": "PERMIT",
    "reason": "author-facility",
}


def test_consent_simulate_prints_one_object_per_case(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "cases.json"
    place.write_text(json.dumps([CASE, {**CASE, "id": "snoop", "request": {**CASE["request"], "rel": False}}]))
    done = run("consent", "simulate", str(place), "--json")
    assert json.loads(done.stdout) == [
        {"id": "own", "decision": "PERMIT", "reason": "author-facility"},
        {"id": "snoop", "decision": "DENY", "reason": "no-care-relationship"},
    ]
    assert "1 of 2 as expected" in run("consent", "simulate", str(place)).stdout
    if CASES.exists():
        assert "81 of 81 as expected" in run("consent", "simulate", str(CASES)).stdout


def test_facilities_and_clients(run: Run, clinic: str, tmp_path: Path) -> None:
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps({"keys": [new_keypair("EC")[1]]}))
    keyed = run("facility", "client", clinic, "klinik-uji-rme", "--jwks", str(jwks))
    assert keyed.stdout.split("\t")[:2] == ["klinik-uji-rme", clinic]
    scopes = ("--scope", "system/Patient.rs", "--scope", "system/Observation.rs")
    reading = run("facility", "client", clinic, "klinik-uji-baca", "--jwks", str(jwks), *scopes)
    assert reading.stdout == f"klinik-uji-baca\t{clinic}\tsystem/Patient.rs system/Observation.rs\n"
    odd = run("facility", "client", clinic, "klinik-uji-baca", "--jwks", str(jwks), "--scope", "system/Banana.rs")
    assert (odd.returncode, "system scopes" in odd.stderr) == (2, True)
    both = run("facility", "client", clinic, "x", "--jwks", str(jwks), "--may-delete", *scopes)
    assert both.returncode == 2
    secret = run("facility", "client", clinic, "klinik-uji-tulis")
    assert "system/*.cu" in secret.stdout
    assert "client_secret" in secret.stdout
    for action in ("list", "replay"):
        unknown = run("quarantine", action, "no-such")
        assert (unknown.returncode, unknown.stderr) == (2, "hub: no such facility: no-such\n")
    wrong = run("facility", "client", "no-such", "x")
    assert (wrong.returncode, "no such facility" in wrong.stderr) == (2, True)


def test_a_wrong_facility_is_refused_in_words(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "faskes.json"
    place.write_text(json.dumps([{"id": "Klinik Besar!", "name": "", "adapter": "klinik_csv"}]))
    done = run("facility", "add", str(place))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("hub: ")


def test_login_links(run: Run, clinic: str) -> None:
    clinician = run("login-link", "--role", "clinician", "--facility", clinic, "--person", "bidan-a")
    assert clinician.stdout.startswith("http://127.0.0.1:8000/masuk/"), clinician.stderr
    assert run("login-link", "--role", "auditor").stdout.startswith("http")
    for wrong in ((), ("--role", "auditor", "--patient", "6371010101909001"), ("--patient", "6371010101909001")):
        done = run("login-link", *wrong)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_the_audit_trail_is_verified_and_a_cut_is_seen(run: Run, clinic: str, visits: Path, home: Path) -> None:
    assert run("submit", str(visits), "--facility", clinic).returncode == 0
    done = run("audit", "verify", "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["holds"], found["entries"] > 0, found["waiting"]) == (0, True, True, 0)
    witness = home / "witness.txt"
    kept = witness.read_text()
    witness.write_text(kept.replace("jukung", "orang", 1))
    assert run("audit", "verify").returncode == 1
    witness.write_text(kept)
    assert run("audit", "verify").returncode == 0


@pytest.mark.parametrize("arguments", [("--help",), ("submit", "--help"), ("adapter", "--help"), ("audit", "--help")])
def test_help(program: Run, arguments: tuple[str, ...]) -> None:
    done = program(*arguments)
    assert done.returncode == 0
    assert "Usage" in done.stdout
