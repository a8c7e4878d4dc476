"""National numbers as people type them: NIK, BPJS card, phone.

NIK: 16 digits PP KK CC DD MM YY SSSS, women's day + 40, serial from 0001; there is no check digit, so only the
structure can be checked. A number that Excel has rounded to 15 digits can never be used: its last digit is unknown.
"""

import re
from datetime import date

from hub.mapping.values.unfit import Doubtful, Unfit

_SCIENTIFIC = re.compile(r"\d[.,]\d+e\+?1[0-9]", re.I)
_MARKS = re.compile(r"[\s.\-'’`\u200b\ufeff\xa0]")


def nik(text: str) -> str | None:
    """16 digits with a possible birth date in them; None for "0" and the like."""
    if _SCIENTIFIC.fullmatch(text.strip()):
        raise Unfit("HUB-2061")
    digits = _MARKS.sub("", text)
    if digits in {"", "0"}:
        return None
    _only_usual_digits(digits)
    if not (digits.isascii() and digits.isdecimal()) or len(digits) != 16:
        raise Unfit("HUB-2060", digits=str(sum(letter.isdecimal() for letter in digits)))
    if len(set(digits)) == 1:
        raise Unfit("HUB-2062")
    if digits.endswith("00"):
        raise Unfit("HUB-2061")
    day, month = int(digits[6:8]), int(digits[8:10])
    if not (1 <= day % 40 <= 31 and day <= 71 and 1 <= month <= 12 and digits[0] not in "0"):
        raise Unfit("HUB-2063")
    return digits


def _only_usual_digits(text: str) -> None:
    """Refuse digits of another script (Arabic, full width): 16 of them would else be "16 digits, not 16"."""
    if any(letter.isdecimal() and not letter.isascii() for letter in text):
        raise Unfit("HUB-2065")


def nik_fits(number: str, birth: date, gender: str | None) -> bool:
    """True when the date (and sex) inside a NIK agree with the person; a No. KK in its place hardly ever does."""
    day = int(number[6:8])
    is_female = day > 40
    if gender in {"male", "female"} and is_female != (gender == "female"):
        return False
    return (day - 40 if is_female else day, int(number[8:10]), int(number[10:12])) == (
        birth.day,
        birth.month,
        birth.year % 100,
    )


def bpjs(text: str) -> str | Doubtful[str] | None:
    """13 digits. Leading zeros that a spreadsheet dropped are put back, with a warning; None for "0"."""
    if _SCIENTIFIC.fullmatch(text.strip()):
        raise Unfit("HUB-2066", digits="13")
    digits = _MARKS.sub("", text)
    if not digits.strip("0"):
        return None
    _only_usual_digits(digits)
    if not (digits.isascii() and digits.isdecimal()) or not 8 <= len(digits) <= 13:
        raise Unfit("HUB-2066", digits=str(sum(letter.isdecimal() for letter in digits)))
    if len(digits) == 13:
        return digits
    return Doubtful(digits.zfill(13), "HUB-2067")


def phones(text: str) -> tuple[str, ...] | Doubtful[tuple[str, ...]] | None:
    """Numbers as +62…; a cell may hold several. An odd one is kept as sent, with a warning; None without a digit."""
    found = [_phone(part) for part in re.split(r"[/;,]| atau ", text) if part.strip()]
    known = tuple(number for number in found if number)
    if not any("1" <= letter <= "9" for letter in text):
        return None
    if len(known) != len(found):
        return Doubtful((text.strip(),), "HUB-2068")
    return known


def _phone(text: str) -> str | None:
    digits = re.sub(r"[\s.\-()']", "", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if digits.startswith("0"):
        digits = "+62" + digits[1:]
    elif digits.startswith("62"):
        digits = "+" + digits
    elif digits.startswith("8"):
        digits = "+62" + digits
    if digits.startswith("+620"):
        digits = "+62" + digits[4:]
    return digits if re.fullmatch(r"\+\d{8,15}", digits) else None
