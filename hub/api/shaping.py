"""The form of an answer below /fhir, whatever handler made it: HEAD, `_pretty`, gzip. https://www.hl7.org/fhir/R4/http.html

Gzip tells an eavesdropper how alike the parts of an answer are (BREACH). For that somebody else must make the caller's
program send text of his choosing: browsers send no bearer token by themselves, so only the API is packed, never a page,
a token or anything known by a cookie; and each packed answer carries up to 128 random bytes that blur its length.
"""

import secrets
import zlib

import msgspec
from anyio import to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PACK_FROM = 1024
"""Shorter answers are not packed: nothing to win."""
_LARGE = 128 * 1024
_LEVEL = 1
_BLUR = 128
_HEAD = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff"
"""A gzip member that carries a file name (RFC 1952): the random bytes."""
_JSON = (b"application/fhir+json", b"application/json")


class Shaping:
    """ASGI middleware; a request that asks for nothing of it passes through untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/fhir"):
            await self.app(scope, receive, send)
            return
        is_head, is_pretty, is_packed = scope["method"] == "HEAD", _asks_pretty(scope), takes_gzip(scope)
        if not (is_head or is_pretty or is_packed):
            await self.app(scope, receive, send)
            return
        if is_head:
            scope = {**scope, "method": "GET"}
        await self.app(scope, receive, _Shaped(send, is_head=is_head, is_pretty=is_pretty, is_packed=is_packed))


class _Shaped:
    """Sends an answer that comes in one piece in another form; one that is streamed goes as it is."""

    def __init__(self, send: Send, *, is_head: bool, is_pretty: bool, is_packed: bool) -> None:
        self.send, self.is_head, self.is_pretty, self.is_packed = send, is_head, is_pretty, is_packed
        self.start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
            return
        if self.start is None or message.get("more_body"):
            await self._begin()
            await self.send({**message, "body": b""} if self.is_head else message)
            return
        body: bytes = message.get("body", b"")
        kind = next((value for name, value in self.start["headers"] if name == b"content-type"), b"")
        if kind.startswith(_JSON) and body:
            if self.is_pretty:
                body = msgspec.json.format(body, indent=2)
            if self.is_packed and len(body) >= PACK_FROM and not self._has(b"content-encoding"):
                body = pack(body) if len(body) < _LARGE else await to_thread.run_sync(pack, body)
                self._set(b"content-encoding", b"gzip")
            self._set(b"content-length", b"%d" % len(body))
        if self.is_packed:
            self._set(b"vary", b"Accept-Encoding")
        await self._begin()
        await self.send({**message, "body": b"" if self.is_head else body})

    async def _begin(self) -> None:
        if self.start is not None:
            start, self.start = self.start, None
            await self.send(start)

    def _has(self, name: bytes) -> bool:
        assert self.start is not None
        return any(given == name for given, _ in self.start["headers"])

    def _set(self, name: bytes, value: bytes) -> None:
        assert self.start is not None
        kept = [header for header in self.start["headers"] if header[0] != name]
        self.start = {**self.start, "headers": [*kept, (name, value)]}


def pack(body: bytes) -> bytes:
    """One gzip member of a length nobody can tell the content's from."""
    name = secrets.token_hex(_BLUR // 2)[: secrets.randbelow(_BLUR)].encode()
    engine = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    end = zlib.crc32(body).to_bytes(4, "little") + (len(body) & 0xFFFFFFFF).to_bytes(4, "little")
    return b"".join((_HEAD, name, b"\x00", engine.compress(body), engine.flush(), end))


def takes_gzip(scope: Scope) -> bool:
    """Whether Accept-Encoding names gzip and does not refuse it (`gzip;q=0`)."""
    for name, value in scope["headers"]:
        if name == b"accept-encoding" and b"gzip" in value.lower():
            for part in value[:200].lower().split(b","):
                coding, _, quality = part.partition(b";")
                if coding.strip() == b"gzip":
                    return quality.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False


def _asks_pretty(scope: Scope) -> bool:
    query: bytes = scope["query_string"]
    return b"_pretty=true" in query
