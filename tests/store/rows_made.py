"""Sealed rows for the store's tests: the content is noise, as it is to the store."""

import hashlib
from struct import pack

from hub.model import Key, Sealed


def token(*words: object) -> int:
    """A search token as the real ones are: uniform over 64 bits (small numbers would overlap when packed)."""
    digest = hashlib.blake2b(repr(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def source(*words: object) -> bytes:
    """A source identifier's token."""
    return hashlib.blake2b(repr(words).encode(), digest_size=16).digest()


def sealed(
    compartment: int,
    rid: int,
    *,
    version: int = 1,
    type: int = 1,  # noqa: A002 - the field's name
    author: int = 1,
    tag: int = 7,
    day: int = 0,
    day_end: int | None = None,
    updated_ms: int = 1_000,
    tokens: tuple[int, ...] = (),
    index: tuple[int, ...] = (),
    is_deleted: bool = False,
) -> Sealed:
    """A row; its body tells versions apart."""
    return Sealed(
        key=Key(compartment, rid),
        type=type,
        version=version,
        day=day,
        day_end=day if day_end is None else day_end,
        updated_ms=updated_ms,
        author=author,
        tag=tag,
        digest=source(compartment, rid, version),
        codec=1,
        keys=b"".join(pack(">q", value) for value in sorted(set(tokens))),
        body=f"{compartment}/{rid}/{version}".encode() * 9,
        index=index,
        is_deleted=is_deleted,
    )
