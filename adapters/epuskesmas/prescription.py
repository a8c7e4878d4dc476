"""The cell "Resep": several medicines, each with directions and a quantity, taken apart only where that is certain.

Understood: `Nama (aturan) 10 tablet`, `Nama, aturan, No. X`, `R/ Nama No. X S 3 x 1 pc`, `Nama aturan`, separated by
semicolons, new lines, numbers (1. … 2. …), or by commas when each piece then has strength and directions of its own. A
compounded medicine, or an item in which two directions or a second strength remain, stays one text.
"""

import re
from typing import NamedTuple

from hub.mapping.values import Amount, amount

_UNIT = (
    r"(?:tablet|tabl|tab|kaplet|kapl|kapsul|kaps|caps|cap|botol|btl|fls|tube|sachet|sach|bungkus|bks|ampul|amp|vial"
    r"|flakon|supp|strip|pcs|biji|buah|pot|lembar|suntikan)\b\.?"
)
_NUMBER = r"(?P<n>\d{1,4}|(?=[IVXLC]+\b)C{0,3}(?:X[CL]|L?X{0,3})(?:I[XV]|V?I{0,3}))"
_QUANTITY = re.compile(
    rf"(?:(?:no|jml|jumlah|sebanyak|qty)\b\.?\s*:?\s*|[#=]\s*){_NUMBER}\s*(?P<u>{_UNIT})?"
    rf"|(?P<n2>\d{{1,4}})\s*(?P<u2>{_UNIT})",
    re.I,
)
_TIMES = r"(?:s\.?\s+)?\d{1,2}\s*(?:[x×]|dd)\s*(?:\d|oles|tetes|semprot|kumur|sehari)"
_WORDS = r"(?:tiap|setiap|bila|kalau|oles|dosis tunggal|sekali pakai|prn|s\.?\s*p\.?r\.?n)\b"
_TIMES_AT = re.compile(rf"(?<![\w,.]){_TIMES}", re.I)
_WORDS_AT = re.compile(rf"(?<=[(,:;\-–])\s*{_WORDS}", re.I)
_STARTS = re.compile(rf"(?:{_TIMES}|{_WORDS})", re.I)
_STRENGTH = re.compile(r"\d\s*(?:mg|mcg|gr?|iu|%)(?![a-z])", re.I)
_BRACKETED = re.compile(
    r"(?P<name>[^()\[\]]*\w[^()\[\]]*)[(\[](?P<signa>[^()\[\]]+)[)\]]\s*[,:\-–]?\s*(?P<rest>.*)", re.S
)
_COMPOUND = re.compile(r"\b(?:m\.?\s?f\.?|pulv|pulveres|puyer|racikan|racik|da in)\b", re.I)
_JOINED = re.compile(r"(?:lalu|kemudian|lanjut|dilanjutkan|atau|dan|diminum|sehari)\b", re.I)
_LEAD = re.compile(r"^(?:R\s*/|[-•*]|\d{1,2}[.)](?=\s))\s*", re.I)
_NEXT = re.compile(r"\s+(?=\d{1,2}[.)]\s+[A-Za-z])")
_ENDS = " \t,;:-–=("
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


class Prescribed(NamedTuple):
    """One medicine. `is_whole`: the text could not be taken apart and stands as sent."""

    name: str
    directions: str | None
    quantity: Amount | None
    is_whole: bool = False


def prescribed(text: str) -> list[Prescribed]:
    """The medicines of a cell, in order."""
    found: list[Prescribed] = []
    for part in re.split(r"[;|]+", text):
        lines = [part] if _COMPOUND.search(part) else part.split("\n")
        for item in (item for line in lines for item in _numbered(line.strip())):
            if item.strip(_ENDS):
                found += [_whole(item)] if _COMPOUND.search(item) else _pieces(item)
    return found


