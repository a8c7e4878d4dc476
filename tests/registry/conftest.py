"""Another system of the city on this machine: pages, answers, signatures as docs/connectors.md says, and faults."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from hub.bootstrap import build, close
from hub.config import read_config
from hub.model import Facility
from hub.parts import Hub
from hub.registry.feeds import load_connectors
from hub.upkeep.fetching import Keys, Link
from hub.upkeep.registering import register_facility
from tests.web.conftest import START_MS, Clock

ROOT = Path(__file__).parents[2] / "connectors"
KEYS = Keys("token-uji", "rahasia-uji-yang-cukup-panjang")
A, B = "klinik-teratai", "klinik-bekantan"


@dataclass
class City:
    """Another system of the city: pages by cursor, answers to questions, and faults that are made on purpose."""

    pages: dict[str, Any] = field(default_factory=dict)
    answers: list[Any] = field(default_factory=list)
    faults: list[int] = field(default_factory=list)
    is_forged: bool = False
    behind_s: int = 0
    replayed: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    swapped: bytes | None = None
    sent: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def city() -> Iterator[City]:
    known = City()

    class Handler(BaseHTTPRequestHandler):
        question = b""

        def do_GET(self) -> None:
            known.asked.append(dict(parse_qsl(urlsplit(self.path).query)))
            self._answer(known.pages.get(known.asked[-1].get("halaman", "")))

        def do_POST(self) -> None:
            self.question = self.rfile.read(int(self.headers["Content-Length"]))
            known.asked.append(json.loads(self.question))
            self._answer(known.answers.pop(0) if not known.faults else None)

        def _answer(self, body: Any) -> None:
            status = known.faults.pop(0) if known.faults else 200 if body is not None else 404
            if self.headers["Authorization"] != f"Bearer {KEYS.token}":
                status = 401
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", known.url + "/lain")
            data, signs = known.replayed.pop(0) if known.replayed else (data, self._signed(data))
            known.sent.append((data, signs))
            for name, value in signs.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _signed(self, data: bytes) -> dict[str, str]:
            """As docs/connectors.md says, written anew."""
            asked = known.swapped or self.question
            issued = str(int(time.time()) - known.behind_s)
            where = self.path.removeprefix("/") if self.path.startswith("/?") else self.path.removesuffix("/")
            question = f"{self.command} {where}"
            digests = [hashlib.sha256(each).hexdigest() for each in (asked, data)]
            lines = ["jukung-jawaban-1", self.headers["X-Nonce"], issued, question, *digests]
            secret = b"orang lain" if known.is_forged else KEYS.secret.encode()
            signature = hmac.new(secret, "\n".join(lines).encode(), hashlib.sha256).hexdigest()
            return {"X-Waktu": issued, "X-Tanda-Tangan": signature}

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    known.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield known
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def hub(tmp_path, database_url) -> Iterator[Hub]:
    config = read_config({"HUB_HOME": str(tmp_path / "home"), "HUB_DATABASE_URL": database_url})
    found = build(config, Clock(START_MS))
    register_facility(found, Facility(0, A, "Klinik Teratai"))
    register_facility(found, Facility(0, B, "Klinik Bekantan"))
    yield found
    close(found)


def link(city: City, name: str = "eperizinan", keys: Keys = KEYS) -> Link:
    return Link(load_connectors(ROOT)[name], city.url, keys, wait=lambda _: None)


def sample(name: str, connector: str = "eperizinan") -> Any:
    return json.loads((ROOT / connector / "sample" / f"{name}.json").read_text(encoding="utf-8"))
