"""Numbers with decimal comma or point, thousands marks, comparators, units in the cell. Digits stay as written."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from hub.mapping.values.unfit import Doubtful, Unfit

_PLAIN = re.compile(r"[+-]?\d+")
_UNIT = r"(?![eE][+-]?\d)/?\s?[^\W\d_].*|[%°º'].*|(?:[x×]\s?)?10\s?[\^*³⁶].*"
"""A letter (maybe after a slash), a percent or degree sign or a power of ten begins it: "1/160" is no amount."""
_AMOUNT = re.compile(rf"(?P<sign><=|>=|≤|≥|<|>)?\s*(?P<number>[+-]?\d(?:[\d.,]*\d)?)[.,]?\s*(?P<unit>{_UNIT})?")
_BETWEEN = re.compile(r"(\d[\d.,]*)\s*(?:-|–|—|s/d|sd|s\.d\.|hingga|sampai)\s*(\d[\d.,]*)(?:\s*[^\d\s].*)?", re.I)
_ONE_LIMIT = re.compile(r"(<=|>=|≤|≥|<|>|s/d|sampai)\s*(\d[\d.,]*)(?:\s*[^\d\s].*)?", re.I)
_SIGNS = {"<": "<", ">": ">", "<=": "<=", ">=": ">=", "≤": "<=", "≥": ">="}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as written, its comparator (<, <=, >=, >) and its unit as written, if any."""

    value: Decimal
    comparator: str | None = None
    unit: str | None = None


@lru_cache(maxsize=8192)
def readings(text: str) -> tuple[Decimal, ...]:
    """Every number a cell can mean: none, one, or two ("8.500" is 8.5 or 8500)."""
    if _PLAIN.fullmatch(text):
        return (Decimal(text),)
    if not re.fullmatch(r"[+-]?\d+(?:[.,]\d+)+", text):
        return ()
    marks = [sign for sign in text if sign in ".,"]
    if len(set(marks)) == 2:
        decimal = marks[-1]
        head, tail = text.rsplit(decimal, 1)
        if decimal in head or not _is_grouped(head):
            return ()
        return (Decimal(re.sub(r"[.,]", "", head) + "." + tail),)
    if len(marks) > 1:
        return (Decimal(re.sub(r"[.,]", "", text)),) if _is_grouped(text) else ()
    as_decimal = Decimal(text.replace(",", "."))
    if _is_grouped(text) and not text.lstrip("+-").startswith("0"):
        return (as_decimal, Decimal(re.sub(r"[.,]", "", text)))
    return (as_decimal,)


def _is_grouped(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d{1,3}(?:[.,]\d{3})+", text) is not None or _PLAIN.fullmatch(text) is not None


def number(text: str) -> Decimal:
    """The one number a cell means. Refuses "8.500" (HUB-2051), which may be 8.5 or 8500."""
    found = readings(text.strip())
    if not found:
        raise Unfit("HUB-2050")
    if len(found) > 1:
        raise Unfit("HUB-2051")
    return found[0]


def split_amount(text: str) -> tuple[str | None, str, str | None] | None:
    """Comparator, number text and unit text of a cell such as "< 5,0 mg/dL"; None when it does not start so."""
    found = _AMOUNT.fullmatch(text.strip())
    if not found:
        return None
    return _SIGNS.get(found["sign"] or ""), found["number"], (found["unit"] or "").strip() or None


def amount(text: str) -> Amount:
    """A number that may carry its unit: "10 tablet", "65kg", "<5"."""
    parts = split_amount(text)
    if parts is None:
        raise Unfit("HUB-2050")
    return Amount(number(parts[1]), parts[0], parts[2])


@dataclass(frozen=True, slots=True)
class Result:
    """A laboratory result: an amount, else its words as sent."""

    amount: Amount | None
    words: str = ""


def result(text: str) -> Result | Doubtful[Result]:
    """A laboratory result; words ("Negatif", "1/160", "3-5/LPB") stay words.

    A number that reads two ways ("8.500") stays text, with a warning: storing it as sent loses nothing, guessing could.
    """
    try:
        return Result(amount(text))
    except Unfit as unfit:
        words = Result(None, text.strip())
        return Doubtful(words, "HUB-2082") if unfit.code == "HUB-2051" else words


@dataclass(frozen=True, slots=True)
class Range:
    """A laboratory's own reference range: limits where they are numbers, and always its words as sent."""

    low: Decimal | None
    high: Decimal | None
    words: str


def reference_range(text: str) -> Range:
    """A range such as "12 - 16", "12,0–16,0 g/dL", "< 240", ">= 60", "s/d 200"; words ("Non Reaktif") stay words."""
    words = " ".join(text.split())
    if found := _BETWEEN.fullmatch(words):
        low, high = readings(found[1]), readings(found[2])
        if len(low) == 1 and len(high) == 1 and low[0] <= high[0]:
            return Range(low[0], high[0], words)
    if found := _ONE_LIMIT.fullmatch(words):
        limit = readings(found[2])
        if len(limit) == 1:
            return Range(None, limit[0], words) if found[1][0] in "<≤sS" else Range(limit[0], None, words)
    return Range(None, None, words)
