"""Client secrets of write-only clients: scrypt (RFC 7914), compared in constant time."""

import hashlib
import hmac
import secrets

_N, _R, _P = 1 << 14, 8, 1
_PREFIX = b"s1"
_SALT = 16


def hash_secret(secret: str) -> bytes:
    """What the store keeps of a secret: "s1", 16 bytes of salt, 32 bytes of scrypt(N=2^14, r=8, p=1)."""
    salt = secrets.token_bytes(_SALT)
    return _PREFIX + salt + _derive(secret, salt)


def is_secret(secret: str, stored: bytes | None) -> bool:
    """Whether `secret` is the one behind `stored`. Takes as long when none is stored."""
    if stored is None or not stored.startswith(_PREFIX) or len(stored) != len(_PREFIX) + _SALT + 32:
        _derive(secret, bytes(_SALT))
        return False
    salt, expected = stored[2 : 2 + _SALT], stored[2 + _SALT :]
    return hmac.compare_digest(_derive(secret, salt), expected)


def _derive(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(secret.encode("utf-8", "surrogatepass"), salt=salt, n=_N, r=_R, p=_P, dklen=32)
