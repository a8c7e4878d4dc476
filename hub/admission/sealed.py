"""Principals as they rest in the store: sealed, and bound to the hash of the secret that finds them."""

from functools import lru_cache

import msgspec

from hub.crypto import Box
from hub.model import Principal
from hub.parts import Hub


def seal_principal(hub: Hub, who: Principal, place: bytes) -> bytes:
    """A principal's sealed body; `place` is the hash it is stored under."""
    return hub.boxes.session.seal(msgspec.json.encode(who), place)


def open_principal(hub: Hub, body: bytes, place: bytes) -> Principal:
    """What `seal_principal` sealed under the same hash. Raises hub.crypto.Tampered."""
    return _opened(hub.boxes.session, body, place)


@lru_cache(maxsize=1024)
def _opened(box: Box, body: bytes, place: bytes) -> Principal:
    """Kept by the very bytes that were sealed, so that it is never out of date."""
    return msgspec.json.decode(box.open(body, place), type=Principal)
