"""What a NIK says about its holder: PPKKCC DDMMYY SSSS, women with 40 added to the day. It has no check digit."""

from datetime import date
from typing import NamedTuple


class Nik(NamedTuple):
    """The date part of a NIK. The century is not in it: `year` has two digits."""

    day: int
    month: int
    year: int
    gender: str


def is_nik(text: str) -> bool:
    """Sixteen digits."""
    return len(text) == 16 and text.isascii() and text.isdigit()


def read_nik(text: str) -> Nik | None:
    """What the NIK tells, or None when its province or date cannot be."""
    if not is_nik(text) or not 11 <= int(text[:2]) <= 96 or text[12:] == "0000":
        return None
    day, month, year = int(text[6:8]), int(text[8:10]), int(text[10:12])
    gender = "female" if day > 40 else "male"
    day = day - 40 if day > 40 else day
    try:
        date(2000 + year, month, day)
    except ValueError:
        if (day, month) != (29, 2) or not _is_leap(1900 + year):
            return None
    return Nik(day, month, year, gender)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
