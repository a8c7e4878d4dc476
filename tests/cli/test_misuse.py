"""Wrong files and settings: one sentence on standard error and exit code 2, never a stack trace or a secret."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def places(tmp_path: Path, visits: Path) -> dict[str, str]:
    (tmp_path / "list.json").write_text("[1, 2]")
    (tmp_path / "object.json").write_text("{}")
    (tmp_path / "broken.json").write_text('{"a": \n !')
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "key.json").write_text(json.dumps({"kty": "EC", "crv": "P-384", "x": "a", "y": "b", "d": "c"}))
    names = ("list", "object", "broken", "binary", "key")
    return {"folder": str(tmp_path), "visits": str(visits)} | {n: str(tmp_path / f"{n}.json") for n in names}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("consent simulate {folder}", "directory"),
        ("consent simulate {list}", "list of cases"),
        ("consent simulate {broken}", "line 2, column 2"),
        ("consent simulate {binary}", "UTF-8"),
        ("facility add {list}", "list of facilities"),
        ("facility add {broken}", "not JSON"),
        ("adapter template klinik_csv {folder}", "directory"),
        ("submit {visits} --to http://127.0.0.1:1 --client-id a --key {list}", "not a private key"),
        ("submit {visits} --to http://127.0.0.1:1 --client-id a --key {key}", "not a private key"),
        ("submit {visits} --to http://127.0.0.1:1 --client-id a --key {folder}", "directory"),
        ("submit {visits} --errors-to {list}", "not a folder"),
    ],
)
def test_a_wrong_file(run: Run, places: dict[str, str], arguments: str, says: str) -> None:
    done = run(*arguments.format_map(places).split())
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert says in done.stderr.replace("Is a directory", "directory")


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"HUB_PORT": "99999"}, "65535"),
        ({"HUB_DATABASE_URL": "geheim"}, "URL"),
        ({"HUB_DATABASE_URL": "postgresql://x:geheim@127.0.0.1:1/x"}, "database"),
    ],
)
def test_a_wrong_setting(run: Run, env: dict[str, str], says: str) -> None:
    done = run("digest", **env)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert says in done.stderr
    assert "geheim" not in done.stderr


def test_refusals_speak_both_languages(run: Run) -> None:
    said = run("login-link", "--patient", "6371010101909001").stderr
    assert "tidak ditemukan" in said
    assert "not found" in said
