"""Bodies are counted while they arrive; a bomb never unfolds."""

import asyncio
import gzip
import os
import tracemalloc

import pytest
from starlette.requests import Request

from hub.api.body import MIB, read_body, unpack
from hub.errors import Category, HubError


def request(parts: list[bytes], **headers: str) -> Request:
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    messages.append({"type": "http.request", "body": b"", "more_body": False})
    taken = iter(messages)
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]

    async def receive():
        request.read += 1
        return next(taken)

    request.read = 0
    return Request({"type": "http", "method": "POST", "path": "/", "headers": named}, receive)


def read(parts: list[bytes], limit: int, **headers: str) -> bytes:
    return asyncio.run(read_body(request(parts, **headers), limit))


def test_parts_are_joined():
    assert read([b"ab", b"", b"c"], 3) == b"abc"


def test_a_declared_size_is_refused_before_reading():
    with pytest.raises(HubError) as caught:
        read([b"x" * 100], 10, content_length="100")
    assert (caught.value.category, request.read) == (Category.TOO_LARGE, 0)


def test_an_undeclared_size_is_refused_at_the_limit():
    with pytest.raises(HubError) as caught:
        read([b"x" * 6] * 100, 10)
    assert (caught.value.category, request.read) == (Category.TOO_LARGE, 2)


def test_gzip():
    noise = os.urandom(2 * MIB).hex().encode()
    assert read([gzip.compress(noise)], 10 * MIB, content_encoding="gzip") == noise
    assert unpack(gzip.compress(b"[" + b"1," * 100_000), MIB)[:3] == b"[1,"


def test_a_gzip_bomb_stays_small():
    bomb = gzip.compress(bytes(64 * MIB))
    tracemalloc.start()
    with pytest.raises(HubError) as caught:
        unpack(bomb, 10 * MIB)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.category == Category.TOO_LARGE
    assert peak < 8 * MIB


@pytest.mark.parametrize(
    "raw",
    [b"", b"no gzip", gzip.compress(b"x")[:-4], gzip.compress(b"x") + gzip.compress(b"y"), gzip.compress(b"x") + b"z"],
    ids=["empty", "no gzip", "cut off", "two members", "more after it"],
)
def test_what_is_not_one_gzip_member(raw):
    with pytest.raises(HubError) as caught:
        unpack(raw, MIB)
    assert caught.value.category == Category.UNSUPPORTED_MEDIA


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "zstd"])
def test_other_encodings(encoding):
    with pytest.raises(HubError) as caught:
        read([b"x"], MIB, content_encoding=encoding)
    assert caught.value.category == Category.UNSUPPORTED_MEDIA
