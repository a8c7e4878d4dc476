"""A released table as it is kept: lines of numbers, hidden ones already gone."""

import msgspec

K_INSIDE, K_PUBLIC = 5, 11
"""Fewer are not shown: to the health office, to everybody (docs/adr/0021)."""
HIDDEN = -1
"""In place of a number that is not shown."""
ABSENT = -2
"""In place of a number this column does not have on this line."""


class Row(msgspec.Struct, frozen=True, array_like=True):
    """A line. `of`: what the table is fixed to on this line (an ICD-10 category, a kecamatan), "" when nothing.

    `level`, `key`, `name`, `parent`: as hub.access.city.Line has them. `cells`: one per column.
    """

    of: str
    key: str
    level: str
    name: str
    parent: str
    cells: tuple[int, ...]


class Table(msgspec.Struct, frozen=True, array_like=True):
    """A cube of one month. `k`: the number below which it hides; `counted`: the version of the definition that counted
    it, of an indicator."""

    cube: str
    month: str
    k: int
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    counted: str = ""


def encode_table(table: Table) -> bytes:
    """The table as MessagePack."""
    return _ENCODER.encode(table)


def decode_table(data: bytes) -> Table:
    """The inverse of `encode_table`. msgspec.ValidationError when it is none."""
    return _DECODER.decode(data)


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Table)
