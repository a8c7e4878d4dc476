"""kill -9 of all processes of a server while transactions come in: each is whole or absent, and no 2xx is lost."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from hub.config import read_config
from tests.clients.serving import Served, register_clinics, wait_for
from tests.ports import free_port

KILLS = int(os.environ.get("HUB_KILLS", "1"))
SENDERS, OBSERVATIONS = 6, 12
CLINIC = "klinik-lain"
MARK = "https://klinik.test/transaksi"
URN = "urn:uuid:7f0f3c9e-8a55-4c1c-9a0e-3f4c1f5f0a11"


class Killable:
    """A served hub that can be killed with all its processes, and started again on what it left."""

    def __init__(self, home: Path, database_url: str) -> None:
        base = f"http://127.0.0.1:{free_port()}"
        self.settings = {
            "HUB_HOME": str(home),
            "HUB_PORT": base.rpartition(":")[2],
            "HUB_DATABASE_URL": database_url,
            "HUB_BASE_URL": base,
            "HUB_WORKERS": "2",
        }
        self.served = Served(base)
        self.log = home.with_suffix(".log")
        register_clinics(read_config(self.settings), self.served)

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "hub", "serve"],
                env={"PATH": os.defpath, "HOME": self.settings["HUB_HOME"], **self.settings},
                cwd=Path(__file__).parents[2],
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        wait_for(self.process, self.served.base, self.log)

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)


@pytest.fixture
def hub(database_url, tmp_path):
    found = Killable(tmp_path / "home", database_url)
    found.start()
    yield found
    found.kill()


def transaction(mark: str) -> dict[str, object]:
    """A patient and what was measured, all carrying one mark."""
    patient = {
        "resourceType": "Patient",
        "identifier": [{"system": MARK, "value": mark}],
        "name": [{"text": "Rekaan"}],
    }
    entries = [{"fullUrl": URN, "resource": patient, "request": {"method": "POST", "url": "Patient"}}]
    for number in range(OBSERVATIONS):
        observation = {
            "resourceType": "Observation",
            "status": "final",
            "identifier": [{"system": MARK, "value": f"{mark}-{number}"}],
            "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]},
            "subject": {"reference": URN},
            "valueQuantity": {"value": number, "unit": "mmHg"},
        }
        entries.append({"resource": observation, "request": {"method": "POST", "url": "Observation"}})
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


class Senders:
    """SENDERS threads that send transactions until told to stop; what was answered with 2xx is kept."""

    def __init__(self, hub: Killable, round_: int) -> None:
        self.hub, self.round = hub, round_
        self.sent: list[str] = []
        self.answered: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(number,)) for number in range(SENDERS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _send(self, sender: int) -> None:
        token = self.hub.served.token(CLINIC)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/fhir+json"}
        number = 0
        with httpx.Client(timeout=30) as client:
            while not self._stop.is_set():
                mark = f"{self.round}-{sender}-{number}"
                number += 1
                self.sent.append(mark)
                try:
                    answer = client.post(self.hub.served.fhir, content=json.dumps(transaction(mark)), headers=headers)
                except httpx.TransportError:
                    return
                if answer.status_code == 200:
                    self.answered.append(mark)


def total(hub: Killable, path: str) -> int:
    headers = {"Authorization": f"Bearer {hub.served.token(CLINIC)}"}
    answer = httpx.get(f"{hub.served.fhir}/{path}", headers=headers, timeout=30)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["total"])


def test_whole_or_absent_and_no_answer_lost(hub, capsys):
    chance = random.Random(os.urandom(8))
    sent, answered = [], []
    for round_ in range(KILLS):
        senders = Senders(hub, round_)
        while len(senders.answered) < SENDERS:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.4))
        hub.kill()
        senders.stop()
        hub.start()
        sent += senders.sent
        answered += senders.answered
    patients = {mark: total(hub, f"Patient?identifier={MARK}|{mark}&_summary=count") for mark in sent}
    assert all(patients[mark] == 1 for mark in answered), "an answer of 2xx was lost"
    kept = [mark for mark, number in patients.items() if number]
    assert set(patients.values()) <= {0, 1}
    assert total(hub, "Observation?_summary=count") == OBSERVATIONS * len(kept), "half of a transaction is there"
    with capsys.disabled():
        print(f"[{KILLS} kills, {len(sent)} sent, {len(answered)} answered, {len(kept)} kept] ", end="")
    assert len(kept) >= len(answered) > 0
