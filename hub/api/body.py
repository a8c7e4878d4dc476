"""Request bodies, counted while they arrive: nothing larger than its limit is ever held, packed or unpacked."""

import asyncio
import zlib

from starlette.requests import Request

from hub.errors import Category, HubError
from hub.model import Issue

MIB = 1 << 20
RESOURCE_LIMIT = MIB
BUNDLE_LIMIT = 10 * MIB
FORM_LIMIT = 64 * 1024
PATIENCE_S = 60
_RATIO = 10


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body, unpacked, of at most `limit` bytes on the wire.

    Gzip may unpack to ten times its size (1 MiB is always allowed) and to twice the limit. TOO_LARGE before reading
    on; UNSUPPORTED_MEDIA for other encodings; INCORRECT when the sender stops in the middle.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise _encoding()
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared[:18]) > limit:
        raise _too_large(limit)
    try:
        async with asyncio.timeout(PATIENCE_S):
            raw = await _read(request, limit)
    except TimeoutError:
        raise HubError(Category.INCORRECT, Issue("HUB-5820", args={"seconds": str(PATIENCE_S)})) from None
    return raw if encoding == "identity" else unpack(raw, limit)


def unpack(raw: bytes, limit: int) -> bytes:
    """One gzip member and nothing after it, bounded as `read_body` says."""
    bound = min(max(MIB, _RATIO * len(raw)), 2 * limit)
    engine = zlib.decompressobj(wbits=31)
    try:
        data = engine.decompress(raw, bound + 1)
    except zlib.error:
        raise _encoding() from None
    if len(data) > bound:
        raise _too_large(bound)
    if not engine.eof or engine.unused_data:
        raise _encoding()
    return data


async def _read(request: Request, limit: int) -> bytes:
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > limit:
            raise _too_large(limit)
    return bytes(parts)


def _too_large(limit: int) -> HubError:
    return HubError(Category.TOO_LARGE, Issue("HUB-5805", args={"limit": str(limit)}))


def _encoding() -> HubError:
    return HubError(Category.UNSUPPORTED_MEDIA, Issue("HUB-5807", args={"ratio": str(_RATIO)}))
