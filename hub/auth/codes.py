"""Codes people read aloud and type: 8 characters of an alphabet without look-alikes (39 bits).

39 bits can be searched through, so the store keeps them under a keyed hash, and they live 15 minutes and once.
"""

import hashlib
import hmac
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8


def new_code() -> str:
    """A fresh code, upper case, without separator."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normal_code(text: str) -> str | None:
    """The code somebody typed (any case, blanks and hyphens allowed), or None when it cannot be one."""
    if len(text) > 4 * LENGTH:
        return None
    code = "".join(text.upper().split()).replace("-", "")
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def code_hash(code: str, key: bytes) -> bytes:
    """What the store keeps of a normalised code: HMAC-SHA256 under a key of the keyring, 32 bytes."""
    return hmac.new(key, code.encode(), hashlib.sha256).digest()