def _numbered(line: str) -> list[str]:
    """ "1. A 2. B" as its parts, when the numbers count from 1."""
    parts = _NEXT.split(line)
    numbers = [re.match(r"\d{1,2}(?=[.)]\s)", part) for part in parts]
    counted = [int(number[0]) if number else 0 for number in numbers]
    return parts if len(parts) > 1 and counted == list(range(1, len(parts) + 1)) else [line]


def _pieces(item: str) -> list[Prescribed]:
    one = _one(item)
    if one:
        return [one]
    parts = [_one(part) for part in re.split(r",\s+", item)]
    if len(parts) > 1 and all(part and part.directions and _STRENGTH.search(part.name) for part in parts):
        return [part for part in parts if part]
    return [_whole(item)]


def _whole(text: str) -> Prescribed:
    """As sent, but for the sign before it; a sign alone stays, for somebody meant something by it."""
    return Prescribed(" ".join((_LEAD.sub("", text.strip()) or text).split()), None, None, True)


def _one(item: str) -> Prescribed | None:
    """One medicine with what belongs to it; None when it cannot be told apart with certainty."""
    item = " ".join(_LEAD.sub("", item.strip()).split())
    if (found := _BRACKETED.fullmatch(item)) and _STARTS.match(found["signa"].strip()):
        rest = found["rest"].strip(_ENDS + ".")
        quantity = _QUANTITY.fullmatch(rest) if rest else None
        name, before = _without_quantity(found["name"])
        if (rest and not quantity) or (quantity and before):
            return None
        return _checked(name, found["signa"], _amount(quantity) or before)
    start = _TIMES_AT.search(item) or _WORDS_AT.search(item)
    if start is None:
        name, quantity_of_name = _without_quantity(item)
        return _checked(name, None, quantity_of_name) if "(" not in name else None
    name, before = _without_quantity(item[: start.start()])
    directions, after = _tail(item[start.start() :])
    return None if before and after else _checked(name, directions, before or after)


def _checked(name: str, directions: str | None, quantity: Amount | None) -> Prescribed | None:
    """Refuses what still holds two medicines: a second strength, further directions, or no name."""
    name = name.strip(_ENDS)
    directions = re.sub(r"^s\.?\s+(?=\d)", "", directions.strip(" ,;:-–"), flags=re.I) if directions else None
    if (
        not re.search(r"[A-Za-z]{2}", name)
        or _JOINED.match(name)
        or len(_STRENGTH.findall(re.sub(r"/\s*\d+\s*ml", "", name))) > 1
    ):
        return None
    if directions and (_STRENGTH.search(directions) or len(_TIMES_AT.findall(directions)) > 1):
        return None
    return Prescribed(name, directions, quantity)


def _without_quantity(text: str) -> tuple[str, Amount | None]:
    """A text without the quantity at its end, and the quantity."""
    for found in _QUANTITY.finditer(text.rstrip(_ENDS + ")")):
        if found.end() == len(text.rstrip(_ENDS + ")")) and found.start() > 0:
            return text[: found.start()], _amount(found)
    return text, None


def _tail(text: str) -> tuple[str, Amount | None]:
    """Directions, and a quantity behind them that a sign or word sets apart ("3 x 1 tablet" has none)."""
    bare = text.rstrip(" .)")
    for found in _QUANTITY.finditer(bare):
        is_apart = found["n"] is not None or bare[: found.start()].rstrip().endswith((",", "(", "-", "–", "/"))
        if found.end() == len(bare) and is_apart and found.start() > 0:
            return bare[: found.start()].rstrip(_ENDS), _amount(found)
    return text, None


def _amount(found: re.Match[str] | None) -> Amount | None:
    if found is None:
        return None
    number, unit = found["n"] or found["n2"], found["u"] or found["u2"] or ""
    return amount(f"{number if number.isdecimal() else _roman(number)} {unit.rstrip('.')}".strip())


def _roman(text: str) -> int:
    values = [_ROMAN[letter] for letter in text.upper()]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))
