"""Opaque tokens: 256 random bits to the caller, only their hash in the store. Also login-link secrets and cookies.

A token of full entropy needs no salt and no slow hash: SHA-256 of it cannot be searched.
"""

import hashlib
import re
import secrets

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """256 random bits as 43 base64url characters."""
    return secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """Whether `text` has the form of a token; anything else needs no look-up."""
    return _TOKEN.fullmatch(text) is not None


def token_hash(token: str) -> bytes:
    """What the store keeps of a token: SHA-256, 32 bytes."""
    return hashlib.sha256(token.encode()).digest()
