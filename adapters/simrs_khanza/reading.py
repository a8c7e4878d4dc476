"""Conversions for columns that Khanza keeps as free text, and the staff a visit names.

A hospital's visit holds a hundred cells typed by as many hands. A cell that cannot be read is left out with a warning
that says so; only what names the visit or its patient sends the whole visit back.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from hub.mapping import Context, Record
from hub.mapping.build import Source, practitioner
from hub.mapping.values import Doubtful, Unfit, clock_time, moment, nik, past_day, person_name

T = TypeVar("T")
Resource = dict[str, Any]
_NOTHING = frozenset({"0", "00", "000", "xxx", "tidak diketahui", "belum diisi", "?"})


@cache
def lenient(convert: Callable[[str], T | Doubtful[T] | None]) -> Callable[[str], T | Doubtful[T] | None]:
    """The conversion with its refusals turned into warnings: the cell is left out."""

    def read(text: str) -> T | Doubtful[T] | None:
        try:
            return convert(text)
        except Unfit as unfit:
            return Doubtful(None, unfit.code, tuple(unfit.args_of_text.items()))

    return read


def amount_of(text: str) -> Decimal:
    """A number from a DOUBLE column: a point is a decimal point there, and "10.0" is 10."""
    if not re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", text.strip()):
        raise Unfit("HUB-2050")
    value = Decimal(text.strip())
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def words(record: Record, name: str) -> str | None:
    """A field in words; None for the signs people type into a column that must not be empty."""
    text = record.text(name)
    return None if text is None or text.casefold() in _NOTHING else text


def time_of(record: Record, day: str, clock: str, context: Context) -> str | None:
    """A date column and its time column as a FHIR dateTime; None for a zero date or one that cannot be."""
    date = record.take(day, lenient(past_day(context.today)))
    at = record.take(clock, lenient(clock_time))
    return moment(date, at, context.offset) if date else None


class Staff:
    """The practitioners a visit names, each once, known by their employee number (which is no NIK)."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._found: dict[str, Resource] = {}

    def read(self, record: Record, number: str, name: str, ktp: str, licence: str) -> str | None:
        """The practitioner in these columns; None when the row names nobody. The first mention with a name counts."""
        known_by = words(record, number)
        named = record.take(name, lenient(person_name))
        own = record.take(ktp, lenient(nik))
        sip = words(record, licence)
        if known_by and (known_by not in self._found or "name" not in self._found[known_by]):
            self._found[known_by] = practitioner(self._source, known_by, name=named, nik=own, licence=sip)
        return known_by

    def resources(self) -> list[Resource]:
        """One Practitioner each, in order of first mention."""
        return list(self._found.values())
