"""Asking the city's other systems over HTTPS: with a key, patiently, and believing only what is signed for the very
question: an old answer, or one to another question, is none (docs/connectors.md)."""

import hashlib
import hmac
import json
import random
import re
import secrets
import socket
import stat
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any, Self

from hub.clock import Clock, system_clock
from hub.errors import Category, HubError
from hub.model import Issue
from hub.registry.feeds import Connector

TRIES = 4
TIMEOUT_S = 30
"""For a whole answer, however busily its pieces come."""
LARGEST = 8 * 1024 * 1024
FRESH_S = 300
"""So far the other system's clock may be from ours when it signs."""
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_LONGEST_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Keys:
    """What this hub proves itself with (`token`) and checks answers by (`secret`)."""

    token: str = field(repr=False)
    secret: str = field(repr=False)


def read_keys(path: Path) -> Keys:
    """Keys from a private JSON file {"token": …, "secret": …}. INCORRECT (HUB-4318) when it is not that."""
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ValueError
        found = json.loads(path.read_text(encoding="utf-8"))
        token, secret = found["token"], found["secret"]
        if not (isinstance(token, str) and isinstance(secret, str) and token and len(secret) >= 16):
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError):
        raise HubError(Category.INCORRECT, Issue("HUB-4318", severity="fatal")) from None
    return Keys(token, secret)


