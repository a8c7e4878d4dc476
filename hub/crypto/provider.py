"""The seam to whatever holds the key-encryption key: a local file, Vault or OpenBao Transit, PKCS#11."""

from typing import Protocol

from hub.crypto.envelope import Tampered


class KeysUnavailable(Exception):
    """The key holder cannot be reached or refuses: nothing new can be opened, nothing is ever written in clear."""


class KeyProvider(Protocol):
    """Wraps and unwraps 32-byte keys; the key-encryption key itself never leaves it."""

    def wrap(self, key: bytes, aad: bytes) -> bytes:
        """`key` encrypted and bound to `aad`."""

    def unwrap(self, wrapped: bytes, aad: bytes) -> bytes:
        """The key. Tampered when `wrapped` or `aad` is not what was wrapped; KeysUnavailable when out of reach."""

    def health(self) -> None:
        """Proves that wrapping works and that a wrong aad is refused; KeysUnavailable otherwise."""


def prove(provider: KeyProvider) -> None:
    """The start-up self-test every provider's `health` runs: there and back, and refused under another aad."""
    probe = bytes(range(32))
    wrapped = provider.wrap(probe, b"health")
    if provider.unwrap(wrapped, b"health") != probe or probe in wrapped:
        raise KeysUnavailable("the key provider does not give back what it wrapped")
    try:
        provider.unwrap(wrapped, b"other")
    except Tampered:
        return
    raise KeysUnavailable("the key provider ignores the associated data")
