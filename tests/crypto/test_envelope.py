"""The seal: opens to what was sealed, and to nothing when anything at all differs."""

import multiprocessing
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.crypto import OVERHEAD, Tampered, record_aad, seal, seed_version_of, unseal
from hub.crypto.framing import framed

SEED = bytes(range(32))
PLACE = {"tenant": "banjarmasin", "compartment": 7, "type": 20, "rid": 9, "version": 3, "codec": 1, "deleted": False}
AAD = record_aad(**PLACE)

INFO, COMMITMENT, CIPHERTEXT = slice(4, 36), slice(36, 68), slice(68, None)


@given(st.binary(max_size=2000), st.binary(min_size=32, max_size=32), st.integers(1, 65535), st.binary(max_size=100))
def test_opens_to_what_was_sealed(plain: bytes, seed: bytes, version: int, aad: bytes) -> None:
    blob = seal(seed, version, plain, aad)
    assert unseal(seed, blob, aad) == plain
    assert seed_version_of(blob) == version
    assert len(blob) == len(plain) + OVERHEAD


def test_every_single_bit_is_sealed() -> None:
    blob = seal(SEED, 1, b"suhu 38,2", AAD)
    for position in range(len(blob) * 8):
        changed = bytearray(blob)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(Tampered):
            unseal(SEED, bytes(changed), AAD)


@pytest.mark.parametrize(
    "other",
    [
        {"tenant": "banjarbaru"},
        {"tenant": "banjarmasi"},
        {"compartment": 8},
        {"type": 21},
        {"rid": 10},
        {"version": 2},
        {"codec": 0},
        {"deleted": True},
    ],
)
def test_does_not_open_in_another_place(other: dict[str, object]) -> None:
    blob = seal(SEED, 1, b"x" * 64, AAD)
    with pytest.raises(Tampered):
        unseal(SEED, blob, record_aad(**(PLACE | other)))


def test_does_not_open_under_another_seed_or_seed_version() -> None:
    blob = seal(SEED, 1, b"x", AAD)
    with pytest.raises(Tampered, match="another key"):
        unseal(bytes(32), blob, AAD)
    with pytest.raises(Tampered):
        unseal(SEED, blob[:2] + b"\x00\x02" + blob[4:], AAD)


@pytest.mark.parametrize("blob", [b"", b"\x01\x01", bytes(84), b"\x02\x01" + bytes(100), b"\x01\x02" + bytes(100)])
def test_what_is_no_sealed_record_is_refused(blob: bytes) -> None:
    with pytest.raises(Tampered):
        unseal(SEED, blob, AAD)


def test_commitment_is_compared_before_decryption() -> None:
    """K-05: a ciphertext made to open under a second key is refused for its commitment, before AES-GCM sees it."""
    ours, theirs = seal(SEED, 1, b"a", AAD), seal(bytes(32), 1, b"b", AAD)
    for mixed in (
        ours[: COMMITMENT.start] + theirs[COMMITMENT] + ours[CIPHERTEXT],
        ours[: INFO.start] + theirs[INFO] + ours[COMMITMENT] + ours[CIPHERTEXT],
    ):
        with pytest.raises(Tampered, match="another key"):
            unseal(SEED, mixed, AAD)
    with pytest.raises(Tampered, match="place"):
        unseal(SEED, ours[: CIPHERTEXT.start] + theirs[CIPHERTEXT], AAD)


def test_swapped_rows_do_not_open() -> None:
    """K-02: same patient, same content, two rows."""
    places = [record_aad(**(PLACE | {"rid": rid})) for rid in (1, 2)]
    blobs = [seal(SEED, 1, b"same", place) for place in places]
    assert blobs[0][68:] != blobs[1][68:]
    for blob, place in zip(blobs, reversed(places), strict=True):
        with pytest.raises(Tampered):
            unseal(SEED, blob, place)


def test_no_key_is_ever_used_twice() -> None:
    """K-06: info and commitment (a function of the write's key) never repeat."""
    blobs = [seal(SEED, 1, b"", b"") for _ in range(100_000)]
    assert len({blob[INFO] for blob in blobs}) == len(blobs)
    assert len({blob[COMMITMENT] for blob in blobs}) == len(blobs)


def test_a_forked_child_does_not_repeat_its_parents_keys() -> None:
    context = multiprocessing.get_context("fork")
    parent_end, child_end = context.Pipe()
    seal(SEED, 1, b"", b"")

    def child() -> None:
        child_end.send([seal(SEED, 1, b"", b"")[INFO] for _ in range(1000)])

    processes = [context.Process(target=child) for _ in range(2)]
    for process in processes:
        process.start()
    infos = [seal(SEED, 1, b"", b"")[INFO] for _ in range(1000)] + parent_end.recv() + parent_end.recv()
    for process in processes:
        process.join()
    assert len(set(infos)) == 3000


@given(st.text(max_size=20), *[st.integers(0, 2**63 - 1)] * 2, *[st.integers(0, 2**16 - 1)] * 2, st.booleans())
def test_place_is_framed_as_specified(
    tenant: str, compartment: int, rid: int, kind: int, codec: int, gone: bool
) -> None:
    assert record_aad(tenant, compartment, kind, rid, 5, codec, gone) == framed(
        b"jukung/record/v1",
        tenant.encode(),
        compartment.to_bytes(8, "big"),
        kind.to_bytes(2, "big"),
        rid.to_bytes(8, "big"),
        b"\0\0\0\5",
        codec.to_bytes(2, "big"),
        bytes([gone]),
    )


@given(st.lists(st.binary(max_size=6), max_size=5), st.lists(st.binary(max_size=6), max_size=5))
def test_framing_is_unambiguous(a: list[bytes], b: list[bytes]) -> None:
    assert (framed(*a) == framed(*b)) == (a == b)


def test_plain_text_does_not_show() -> None:
    canary = b"CANARY-" + os.urandom(8).hex().encode()
    assert canary not in seal(SEED, 1, canary, AAD)