def answer_text(nonce: str, issued: str, question: str, asked: bytes, answer: bytes) -> bytes:
    """What the other system signs (HMAC-SHA-256, hex): the number we made for this one question, when it answered
    (epoch s), the question (method and what follows our address), and SHA-256 of both bodies; docs/connectors.md."""
    digests = (hashlib.sha256(body).hexdigest() for body in (asked, answer))
    return "\n".join(("jukung-jawaban-1", nonce, issued, question, *digests)).encode()


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer as it came, with what it has to be signed for."""

    nonce: str
    issued: str
    signature: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Link:
    """One other system. `wait` sleeps so many seconds between tries; where a person waits, one try is enough."""

    connector: Connector
    url: str
    keys: Keys
    wait: Callable[[float], None] = time.sleep
    tries: int = TRIES
    timeout_s: float = TIMEOUT_S
    clock: Clock = system_clock

    def get(self, path: str, asked: Mapping[str, str]) -> dict[str, Any]:
        """A signed JSON object. UNAVAILABLE (HUB-4314) after four tries; FORBIDDEN (HUB-4317) when the key is refused;
        INCORRECT (HUB-4315) when it is not signed for this very question, (HUB-4339) when it was signed long ago or by
        a clock far from ours, (HUB-4316) when it is no such object."""
        query = urllib.parse.urlencode({name: value for name, value in asked.items() if value})
        return self._object("GET", path + (f"?{query}" if query else ""), None)

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The same for a question that does not fit into an address."""
        return self._object("POST", path, json.dumps(body).encode())

    def _object(self, method: str, path: str, body: bytes | None) -> dict[str, Any]:
        name = self.connector.name
        address = urllib.parse.urlsplit(self.url)
        if address.scheme != "https" and address.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise HubError(Category.INCORRECT, Issue("HUB-4399", args={"name": name}))
        answer = self._patiently(method, path, body)
        data = answer.body
        text = answer_text(answer.nonce, answer.issued, f"{method} {path}", body or b"", data)
        known = hmac.new(self.keys.secret.encode(), text, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(known.encode(), answer.signature.strip().lower().encode()):
            raise HubError(Category.INCORRECT, Issue("HUB-4315", severity="fatal", args={"name": name}))
        issued = int(answer.issued) if re.fullmatch(r"[0-9]{1,12}", answer.issued) else 0
        if abs(self.clock() // 1000 - issued) > FRESH_S:
            args = {"name": name, "seconds": str(FRESH_S)}
            raise HubError(Category.INCORRECT, Issue("HUB-4339", severity="fatal", args=args))
        try:
            found = json.loads(data)
            json.dumps(found, ensure_ascii=False).encode()  # half a character is no text
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise self.unfit("JSON")
        return found

    def require(self, kind: str, what: str) -> None:
        """INCORRECT (HUB-4319) when the other system is not one that can be asked for this."""
        if self.connector.kind != kind:
            args = {"name": self.connector.name, "what": what}
            raise HubError(Category.INCORRECT, Issue("HUB-4319", args=args))

    def understood(self, function: str, said: Any) -> Any:
        """What one of the connector's functions makes of an answer. INCORRECT (HUB-4316) when it cannot."""
        try:
            return self.connector.functions[function](said)
        except (KeyError, ValueError, TypeError, AttributeError, OverflowError) as error:
            raise self.unfit(type(error).__name__) from None

    def unfit(self, where: str) -> HubError:
        """An answer that is not what connector.toml promises."""
        args = {"name": self.connector.name, "where": where[:60]}
        return HubError(Category.INCORRECT, Issue("HUB-4316", severity="fatal", args=args))

    def _patiently(self, method: str, path: str, body: bytes | None) -> _Answer:
        url, reason = self.url.rstrip("/") + path, ""
        for number in range(self.tries):
            if number:
                self.wait(min(_LONGEST_WAIT_S, 2.0**number * random.uniform(0.5, 1.0)))  # noqa: S311
            try:
                return self._once(method, url, body)
            except urllib.error.HTTPError as error:
                with error:
                    reason = f"HTTP {error.code}"
                if error.code in (401, 403):
                    args = {"name": self.connector.name, "status": str(error.code)}
                    raise HubError(Category.FORBIDDEN, Issue("HUB-4317", severity="fatal", args=args)) from None
                if error.code not in _AGAIN:
                    raise self.unfit(reason) from None
            except (urllib.error.URLError, HTTPException, TimeoutError, OSError) as error:
                reason = type(error).__name__
        args = {"name": self.connector.name, "reason": reason, "tries": str(self.tries)}
        raise HubError(Category.UNAVAILABLE, Issue("HUB-4314", severity="fatal", args=args))

    def _once(self, method: str, url: str, body: bytes | None) -> _Answer:
        nonce, names = secrets.token_hex(16), self.connector
        headers = {"Authorization": f"Bearer {self.keys.token}", "Accept": "application/json"}
        headers[names.text("request", "nonce", "X-Nonce")] = nonce
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(url, data=body, headers=headers, method=method)  # noqa: S310 - scheme checked above
        with _Deadline(self.timeout_s) as deadline, _OPENER.open(request, timeout=self.timeout_s) as answer:
            data = answer.read(LARGEST + 1)
            if len(data) > LARGEST:
                raise self.unfit(f"> {LARGEST} B")
            if deadline.is_over:
                raise TimeoutError
            issued, signature = (answer.headers.get(names.text("answer", name), "") for name in ("issued", "signature"))
            return _Answer(nonce, issued, signature, data)


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect would take the key to another address: it is an answer like any other that was not promised."""

    def redirect_request(self, *_: Any) -> None:
        return None


class _Deadline:
    """Cuts this thread's connection when the time is over: a socket's own timeout is for each piece of an answer, and
    one that comes byte by byte would hold whoever waits for as long as it likes."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        _THREAD.deadline = self
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def hold(self, connected: socket.socket) -> None:
        self._socket = connected
        if self.is_over:
            self._cut()

    def _cut(self) -> None:
        self.is_over = True
        if self._socket is not None:
            with suppress(OSError):  # it may have ended just now
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class _Plain(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _THREAD.deadline.hold(self.sock)


class _Secure(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _THREAD.deadline.hold(self.sock)


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_Plain, req)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_Secure, req)


_THREAD = threading.local()
_OPENER = urllib.request.build_opener(_Stay, _Http, _Https)
