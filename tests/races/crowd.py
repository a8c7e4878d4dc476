"""Many connections that ask at one moment, each kept open between the rounds."""

import http.client
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

CROWD = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """Its answer; `where` is the Location header without the version."""

    status: int
    etag: str
    where: str
    body: bytes


class Crowd:
    """CROWD connections to one server, with one token."""

    def __init__(self, base: str, token: str) -> None:
        place = urlsplit(base)
        self._lines = [http.client.HTTPConnection(str(place.hostname), place.port, timeout=60) for _ in range(CROWD)]
        self._token = token

    def ask(self, asked: Sequence[Asked]) -> list[Told]:
        """Send all requests at one moment, each on a connection of its own; the answers in the same order."""
        told: list[Told | None] = [None] * len(asked)
        ready = threading.Barrier(len(asked))

        def one(number: int) -> None:
            ready.wait()
            told[number] = self._one(self._lines[number], asked[number])

        threads = [threading.Thread(target=one, args=(number,)) for number in range(len(asked))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [each for each in told if each is not None]

    def close(self) -> None:
        for line in self._lines:
            line.close()

    def _one(self, line: http.client.HTTPConnection, asked: Asked) -> Told:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/fhir+json"}
        body = None if asked.body is None else json.dumps(asked.body)
        line.request(asked.method, asked.path, body, headers | dict(asked.headers))
        answer = line.getresponse()
        where = answer.getheader("location", "").partition("/_history")[0]
        return Told(answer.status, answer.getheader("etag", ""), where, answer.read())
