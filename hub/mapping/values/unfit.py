"""How a conversion says no, or says "yes, but look again"."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

EMPTY = frozenset({"", "-", "--", "---", "–", "—", ".", "null", "none", "nan", "n/a", "#n/a", "\\n"})
"""Cells that mean "nothing was entered", lower case. Words such as "tidak ada" are answers and stay."""


class Unfit(ValueError):
    """The cell cannot be this kind of value. `args` fill the text of `code` and hold no personal value."""

    def __init__(self, code: str, **args: str) -> None:
        super().__init__(code)
        self.code = code
        self.args_of_text = args


@dataclass(frozen=True, slots=True)
class Doubtful(Generic[T]):
    """A value that was understood, with the warning its sender gets."""

    value: T | None
    code: str
    args: tuple[tuple[str, str], ...] = ()


def is_empty(text: str) -> bool:
    """True for a blank cell and for the signs people type instead of leaving it blank."""
    return text.strip().casefold() in EMPTY
