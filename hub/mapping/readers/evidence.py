"""What the cells under a header look like, and how to show them without showing them."""

import re
from collections.abc import Callable, Sequence

from hub.mapping.manifest import Column
from hub.mapping.values.unfit import is_empty

ENOUGH = 3
"""Values from which a look says something."""
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}\s?[-/. ]\s?(?:\d{1,2}|[A-Za-z]{3,9})\s?[-/. ,]\s?\d{2,4}.*|\d{5}"
)
_FORMS: dict[str, Callable[[str], bool]] = {
    "date": lambda value: _DATE.fullmatch(value) is not None,
    "time": lambda value: re.fullmatch(r"\d{1,2}[.:]\d{2}.*|0[.,]\d{3,}", value) is not None,
    "number": lambda value: re.fullmatch(r"[<>=]*\s*\d[\d.,]*(?:\s*/\s*\d+)?\s*\D{0,10}", value) is not None,
    "nik": lambda value: re.fullmatch(r"['’`]?(?:\d[\s.\-]?){15,17}|\d[.,]\d+E\+15", value) is not None,
    "code": lambda value: re.match(r"[A-Za-z]?\d{2}", value) is not None,
    "phone": lambda value: re.fullmatch(r"\+?[\d\s.\-()/]{7,}", value) is not None,
}


def looks_like(column: Column, values: Sequence[str]) -> bool | None:
    """True when the values have the form of the column's type, False when most do not; None when nobody can say."""
    filled = [value.strip() for value in values if not is_empty(value)]
    if len(filled) < ENOUGH:
        return None
    if column.type == "text":
        return False if all(_FORMS["date"](value) for value in filled) and not column.reason else None
    if column.type == "choice":
        return _is_choice(column, filled)
    share = sum(_FORMS[column.type](value) for value in filled) / len(filled)
    return True if share >= 0.7 else False if share < 0.3 else None


def _is_choice(column: Column, values: Sequence[str]) -> bool | None:
    """A choice has few different values, and some are of the list or begin like it."""
    initials = {option[:1].casefold() for option in column.allowed}
    if len(set(values)) > max(8, 2 * len(column.allowed)):
        return False
    return all(value[:1].casefold() in initials | set("wmf12") for value in values) or None


def masked(value: str) -> str:
    """The shape of a value: "Siti 05/09" as "Aaaa 99/99"; at most 24 signs."""
    shape = re.sub(r"\d", "9", value.strip())
    shape = re.sub(r"[^\W\d_]", lambda found: "A" if found[0].isupper() else "a", shape)
    return shape[:24] + ("…" if len(shape) > 24 else "")
