"""Entries, logs and an Ed25519 signer for the tests."""

from collections.abc import Callable

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.model import AuditEntry


class Ed25519:
    """A signer as hub.crypto gives one."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.public_key = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


@pytest.fixture
def signer() -> Ed25519:
    return Ed25519()


@pytest.fixture
def other_signer() -> Ed25519:
    return Ed25519()


@pytest.fixture
def verifies() -> Callable[[bytes, bytes, bytes], bool]:
    def check(public_key: bytes, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return check


@pytest.fixture
def entry() -> Callable[..., AuditEntry]:
    """A clinician's read, with what is given changed."""

    def make(**changed: object) -> AuditEntry:
        values: dict[str, object] = {
            "at_ms": 1_795_000_000_123,
            "event": "read",
            "action": "R",
            "outcome": "permit",
            "subject": "dr-invented",
            "role": "clinician",
            "facility": "klinik-teratai",
            "purpose": "TREAT",
            "reason": "consent",
            "compartments": (77,),
            "resource": "Observation/0123456789abcdef0123456789abcdef",
            "count": 1,
            "request_id": "req-1",
            "is_person": True,
        }
        return AuditEntry(**(values | changed))  # type: ignore[arg-type]

    return make
