"""How telling a word of a name is: the bits of information in meeting it, from a table of reasoned classes.

tokens.csv says "one in so many people bears this word". The classes are this project's own, reasoned from everyday
knowledge of names in South Kalimantan and Java (no register, no list of others was used; licence as the project's). A
word that's not in the table counts as one in 3,000: seldom, yet never proof.
"""

import csv
from functools import cache, lru_cache
from importlib.resources import files
from math import log2

from hub.identity.spelling import sound

UNLISTED = log2(3000)
INITIAL = 3.0
"""A single letter: about one in eight names begins with it."""


@cache
def _table() -> dict[str, float]:
    """Sound key to bits. Words that sound alike share the smaller."""
    text = files("hub.identity").joinpath("tokens.csv").read_text(encoding="utf-8")
    found: dict[str, float] = {}
    for row in csv.DictReader(text.splitlines()):
        for token in row["tokens"].split():
            key, bits = sound(token), log2(int(row["one_in"]))
            found[key] = min(found.get(key, bits), bits)
    return found


@lru_cache(maxsize=16384)
def bits(key: str) -> float:
    """Bits of a word, given its sound key."""
    return INITIAL if len(key) < 2 else _table().get(key, UNLISTED)


def is_listed(key: str) -> bool:
    """Whether the sound key is that of a name people bear."""
    return key in _table()
