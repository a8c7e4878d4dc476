"""A real hub with two clinics and one patient known to both, and its pages in a test client or on a real port."""

import csv
import io
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from hub.admission import mint_login_link
from hub.api import create_app
from hub.bootstrap import build, close
from hub.config import read_config
from hub.model import Facility, Principal
from hub.parts import Hub
from hub.pipeline import submit
from hub.upkeep.registering import register_facility
from hub.web import mount
from tests.ports import free_port
from tests.services import require
from tests.web.browsing import IS_FOR_DOCS, Watched

NIK = "6371014509900001"
A, B = "klinik-teratai", "klinik-bekantan"
NAME = "Siti Aminah" if IS_FOR_DOCS else "Siti <b>Aminah</b>"
NAME_B = "Klinik Bekantan Sehat" if IS_FOR_DOCS else "Klinik Bekantan <i>Sehat</i>"
ROW = {
    "no_kunjungan": "K-1",
    "tanggal_kunjungan": "20/11/2026",
    "jam_kunjungan": "09:30",
    "poli": "Umum",
    "no_rm": "RM-1",
    "nik": NIK,
    "nama_pasien": NAME,
    "jenis_kelamin": "P",
    "tanggal_lahir": "05/09/1990",
    "nama_nakes": "dr. Budi Contoh",
    "nik_nakes": "6371020101800002",
    "keluhan": "Batuk pilek",
    "tekanan_darah": "130/85",
    "suhu": "36,8",
    "diagnosis_1": "J06.9",
    "diagnosis_2": "I10",
    "obat_1": "Paracetamol 500 mg",
    "aturan_pakai_1": "3x1",
    "lab_1": "Gula darah sewaktu",
    "hasil_1": "112",
    "satuan_1": "mg/dL",
}
BAD = ROW | {"no_kunjungan": "K-2", "tanggal_kunjungan": "31/02/2026", "diagnosis_1": "J6.9x", "diagnosis_2": ""}


def file_of(*rows: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(ROW), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


START_MS = 1_795_400_000_000  # 23 November 2026


class Clock:
    """A fixed day, one millisecond later at each look, moved by hand: sessions and codes expire when a test says so."""

    def __init__(self, ms: int = START_MS) -> None:
        self.ms = ms

    def __call__(self) -> int:
        self.ms += 1
        return self.ms


def hub_at(folder: Path, base_url: str, clock: Clock, **settings: str) -> Hub:
    known = {"HUB_HOME": str(folder), "HUB_BASE_URL": base_url, "HUB_MODE": "demo"}
    return build(read_config(known | settings), clock)


@dataclass
class Pages:
    """A browser without eyes: keeps cookies, finds the token of the page it is on, sends forms."""

    hub: Hub
    client: httpx.Client

    def get(self, path: str, status: int = 200, **headers: str) -> str:
        response = self.client.get(path, headers=headers)
        assert response.status_code == status, response.text
        return response.text

    def post(self, page: str, path: str, fields: dict[str, object] | None = None, status: int = 200, **more: object):
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', self.client.get(page).text)
        assert token, page
        response = self.client.post(path, data={"csrf": token[1], **(fields or {})}, **more)
        assert response.status_code == status, response.text
        return response

    def sign_in(self, role: str, **who: str) -> str:
        link = mint_login_link(self.hub, role, **who)
        path = link.removeprefix(self.hub.config.base_url)
        return str(self.post(path, path).url.path)

    def upload(self, content: bytes, name: str = "kunjungan.csv"):
        return self.post("/faskes", "/faskes/kiriman", files={"berkas": (name, content, "text/csv")})

    def send(self, content: bytes) -> str:
        draft = self.upload(content).url.path
        return self.post(draft, f"{draft}/kirim").text


@pytest.fixture(scope="session")
def with_clinics(tmp_path_factory) -> Path:
    """The folder of a hub that knows two clinics; tests work on copies."""
    folder = tmp_path_factory.mktemp("clinics")
    hub = hub_at(folder, "http://127.0.0.1", Clock())
    register_facility(hub, Facility(0, A, "Klinik Pratama Teratai Putih"))
    register_facility(hub, Facility(0, B, NAME_B))
    close(hub)
    return folder


@pytest.fixture(scope="session")
def with_patient(with_clinics, tmp_path_factory) -> Path:
    """The same after both clinics have sent a visit of one person."""
    folder = tmp_path_factory.mktemp("patient")
    shutil.copytree(with_clinics, folder, dirs_exist_ok=True)
    hub = hub_at(folder, "http://127.0.0.1", Clock(START_MS + 3_600_000))
    other = ROW | {"no_rm": "77", "tanggal_kunjungan": "10/11/2026", "diagnosis_1": "K29.7"}
    for facility, row in ((A, ROW), (B, other)):
        who = Principal("clinician", "uji", "TREAT", facility=facility, person="uji")
        assert submit(hub, who, "klinik_csv", file_of(row), "kunjungan.csv").counts["accepted"] == 1
    close(hub)
    return folder


@contextmanager
def serving(template: Path, folder: Path) -> Iterator[Hub]:
    """A copy of a prepared hub on a free port of this machine."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    port = free_port()
    hub = hub_at(folder, f"http://127.0.0.1:{port}", Clock(START_MS + 7_200_000))
    app = create_app(hub)
    mount(app, hub)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield hub
    server.should_exit = True
    thread.join(10)
    close(hub)


@pytest.fixture
def hub(request, tmp_path) -> Iterator[Hub]:
    """A hub with two clinics, and their patient where the test asks for one."""
    name = "with_patient" if "patient" in request.fixturenames else "with_clinics"
    with serving(request.getfixturevalue(name), tmp_path / "hub") as found:
        yield found


@pytest.fixture
def visitor(hub) -> Iterator[Callable[[], Pages]]:
    """A new browser each time."""
    opened: list[httpx.Client] = []

    def new() -> Pages:
        opened.append(httpx.Client(base_url=hub.config.base_url, follow_redirects=True, timeout=30))
        return Pages(hub, opened[-1])

    yield new
    for client in opened:
        client.close()


@pytest.fixture
def clinic(visitor) -> Pages:
    pages = visitor()
    assert pages.sign_in("clinician", facility=A, person="ners.uji") == "/faskes"
    return pages


@pytest.fixture
def patient(visitor) -> Pages:
    pages = visitor()
    assert pages.sign_in("patient", nik=NIK) == "/saya"
    return pages


@pytest.fixture(scope="session")
def served(with_patient, tmp_path_factory) -> Iterator[Hub]:
    """One hub for all browser tests."""
    with serving(with_patient, tmp_path_factory.mktemp("served")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed after this file: while it is open an event loop runs, and other tests could start none of their own."""
    program = require("chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--disable-dev-shm-usage"])
        yield opened
        opened.close()


@pytest.fixture
def watched(browser, served) -> Iterator[Callable[..., Watched]]:
    """Opens a watched page; at the end nothing may have been blocked, failed or fetched elsewhere."""
    opened: list[Watched] = []

    def new(**options: object) -> Watched:
        opened.append(Watched(browser, served.config.base_url, **options))
        return opened[-1]

    yield new
    for one in opened:
        one.context.close()
    assert [fault for one in opened for fault in one.faults] == []
