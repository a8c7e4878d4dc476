"""Public ids that say nothing: one AES-256 block over (compartment, rid), so no table of ids is needed.

The key is never rotated: an id once given out stays good. Both halves are 63-bit, hence two bits of every genuine block
are zero; three of four invented ids are refused before any query, the rest find no row.
"""

import os
import platform
import threading
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from hub.crypto.keyring import Keyring
from hub.model import Key

_TOP_BITS = (1 << 127) | (1 << 63)
_LOW_HALF = (1 << 63) - 1


class Ids:
    """Key <-> 32 lower-case hexadecimal characters."""

    def __init__(self, keyring: Keyring) -> None:
        self._cipher = Cipher(AES(keyring.derived("public-id")), ECB())  # noqa: S305 - one block, a permutation
        self._local = threading.local()

    def encode(self, key: Key) -> str:
        """The public id; ValueError when a half is not 63-bit."""
        if (key.compartment | key.rid) >> 63:
            raise ValueError("both halves of a key are 63-bit")
        block = ((key.compartment << 64) | key.rid).to_bytes(16, "big")
        return self._contexts()[0].update(block).hex()

    def decode(self, text: str) -> Key | None:
        """The key, or None when it cannot be an id of ours (case and length are strict: one key, one id)."""
        if len(text) != 32:
            return None
        try:
            block = bytes.fromhex(text)
        except ValueError:
            return None
        if block.hex() != text:
            return None
        value = int.from_bytes(self._contexts()[1].update(block), "big")
        return None if value & _TOP_BITS else Key(value >> 64, value & _LOW_HALF)

    def _contexts(self) -> tuple[CipherContext, CipherContext]:
        try:
            return self._local.contexts  # type: ignore[no-any-return]
        except AttributeError:
            self._local.contexts = (self._cipher.encryptor(), self._cipher.decryptor())
            return self._local.contexts  # type: ignore[no-any-return]


def random_key() -> int:
    """A new compartment: random, 63-bit, never zero (zero is the root's)."""
    return int.from_bytes(os.urandom(8), "big") >> 1 or 1


class _RidSource:
    """rid = milliseconds(42) | counter(9) | node(12). The node tells the processes of one machine apart by their pid,
    the machines by their name; more than 512 ids in a millisecond borrow from the next one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self.reset()

    def reset(self) -> None:
        self._lock = threading.Lock()  # a lock held by another thread at the moment of a fork would stay locked
        self._node = (os.getpid() + zlib.crc32(platform.node().encode())) & 0xFFF

    def next(self, ms: int) -> int:
        with self._lock:
            self._last = max((ms & ((1 << 42) - 1)) << 9, self._last + 1)
            return (self._last << 12) | self._node


_rids = _RidSource()
os.register_at_fork(after_in_child=_rids.reset)


def new_rid(ms: int) -> int:
    """A 63-bit number for a new resource, made at `ms` (epoch): grows within a process even when the clock steps back,
    and differs between the processes of a machine, also after a fork."""
    return _rids.next(ms)
