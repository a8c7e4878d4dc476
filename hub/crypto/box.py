"""Sealing for what belongs to the tenant and not to one patient: submissions, quarantine, facts, audit payloads,
drafts, page tokens. The same sealed format as records, under a key derived per purpose."""

from hub.crypto.codec import Codec, Undecodable, padded, unpadded
from hub.crypto.envelope import FIRST_SEED_VERSION, Tampered, seal, unseal
from hub.crypto.framing import framed
from hub.crypto.keyring import Keyring

COMPRESS_FROM = 512
"""Shorter content is stored as it is: nothing to win, and a token handed out must not have a telling length."""

_PLAIN, _ZSTD = b"\x00", b"\x01"
_codec = Codec(0)  # one for all boxes: each thread that uses it keeps a megabyte or two for it


class Box:
    """Seals and opens for one purpose; what one purpose sealed no other opens."""

    def __init__(self, keyring: Keyring, purpose: str) -> None:
        self._seed = keyring.derived(f"box/{purpose}")
        self._schema = framed(b"jukung/box/v1", keyring.tenant.encode(), purpose.encode())

    def seal(self, plain: bytes, aad: bytes = b"") -> bytes:
        """`plain` sealed and bound to `aad` (its place: a row's id, a chain and number); padded to 64-byte steps."""
        content = _PLAIN + padded(plain) if len(plain) < COMPRESS_FROM else _ZSTD + _codec.compress(plain)[1]
        return seal(self._seed, FIRST_SEED_VERSION, content, self._schema + framed(aad))

    def open(self, blob: bytes, aad: bytes = b"") -> bytes:
        """What was sealed; Tampered when a byte, the place, the purpose or the tenant is another."""
        content = unseal(self._seed, blob, self._schema + framed(aad))
        try:
            if content[:1] == _ZSTD:
                return _codec.decompress(0, content[1:])
            return unpadded(content[1:])
        except Undecodable as error:
            raise Tampered(str(error)) from error
