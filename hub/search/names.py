"""Text as search sees it: without accents and case; a name as its words, found by their beginnings."""

import re
import unicodedata
from collections.abc import Iterator

LONGEST_PREFIX = 10
"""Beginnings are kept up to this length; a longer search word is compared by its first letters."""

_SILENT = re.compile(r"['’`´ʼ]")
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """A text to be compared: "Jl.  Café" -> "jl. cafe"."""
    return " ".join(_plain(text).casefold().split())


def words(text: str) -> list[str]:
    """The folded words of a name: "Siti Nur'Aini, S.Kep" -> siti, nuraini, s, kep."""
    return _WORD.findall(_SILENT.sub("", _plain(text)).casefold())


def prefixes(text: str) -> Iterator[str]:
    """Every beginning of every word."""
    for word in words(text):
        for length in range(1, min(len(word), LONGEST_PREFIX) + 1):
            yield word[:length]


def wanted(word: str) -> str:
    """What to look up for a folded search word."""
    return word[:LONGEST_PREFIX]


def _plain(text: str) -> str:
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
