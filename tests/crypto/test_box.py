"""Boxes for the tenant's own data."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.crypto import Box, Keyring, Tampered


@given(st.binary(max_size=3000), st.binary(max_size=20))
def test_opens_to_what_was_sealed(session_keyring: Keyring, plain: bytes, aad: bytes) -> None:
    box = Box(session_keyring, "draft")
    blob = box.seal(plain, aad)
    assert Box(session_keyring, "draft").open(blob, aad) == plain
    assert (len(blob) - 85) % 64 == 0


def test_nothing_else_opens_it(keyring: Keyring) -> None:
    box = Box(keyring, "audit")
    blob = box.seal(b"who looked", b"chain|7")
    for opener, aad in ((Box(keyring, "draft"), b"chain|7"), (box, b"chain|8"), (box, b"")):
        with pytest.raises(Tampered):
            opener.open(blob, aad)
    for position in range(len(blob)):
        with pytest.raises(Tampered):
            box.open(blob[:position] + bytes([blob[position] ^ 0x10]) + blob[position + 1 :], b"chain|7")


def test_another_tenant_cannot_open_it(new_keyring: Callable[..., Keyring]) -> None:
    blob = Box(new_keyring(), "audit").seal(b"x")
    with pytest.raises(Tampered):
        Box(new_keyring("banjarbaru"), "audit").open(blob)


def test_big_content_shrinks_and_short_content_hides_its_repetition(keyring: Keyring) -> None:
    box = Box(keyring, "submission")
    assert len(box.seal(b"no_kunjungan;nik\n" * 10_000)) < 1000
    assert len(box.seal(b"a" * 400)) == len(box.seal(bytes(range(200)) * 2))
