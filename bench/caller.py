"""The load: a process of its own that signs in and calls over plain sockets, so that it takes little of the processor.

`python -m bench.caller JOB.json` reads {"base", "clients": {id: private JWK}, "connections", "calls": [{"client",
"method", "path", "file"?, "headers"?}], "seconds"?} and prints {"elapsed", "ms": […], "statuses", "ids": […]}.
With "seconds" the calls go round until the time is over, otherwise each is made once.
"""

import json
import re
import secrets
import socket
import sys
import threading
import time
import urllib.parse
from collections import Counter
from pathlib import Path
from typing import Any

from hub.auth import sign_assertion

_ID = re.compile(rb'"location":"([A-Za-z]+)/([a-z0-9]+)/_history')
SHOWN_IDS = 40
"""Ids kept of each answered bundle."""


class Wire:
    """One connection that is kept open."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def call(self, request: bytes) -> tuple[int, bytes]:
        """Status and body."""
        self.socket.sendall(request)
        status = int(self.file.readline().split()[1])
        length = 0
        while (line := self.file.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return status, self.file.read(length)


def request(host: str, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """An HTTP/1.1 request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def sign_in(base: str, client_id: str, private: dict[str, Any]) -> str:
    """A fresh access token by private_key_jwt."""
    url, now = f"{base}/oauth2/token", int(time.time())
    claims = {"iss": client_id, "sub": client_id, "aud": url, "iat": now, "exp": now + 240, "jti": secrets.token_hex(8)}
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": sign_assertion(claims, private),
    }
    place = urllib.parse.urlparse(base)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = request(place.netloc, "POST", "/oauth2/token", headers, urllib.parse.urlencode(form).encode())
    status, body = Wire(str(place.hostname), int(place.port or 80)).call(sent)
    if status != 200:
        raise RuntimeError(f"sign-in: HTTP {status} {body[:300]!r}")
    return str(json.loads(body)["access_token"])


class Load:
    """What the connections share: the calls still to be made and what came of them."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.place = urllib.parse.urlparse(job["base"])
        tokens = {name: sign_in(job["base"], name, key) for name, key in job["clients"].items()}
        self.calls = [self._prepared(call, tokens[call["client"]]) for call in job["calls"]]
        self.seconds: float | None = job.get("seconds")
        self.lock = threading.Lock()
        self.next = 0
        self.deadline = float("inf")
        self.ms: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.ids: list[str] = []
        self.faults: list[str] = []

    def _prepared(self, call: dict[str, Any], token: str) -> bytes:
        body = Path(call["file"]).read_bytes() if "file" in call else b""
        headers = {"Authorization": f"Bearer {token}", **call.get("headers", {})}
        return request(self.place.netloc, call["method"], call["path"], headers, body)

    def run(self, connections: int) -> float:
        """Make the calls; the seconds from the first to the last byte."""
        threads = [threading.Thread(target=self._connection) for _ in range(connections)]
        started = time.perf_counter()
        if self.seconds is not None:
            self.deadline = started + self.seconds
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - started

    def _take(self) -> bytes | None:
        with self.lock:
            if time.perf_counter() >= self.deadline or (self.seconds is None and self.next >= len(self.calls)):
                return None
            self.next += 1
            return self.calls[(self.next - 1) % len(self.calls)]

    def _connection(self) -> None:
        wire = Wire(str(self.place.hostname), int(self.place.port or 80))
        while (call := self._take()) is not None:
            before = time.perf_counter()
            status, body = wire.call(call)
            took = 1000 * (time.perf_counter() - before)
            with self.lock:
                self.ms.append(took)
                self.statuses[status] += 1
                if status >= 400 and len(self.faults) < 5:
                    self.faults.append(f"HTTP {status}: {body[:600].decode('utf-8', 'replace')}")
                if call.startswith(b"POST /fhir "):
                    self.ids += [f"{a.decode()}/{b.decode()}" for a, b in _ID.findall(body)[:SHOWN_IDS]]


def main() -> None:
    """Reads the job, makes the calls, prints what came of them."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    load = Load(job)
    elapsed = load.run(job["connections"])
    found = {"elapsed": elapsed, "ms": load.ms, "statuses": load.statuses, "ids": load.ids, "faults": load.faults}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
