"""An audit entry as compact bytes, ready to be sealed: a MessagePack list whose first item is the format's number.

Entries are kept for as long as the record, so what was written must stay readable: fields are only added at the end.
"""

from operator import attrgetter
from typing import Any, Literal

import msgspec

from hub.model import AuditEntry

_FORMAT = 1


class _Stored(msgspec.Struct, array_like=True, frozen=True):
    format: int
    at_ms: int
    event: str
    action: Literal["C", "R", "U", "D", "E"]
    outcome: Literal["permit", "deny", "error"]
    subject: str
    role: str
    facility: str
    purpose: str
    reason: str
    compartments: tuple[int, ...]
    resource: str
    count: int
    query: str
    request_id: str
    is_person: bool
    details: dict[str, str]


_FIELDS = _Stored.__struct_fields__[1:]
_values = attrgetter(*_FIELDS)
_encoder = msgspec.msgpack.Encoder(order="deterministic")
_decoder = msgspec.msgpack.Decoder(_Stored)


def encode_entry(entry: AuditEntry) -> bytes:
    """The same bytes for the same entry."""
    values: list[Any] = [_FORMAT, *_values(entry)]
    return _encoder.encode(values)


def decode_entry(data: bytes) -> AuditEntry:
    """ValueError when `data` is not an entry, or of a format newer than this program."""
    stored = _decoder.decode(data)
    if stored.format != _FORMAT:
        raise ValueError(f"audit entry of format {stored.format}")
    return AuditEntry(**{name: getattr(stored, name) for name in _FIELDS})
