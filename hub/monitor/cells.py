"""Cells: the smallest numbers of an indicator, from which every other of its numbers is a sum."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec


class Cell(NamedTuple):
    """How many units (persons, visits, records) of an indicator lie in one place of one month, each in one cell only.

    `month` YYYY-MM, `facility` its number, `area` a kelurahan's code, OUTSIDE or "", `band`: hub.monitor.ages.
    `denominator` is 0 where it comes from the population or a target.
    """

    indicator: str
    month: str
    facility: int
    area: str
    sex: str
    band: str
    numerator: int
    denominator: int


def encode_cells(cells: Iterable[Cell]) -> bytes:
    """The cells of one indicator and month, in a fixed order, as MessagePack: equal cells give equal bytes."""
    return _ENCODER.encode(sorted(cell[2:] for cell in cells))


def decode_cells(indicator: str, month: str, data: bytes) -> list[Cell]:
    """The inverse of `encode_cells`."""
    return [Cell(indicator, month, *each) for each in _CELLS.decode(data)]


_ENCODER = msgspec.msgpack.Encoder()
_CELLS = msgspec.msgpack.Decoder(list[tuple[int, str, str, str, int, int]])
