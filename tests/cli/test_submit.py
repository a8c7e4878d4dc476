"""`hub submit`: exit codes 0 to 5, the receipt, the file with its errors, and the queue for a hub that is not there."""

import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from hub.auth import new_keypair
from tests.cli.conftest import ROW, Run
from tests.ports import free_port

COUNTS = ("accepted", "unchanged", "corrected", "quarantined")


def counts(text: str) -> tuple[int, ...]:
    found = json.loads(text)["counts"]
    return tuple(found[name] for name in COUNTS)


def test_0_all_accepted_and_again_nothing_new(program: Run, clinic: str, visits: Path) -> None:
    first = program("submit", str(visits), "--facility", clinic, "--json")
    assert (first.returncode, counts(first.stdout)) == (0, (1, 0, 0, 0)), first.stderr
    again = program("submit", str(visits), "--json")  # the only facility need not be named
    assert (again.returncode, counts(again.stdout)) == (0, (0, 1, 0, 0)), again.stderr


def test_a_check_stores_nothing(run: Run, clinic: str, visits: Path) -> None:
    assert counts(run("submit", str(visits), "--check", "--json").stdout) == (1, 0, 0, 0)
    assert counts(run("submit", str(visits), "--check", "--json").stdout) == (1, 0, 0, 0)
    assert run("digest").stdout.split()[1] == "0"


def test_a_check_gives_the_file_with_its_errors_too(run: Run, clinic: str, visits: Path, tmp_path: Path) -> None:
    visits.write_text(ROW.format(day="2026-13-45", birth="1990-02-03"))
    check = ("submit", str(visits), "--check", "--errors-to", str(tmp_path / "salah"))
    done = run(*check, "--facility", clinic)
    assert done.returncode == 1, done.stderr
    with zipfile.ZipFile(tmp_path / "salah" / "kunjungan_kesalahan.xlsx") as book:
        assert b"CATATAN_KESALAHAN" in b"".join(book.read(name) for name in book.namelist())
    assert run("quarantine", "list", clinic).stdout == ""
    refused = run(*check, "--to", "http://127.0.0.1:1", *key(tmp_path))
    assert (refused.returncode, "leave out --to" in refused.stderr) == (2, True)


def test_1_some_rows_refused_with_the_file_to_mend(run: Run, clinic: str, visits: Path, tmp_path: Path) -> None:
    visits.write_text(ROW.format(day="2026-10-05", birth="1990-02-03") + "K-2;2026-13-45;RM-2;Budi;L;1980-01-01;I10\n")
    done = run("submit", str(visits), "--facility", clinic, "--errors-to", str(tmp_path / "salah"))
    assert done.returncode == 1
    assert "1 diterima, 0 sudah ada, 0 diperbaiki, 1 perlu diperbaiki" in done.stdout
    assert "baris 3, kolom tanggal_kunjungan" in done.stdout
    assert (tmp_path / "salah" / "kunjungan_kesalahan.xlsx").read_bytes()[:2] == b"PK"
    assert run("quarantine", "list", clinic).stdout.count("baris 3") == 1
    left = run("quarantine", "replay", clinic)
    assert (left.returncode, left.stdout.strip()) == (1, "0 diterima, 1 masih menunggu")
    visits.write_text(ROW.format(day="2026-10-05", birth="1990-02-03") + "K-2;2026-10-06;RM-2;Budi;L;1980-01-01;I10\n")
    mended = run("submit", str(visits), "--facility", clinic, "--json")
    assert (mended.returncode, counts(mended.stdout)) == (0, (1, 1, 0, 0))
    assert run("quarantine", "list", clinic).stdout == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "name a file"),
        (("nowhere.csv",), "not a file"),
        (("--nonsense",), "nonsense"),
        (("README.md", "--facility", "no-such"), "--facility"),
        (("README.md", "--to", "http://127.0.0.1:1"), "--client-id"),
        (("README.md", "--adapter", "no-such", "--facility", "klinik-uji"), "klinik_csv"),
    ],
)
def test_2_usage(run: Run, clinic: str, arguments: tuple[str, ...], says: str) -> None:
    done = run("submit", *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_3_not_authorised(run: Run, visits: Path, tmp_path: Path) -> None:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = b'{"error": "invalid_client"}'
            self.send_response(401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        done = run("submit", str(visits), "--to", f"http://127.0.0.1:{server.server_port}", *key(tmp_path))
    finally:
        server.shutdown()
        server.server_close()
    assert done.returncode == 3
    assert "invalid_client" in done.stderr


def test_4_unreachable_keeps_the_file_sealed_in_the_queue(run: Run, visits: Path, home: Path, tmp_path: Path) -> None:
    to = f"http://127.0.0.1:{free_port()}"
    for _ in range(2):  # the same file twice waits once
        done = run("submit", str(visits), "--to", to, *key(tmp_path))
        assert done.returncode == 4
        assert "1 file(s) safely queued" in done.stderr
    waiting = list((home / "antre").iterdir())
    assert len(waiting) == 1
    assert b"Siti" not in waiting[0].read_bytes()
    assert waiting[0].stat().st_mode & 0o077 == 0


def test_5_nothing_to_send(run: Run, visits: Path, tmp_path: Path) -> None:
    visits.write_text("\n")
    assert run("submit", str(visits), "--facility", "x").returncode == 5
    assert run("submit", "--to", "http://127.0.0.1:1", *key(tmp_path)).returncode == 5


def key(folder: Path) -> tuple[str, ...]:
    place = folder / "kunci.json"
    place.write_text(json.dumps(new_keypair("EC")[0]))
    return ("--client-id", "klinik-uji-rme", "--key", str(place))
