"""The sealed format: a key per write, derived and committed to (docs/sealed-format.md §2).

    blob = version(1) | algorithm(1) | seed version(2) | info(32) | commitment(32) | ciphertext | tag(16)

Every write draws 32 random bytes, from which HKDF-SHA-256 derives a key that no other write has; so a fixed nonce is
sound. AES-GCM alone would let one ciphertext open under two keys; the commitment, compared before decryption, does not.
"""

import os
import struct
from functools import lru_cache
from hmac import compare_digest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from hub.crypto.framing import framed

OVERHEAD = 84
"""Bytes a sealed blob is longer than its plaintext."""

FIRST_SEED_VERSION = 1

_FORMAT = b"\x01\x01"  # format 1, algorithm 1 = HKDF-SHA-256 + AES-256-GCM + 32-byte commitment
_LABEL = b"fhirhub/rec/v1"
_SCHEMA = b"jukung/record/v1"
_NONCE = bytes(12)
_HASH = SHA256()
_HEADER, _INFO, _BODY = 4, 36, 68
_place = struct.Struct(">IQIHIQIIIHI?").pack  # the numbers of a place, each after its length, as `framed` would give


class Tampered(Exception):
    """Sealed bytes that do not open: changed, moved to another place, or sealed under another key."""


def record_aad(
    tenant: str,
    compartment: int,
    type: int,  # noqa: A002 - FHIR's word
    rid: int,
    version: int,
    codec: int,
    deleted: bool = False,
) -> bytes:
    """What a record is bound to: moved to another row, patient, type, version, tenant or codec it does not open."""
    return _place_of(tenant) + _place(8, compartment, 2, type, 8, rid, 4, version, 2, codec, 1, deleted)


def seal(seed: bytes, seed_version: int, plaintext: bytes, aad: bytes) -> bytes:
    """`plaintext` encrypted under a fresh key of `seed` (32 bytes) and bound to `aad`; OVERHEAD bytes longer."""
    header = _FORMAT + seed_version.to_bytes(2, "big")
    info = os.urandom(32)
    key, commitment = _derive(seed, info)
    return header + info + commitment + AESGCM(key).encrypt(_NONCE, plaintext, header + aad)


def unseal(seed: bytes, blob: bytes, aad: bytes) -> bytes:
    """The plaintext; Tampered when any byte of `blob`, the seed or the aad differs from what was sealed."""
    if len(blob) < OVERHEAD or blob[:2] != _FORMAT:
        raise Tampered("not a sealed record of format 1")
    key, commitment = _derive(seed, blob[_HEADER:_INFO])
    if not compare_digest(commitment, blob[_INFO:_BODY]):
        raise Tampered("sealed under another key")
    try:
        return AESGCM(key).decrypt(_NONCE, blob[_BODY:], blob[:_HEADER] + aad)
    except InvalidTag:
        raise Tampered("content or place does not match the seal") from None


def seed_version_of(blob: bytes) -> int:
    """The version of the seed it was sealed under (not yet authenticated: `unseal` does that)."""
    return int.from_bytes(blob[2:4], "big")


def _derive(seed: bytes, info: bytes) -> tuple[bytes, bytes]:
    material = HKDFExpand(_HASH, 64, _LABEL + info).derive(seed)
    return material[:32], material[32:]


@lru_cache(maxsize=64)
def _place_of(tenant: str) -> bytes:
    return framed(_SCHEMA, tenant.encode())
