"""Principals as they rest in the store: sealed, and bound to the hash of the secret that finds them."""

import msgspec

from hub.model import Principal
from hub.parts import Hub


def seal_principal(hub: Hub, who: Principal, place: bytes) -> bytes:
    """A principal's sealed body; `place` is the hash it is stored under."""
    return hub.boxes.session.seal(msgspec.json.encode(who), place)


def open_principal(hub: Hub, body: bytes, place: bytes) -> Principal:
    """What `seal_principal` sealed under the same hash. Raises hub.crypto.Tampered."""
    return msgspec.json.decode(hub.boxes.session.open(body, place), type=Principal)
