"""A hub of its own in a temporary home, served by a process of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.calls import Target, sign_in
from bench.machine import peak_mb
from hub.admission import register_client
from hub.auth import new_keypair
from hub.bootstrap import build, close
from hub.config import read_config
from hub.registry import from_dict
from hub.upkeep.registering import register_facility

HOSPITAL: dict[str, Any] = {
    "id": "rs-bangku-uji",
    "name": "RS Bangku Uji",
    "kind": "rumah-sakit",
    "ownership": "private",
    "adapter": "klinik_csv",
}


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: where it is, and a key of a client for each facility."""

    base: str
    database_url: str
    process: "subprocess.Popen[bytes]"
    clients: dict[str, dict[str, Any]]

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        return Target(self.base).place

    def target(self, client: str, below: str = "/fhir") -> Target:
        """Where a facility's client calls, with a fresh token (it is good for five minutes)."""
        return Target(self.base + below, sign_in(self.base, client, self.clients[client]))

    def rss_mb(self) -> float:
        """Peak resident memory of all its processes, MiB."""
        return peak_mb(self.process.pid)


@dataclass(frozen=True, slots=True)
class Registered:
    """A home with its facilities: the hub's settings, its address, and a private key for each facility's client."""

    settings: dict[str, str]
    base: str
    clients: dict[str, dict[str, Any]]


def register(home: Path, database_url: str, facilities: Iterable[dict[str, Any]], workers: int = 1) -> Registered:
    """Make the facilities known to a hub, and a client of each; a home that is there already is used again."""
    settings = {
        "HUB_HOME": str(home),
        "HUB_PORT": str(_free_port()),
        "HUB_DATABASE_URL": database_url,
        "HUB_WORKERS": str(workers),
    }
    config = read_config(settings)
    clients = {}
    hub = build(config)
    for row in facilities:
        register_facility(hub, from_dict(row))
        private, public = new_keypair("EC")
        register_client(hub, row["id"], row["id"], jwks={"keys": [public]}, scopes=("system/*.cruds",))
        clients[row["id"]] = private
    close(hub)
    return Registered(settings, config.base_url, clients)


@contextmanager
def served(home: Path, database_url: str, workers: int, facilities: Iterable[dict[str, Any]]) -> Iterator[Served]:
    """A hub that knows these facilities, serving until the block is left."""
    known = register(home, database_url, facilities, workers)
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "hub", "serve"],
            env={**os.environ, **known.settings},
            cwd=Path(__file__).parents[1],
            stdout=log,
            stderr=log,
        )
    try:
        _await(known.base, process, home / "server.log")
        yield Served(known.base, database_url, process, known.clients)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(base: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{base}/healthz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the server did not come up: {log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
