"""A key provider for a small office: the key-encryption key in a file only the hub's user may read.

The file's first line names its format; each further line is a 32-byte key in base64. The first key wraps, all unwrap:
a new key put on top starts a rotation. It does not protect against whoever may read the file: docs/operations.md says
where to keep its copy, and why Vault or an HSM is better.
"""

import base64
import binascii
import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.crypto.envelope import Tampered
from hub.crypto.private_file import read_or_create
from hub.crypto.provider import KeysUnavailable, prove

_TITLE = "jukung-key-file 1"
_ID, _NONCE = 4, 12


class LocalKeyFile:
    """KeyProvider on a 0600 file, created on first use: wrapped = key id(4) | nonce(12) | AES-256-GCM."""

    def __init__(self, path: Path) -> None:
        """KeysUnavailable when the file is readable by others, unreadable or not a key file."""
        keys = _parse(read_or_create(path, _new_file))
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._current = _key_id(keys[0])

    def wrap(self, key: bytes, aad: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return self._current + nonce + self._ciphers[self._current].encrypt(nonce, key, self._current + aad)

    def unwrap(self, wrapped: bytes, aad: bytes) -> bytes:
        key_id = wrapped[:_ID]
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise Tampered("wrapped by a key that is not in the key file")
        try:
            return cipher.decrypt(wrapped[_ID : _ID + _NONCE], wrapped[_ID + _NONCE :], key_id + aad)
        except (InvalidTag, ValueError):
            raise Tampered("a wrapped key does not open") from None

    def health(self) -> None:
        prove(self)


def _new_file() -> bytes:
    return f"{_TITLE}\n{base64.b64encode(os.urandom(32)).decode()}\n".encode()


def _parse(content: bytes) -> list[bytes]:
    try:
        title, *lines = content.decode("ascii").split("\n")
        keys = [base64.b64decode(line, validate=True) for line in lines if line]
    except (UnicodeDecodeError, binascii.Error):
        raise KeysUnavailable("the key file is damaged") from None
    if title != _TITLE or not keys or any(len(key) != 32 for key in keys):
        raise KeysUnavailable("the key file is damaged or of another format")
    return keys


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"jukung/kek-id/v1" + key).digest()[:_ID]
