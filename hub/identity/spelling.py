"""Spelling before and after 1972, and a sound key for Indonesian and Banjar names."""

import re
from functools import lru_cache

_OLD = (("oe", "u"), ("dj", "j"), ("tj", "c"), ("sj", "sy"), ("nj", "ny"))


def modern(word: str) -> str:
    """The word in today's spelling: oe>u, dj>j, tj>c, sj>sy, nj>ny; lower case in, lower case out."""
    for old, new in _OLD:
        word = word.replace(old, new)
    return word


_SOUNDS = (
    (re.compile(r"^no(?:o|e)?r"), "nur"),
    (re.compile(r"^(?:z|y(?=[aeiou]))"), "j"),
    (re.compile(r"(?<=[haeou])j(?=[aeiou])"), "y"),
    (re.compile(r"kh|ch(?=[bcdfgjklmnpqrstvwxz])"), "h"),
    (re.compile(r"sy|sh|ts|si(?=[aou])"), "s"),
    (re.compile(r"([dtg])h+"), r"\1"),
    (re.compile(r"ph|f|v"), "p"),
    (re.compile(r"ch"), "c"),
    (re.compile(r"q|ck"), "k"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"z"), "s"),
    (re.compile(r"ie|ee|y"), "i"),
    (re.compile(r"oo"), "u"),
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile(r"(?<=.)h$"), ""),
    (re.compile(r"(?<=.)d$"), "t"),
    (re.compile(r"(?<=.)b$"), "p"),
    (re.compile(r"(?<=[bcjp])h(?=[a-z])"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=16384)
def sound(word: str) -> str:
    """Words that are said alike share a key (Fitri/Pitry, Rizki/Riski, Zainab/Jainab, Yusuf/Joesoef, Ahmad/Akhmad).

    Vowels stay apart (Deni and Dani are often twins); "" for "".
    """
    word = modern(word)
    for pattern, to in _SOUNDS:
        word = pattern.sub(to, word)
    return word


def rough(word: str) -> str:
    """A coarser key for finding candidates only: first letter, then consonants, of the sound key."""
    key = sound(word)
    return key[:1] + re.sub(r"[aeiou]", "", key[1:])


def is_near(a: str, b: str) -> bool:
    """One letter more, less, other or swapped with its neighbour, in words of three letters or more."""
    if a == b:
        return True
    if min(len(a), len(b)) < 3 or abs(len(a) - len(b)) > 1:
        return False
    if len(a) > len(b):
        a, b = b, a
    start = next((i for i in range(len(a)) if a[i] != b[i]), len(a))
    if len(a) < len(b):
        return a[start:] == b[start + 1 :]
    swapped = a[start + 1 : start + 2] + a[start : start + 1] + a[start + 2 :]
    return a[start + 1 :] == b[start + 1 :] or swapped == b[start:]
