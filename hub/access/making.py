"""A form sent twice makes one thing: what is made is named after the form, its words and who sent it.

A page puts a random mark into each form; the store takes a name once, whichever process the second request reaches.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from hub.model import Principal
from hub.parts import Hub
from hub.store import Conflict, ReadTx, WriteTx


def name_for(hub: Hub, who: Principal, mark: str, *said: object) -> bytes:
    """16 bytes that name what `who` makes of these words: the same again with the same mark, others for another person
    or other words; random without a mark."""
    if not mark:
        return secrets.token_bytes(16)
    return hub.blinder.digest(msgspec.json.encode(("made of a form", who.person or who.subject, mark, said)))


@contextmanager
def making(hub: Hub, is_made: Callable[[ReadTx], object]) -> Iterator[WriteTx]:
    """A transaction that makes a thing; what another request made of the same form stays as it is."""
    try:
        with hub.store.writing() as tx:
            yield tx
    except Conflict:
        with hub.store.reading() as read:
            if not is_made(read):
                raise
