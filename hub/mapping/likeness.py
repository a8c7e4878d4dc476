"""Which known word an unknown one may be: scored suggestions for a person, never applied by themselves."""

from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from hub.mapping.codes import CodeMap, Coding, substance

LEAST = 0.45
"""Below this a suggestion would only mislead (measured on misspelt names: tests/mapping/test_likeness.py)."""


class Likely(NamedTuple):
    """A known word, its coding, and how alike it is: 0 to 1."""

    text: str
    coding: Coding
    score: float


def suggest(codes: CodeMap, kind: str, text: str, limit: int = 3) -> list[Likely]:
    """The known words of a kind most like a normalised text, best first, one per code."""
    best: dict[str, Likely] = {}
    wanted = _parts(text)
    for (known_kind, known), coding in codes.entries.items():
        if known_kind != kind:
            continue
        score = likeness(wanted, _parts(known))
        if score >= LEAST and (coding.code not in best or score > best[coding.code].score):
            best[coding.code] = Likely(known, coding, round(score, 2))
    return sorted(best.values(), key=lambda each: (-each.score, each.text))[:limit]


def likeness(a: Collection[str], b: Collection[str]) -> float:
    """Dice's coefficient of two sets of letter triples: 1 the same, 0 nothing in common."""
    a, b = set(a), set(b)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


@lru_cache(maxsize=65_536)
def _parts(text: str) -> frozenset[str]:
    """The letter triples of a text without strength and solid form; spelling variants of Indonesian drug names folded
    (c/k/s, ph/f, y/i, doubled letters, a final e)."""
    plain = substance(text) or text
    for old, new in (("ph", "f"), ("th", "t"), ("x", "ks"), ("c", "k"), ("q", "k"), ("y", "i"), ("z", "s"), ("v", "f")):
        plain = plain.replace(old, new)
    letters = ["  "]
    for letter in plain:
        if letter != letters[-1] or letter == " ":
            letters.append(letter)
    folded = " ".join(word.removesuffix("e") for word in "".join(letters).split())
    padded = f"  {folded} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))
