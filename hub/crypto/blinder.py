"""Keyed hashes that stand for identifiers, search values, labels and patients (docs/sealed-format.md §5).

Keyed BLAKE2b (RFC 7693), a key of its own per use, every field length-prefixed. Without the keys nothing can be guessed
from them, although a city's NIKs could be enumerated in half an hour.
"""

import hashlib
import struct
from collections.abc import Iterable
from typing import Protocol

from hub.crypto.keyring import Keyring

HELD = 8_192
"""Tokens of an author that are kept; with them the names and codes they stand for, in memory only."""
HELD_AUTHORS = 4

_number = struct.Struct(">Q").pack
_short = struct.Struct(">H").pack
_signed = struct.Struct(">q").unpack


class _Hash(Protocol):
    def __call__(self, message: bytes) -> bytes: ...


class Blinder:
    """All blind values of one tenant. Equal inputs give equal values for ever; the keys never rotate."""

    def __init__(self, keyring: Keyring) -> None:
        self._source = _keyed(keyring.derived("blind/source"), 16)
        self._mpi = _keyed(keyring.derived("blind/mpi"), 16)
        self._digest = _keyed(keyring.derived("blind/digest"), 16)
        self._tag = _keyed(keyring.derived("blind/tag"), 8)
        self._pseudonym = _keyed(keyring.derived("blind/pseudonym"), 8)
        self._token = hashlib.blake2b(key=keyring.derived("blind/token"), digest_size=8)
        self._held: dict[int, dict[tuple[str, str], int]] = {}

    def source(self, facility_number: int, type: str, value: str) -> bytes:  # noqa: A002 - FHIR's word
        """16 bytes for an identifier ("system|value") of a facility's resource of `type`."""
        return self._source(_number(facility_number) + _text(type) + value.encode())

    def home(self, facility_number: int) -> int:
        """The compartment of a facility's own resources (Practitioner, Location...): derived, so not looked up."""
        return self.token(facility_number, "_facility", "") & 0x7FFF_FFFF_FFFF_FFFF

    def mpi(self, kind: str, value: str) -> bytes:
        """16 bytes for a matching value; the same at every facility, which is what finds the same person."""
        return self._mpi(_text(kind) + value.encode())

    def token(self, author: int, param: str, value: str) -> int:
        """A signed 64-bit search token: equal only within one author and one parameter."""
        state = self._token.copy()
        state.update(_number(author) + _text(param) + value.encode())
        return int.from_bytes(state.digest(), "big", signed=True)

    def tokens(self, author: int, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """The tokens of (param, value) pairs; most were met just before."""
        held = self._held.get(author)
        if held is None or len(held) > HELD:
            if len(self._held) >= HELD_AUTHORS:
                self._held.clear()
            held = self._held[author] = {}
        found = {}
        for pair in pairs:
            token = held.get(pair)
            if token is None:
                token = held[pair] = self.token(author, *pair)
            found[pair] = token
        return found

    def tag(self, seed: bytes, author: int, labels: str) -> int:
        """The access tag of (author, labels) in the compartment of `seed`: signed 64-bit, incomparable elsewhere."""
        (tag,) = _signed(self._tag(seed + _number(author) + labels.encode()))
        return int(tag)

    def digest(self, plain: bytes, compartment: int = 0) -> bytes:
        """16 bytes that tell whether content changed; with `compartment`, equal content of two patients differs."""
        return self._digest(_number(compartment) + plain)

    def pseudonym(self, compartment: int) -> int:
        """Signed 64-bit stand-in for a patient in facts and audit."""
        (pseudonym,) = _signed(self._pseudonym(_number(compartment)))
        return int(pseudonym)


def _keyed(key: bytes, size: int) -> _Hash:
    base = hashlib.blake2b(key=key, digest_size=size)

    def keyed(message: bytes) -> bytes:
        state = base.copy()  # the key block is hashed once, not per value
        state.update(message)
        return state.digest()

    return keyed


def _text(value: str) -> bytes:
    encoded = value.encode()
    return _short(len(encoded)) + encoded
