"""The key that signs audit checkpoints (Ed25519, RFC 8032), kept in a file wrapped by the key provider.

It is no child of the root seed: who holds the data's keys cannot thereby sign another history.
"""

from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.crypto.framing import framed
from hub.crypto.private_file import read_or_create
from hub.crypto.provider import KeyProvider


class Signer:
    """Signs with the key in `path`, made on first use; two processes that start at once use the same one."""

    def __init__(self, path: Path, provider: KeyProvider, tenant: str) -> None:
        """Tampered when the file is another tenant's or was wrapped by another key; KeysUnavailable as the provider."""
        aad = framed(b"jukung/signer/v1", tenant.encode())
        wrapped = read_or_create(path, lambda: provider.wrap(Ed25519PrivateKey.generate().private_bytes_raw(), aad))
        self._key = Ed25519PrivateKey.from_private_bytes(provider.unwrap(wrapped, aad))
        self.public_key: bytes = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self._key.sign(message)

    def verify(self, message: bytes, signature: bytes) -> bool:
        return verify_signature(self.public_key, message, signature)


def verify_signature(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of `public_key` (32 bytes) signed `message`."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
