"""Requests as they go over the wire: to which server, with which token, and the scripts that make a list of calls."""

import json
import secrets
import time
import urllib.parse
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from bench.wire import Answer, Run, Script, Step, drive
from hub.auth import sign_assertion

JSON = {"Content-Type": "application/fhir+json", "Accept": "application/fhir+json"}


class Refused(RuntimeError):
    """An answer that a measure must not have: what was asked and what came."""


@dataclass(frozen=True, slots=True)
class Target:
    """A server under measurement: the address before the paths given (a FHIR base, or the hub's own), and a token."""

    base: str
    token: str = ""

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        parts = urllib.parse.urlsplit(self.base)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"{self.base} is not an http:// address: measure without TLS, or through a local proxy")
        return parts.hostname, parts.port or 80

    def request(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
        """An HTTP/1.1 request; `path` stands below the base."""
        parts = urllib.parse.urlsplit(self.base)
        where = f"{parts.path}/{path}".rstrip("/") or "/"
        lines = [f"{method} {where} HTTP/1.1", f"Host: {parts.netloc}"]
        if body or method in ("POST", "PUT"):
            lines.append(f"Content-Length: {len(body)}")
        given = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        lines += [f"{name}: {value}" for name, value in {**given, **(headers or {})}.items()]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        """One request on a connection of its own."""
        found: list[Answer] = []
        drive(self.place, [_single(self.request(method, path, body, headers), found)])
        return found[0]


def _single(request: bytes, found: list[Answer]) -> Script:
    found.append((yield Step("", request)))


def sign_in(base: str, client_id: str, private: dict[str, Any]) -> str:
    """A fresh access token by private_key_jwt; `base` is the hub's own address."""
    url, now = f"{base}/oauth2/token", int(time.time())
    claims = {"iss": client_id, "sub": client_id, "aud": url, "iat": now, "exp": now + 240, "jti": secrets.token_hex(8)}
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": sign_assertion(claims, private),
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = Target(base).ask("POST", "oauth2/token", urllib.parse.urlencode(form).encode(), headers)
    if answer.status != 200:
        raise Refused(f"sign-in: HTTP {answer.status} {answer.body[:300]!r}")
    return str(json.loads(answer.body)["access_token"])


Seen = Callable[[Step, Answer], None]
"""Looks at every answer; raises to end the run."""


def accepted(step: Step, answer: Answer) -> None:
    """Raises Refused for anything but a 2xx."""
    if not 200 <= answer.status < 300:
        raise Refused(f"{step.label}: HTTP {answer.status} {answer.body[:600].decode('utf-8', 'replace')}")


def make(
    place: tuple[str, int],
    steps: Iterable[Step],
    connections: int,
    seconds: float | None = None,
    seen: Seen = accepted,
) -> Run:
    """Make the calls over so many connections: each once, or round and round for so long."""
    shared = cycle(steps) if seconds is not None else iter(steps)
    return drive(place, [_calling(shared, seen) for _ in range(connections)], seconds)


def _calling(shared: Iterator[Step], seen: Seen) -> Script:
    for step in shared:
        seen(step, (yield step))
