"""What a header nobody knows may mean: scored guesses that a person must confirm. Nothing here is ever applied.

A guess rests on the words (abbreviations written out, compared letter by letter) and on the look of the values.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from hub.mapping.manifest import Column, Manifest
from hub.mapping.readers.evidence import looks_like, masked
from hub.mapping.readers.header import SEARCHED_LINES, Header
from hub.mapping.readers.wording import digits_of, forms_of

SURE = 0.84
"""From here on a guess may be offered as the chosen one; it still needs a person's button."""
LEAST = 0.55
MARGIN = 0.06
"""A guess this close to the next one is not sure."""
SHOWN_VALUES = 3
LOOKED_AT = 200
"""Rows below the header whose values are looked at."""
GUESSED = 200
LONGEST = 60
"""So many unknown headers of so many characters are guessed at: more is no table of visits, and each guess costs."""
GOOD = 0.65
ALIKE = 0.7
"""From here on two words may be the same one misspelt."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A header of a file that no alias knows. `column` "" and `score` 0: no guess. `reason` are keys of texts (name,
    value); `examples` show only the shape of values: letters as a, digits as 9."""

    header: str
    column: str
    score: float
    reason: tuple[str, ...]
    examples: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        """True when the guess may be preselected."""
        return self.score >= SURE


@dataclass(frozen=True, slots=True)
class _Guess:
    score: float
    column: str
    reason: tuple[str, ...]


def of_header(manifest: Manifest, rows: Sequence[Sequence[str]], header: Header) -> tuple[Suggestion, ...]:
    """Suggestions for the headers of a file that no alias knows; () when there is none."""
    if not header.unknown:
        return ()
    below = rows[header.row : header.row + LOOKED_AT]
    unknown = set(header.unknown[:GUESSED])
    places = {name: at for at, name in enumerate(header.columns) if name in unknown}
    values = {name: [row[at] for row in below if at < len(row) and row[at]] for name, at in places.items() if name}
    return suggest(manifest, header.unknown, header.names, values)


def without_header(manifest: Manifest, rows: Sequence[Sequence[str]]) -> tuple[Suggestion, ...]:
    """Suggestions when no line was known as the header: for the line that looks most like one; () when none does.

    A line with a number, a date or a long text is data: its cells are somebody's and are never offered as names.
    """
    best: tuple[Suggestion, ...] = ()
    for index, cells in enumerate(rows[:SEARCHED_LINES]):
        names = tuple(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))
        if len(names) < 3 or any(re.search(r"\d{3}", name) or len(name) > LONGEST for name in names):
            continue
        below = rows[index + 1 : index + 1 + LOOKED_AT]
        places = {cell.strip(): at for at, cell in enumerate(cells)}
        values = {name: [row[places[name]] for row in below if places[name] < len(row)] for name in names}
        found = suggest(manifest, names, (), values)
        if _good(found) > max(1, _good(best)):
            best = found
    return best


def _good(found: Sequence[Suggestion]) -> int:
    return sum(each.score >= GOOD for each in found)


def suggest(
    manifest: Manifest, unknown: Sequence[str], filled: Iterable[str], values: Mapping[str, Sequence[str]]
) -> tuple[Suggestion, ...]:
    """A suggestion for each unknown header among the columns nothing fills, each column at most once, in the order of
    the headers. `values` are some of the cells under a header."""
    unknown = [name for name in unknown[:GUESSED] if len(name) <= LONGEST]
    taken = set(filled)
    free = tuple(column for column in (*manifest.columns, *manifest.ignored) if column.name not in taken)
    names, rarity = _names(free)
    ranked = {header: _ranked(header, free, names, rarity, values.get(header, ())) for header in unknown}
    chosen: dict[str, _Guess] = {}
    given: set[str] = set()
    order = sorted(((guess, header) for header, found in ranked.items() for guess in found), key=_by_score)
    for guess, header in order:
        if header not in chosen and guess.column not in given:
            chosen[header] = guess
            given.add(guess.column)
    return tuple(_suggestion(header, chosen.get(header), ranked[header], values.get(header, ())) for header in unknown)


def _by_score(pair: tuple[_Guess, str]) -> tuple[float, str, str]:
    return -pair[0].score, pair[0].column, pair[1]


def _suggestion(header: str, guess: _Guess | None, ranked: Sequence[_Guess], values: Sequence[str]) -> Suggestion:
    examples = tuple(dict.fromkeys(masked(value) for value in values if value.strip()))[:SHOWN_VALUES]
    if guess is None:
        return Suggestion(header, "", 0.0, (), examples)
    others = [other.score for other in ranked if other.column != guess.column]
    score = guess.score
    if others and max(others) > score - MARGIN:
        score = min(score, SURE - 0.01)
    return Suggestion(header, guess.column, round(score, 3), guess.reason, examples)


def _ranked(
    header: str,
    free: Sequence[Column],
    names: Mapping[str, Sequence[tuple[str, ...]]],
    rarity: Mapping[str, float],
    values: Sequence[str],
) -> list[_Guess]:
    forms = forms_of(header)
    found = []
    for column in free:
        score = max((_likeness(words, name, rarity) for words in forms for name in names[column.name]), default=0.0)
        reason: tuple[str, ...] = ("name",)
        fits = looks_like(column, values)
        if fits is False:
            score *= 0.6
        elif fits and score >= LEAST:
            score, reason = min(1.0, score + 0.05), ("name", "value")
        if score >= LEAST:
            found.append(_Guess(score, column.name, reason))
    return sorted(found, key=lambda guess: -guess.score)


@lru_cache(maxsize=32)
def _names(columns: tuple[Column, ...]) -> tuple[dict[str, tuple[tuple[str, ...], ...]], dict[str, float]]:
    """The accepted names of each column as words, and how much a word tells."""
    names = {
        column.name: tuple({form: None for name in (column.name, *column.aliases) for form in forms_of(name)})
        for column in columns
    }
    return names, _rarity(form for forms in names.values() for form in forms)


def _rarity(names: Iterable[tuple[str, ...]]) -> dict[str, float]:
    """How much a word tells: one that many columns share ("nama", "nomor") tells less."""
    counts = Counter(word for name in names for word in set(name))
    return {word: 1 / (1 + 0.35 * (number - 1) ** 0.5) for word, number in counts.items()}


def _likeness(ours: tuple[str, ...], theirs: tuple[str, ...], rarity: Mapping[str, float]) -> float:
    """0..1: how alike two names are, word by word in any order, or written as one word."""
    if not ours or not theirs or digits_of(ours) != digits_of(theirs):
        return 0.0
    glued = _alike("".join(ours), "".join(theirs))
    pairs = sorted(
        ((_alike(one, other), one, other) for one in set(ours) for other in set(theirs)), key=lambda pair: -pair[0]
    )
    matched: dict[str, float] = {}
    used: set[str] = set()
    for alike, one, other in pairs:
        if alike >= ALIKE and one not in matched and other not in used:
            matched[one] = alike
            used.add(other)
    weight = {word: rarity.get(word, 0.8) for word in (*ours, *theirs)}
    said = sum(matched.get(word, 0.0) * weight[word] for word in ours) / sum(weight[word] for word in ours)
    covered = sum(weight[word] for word in theirs if word in used) / sum(weight[word] for word in theirs)
    score = max(0.97 * glued if min(len("".join(ours)), len("".join(theirs))) > 3 else 0.0, said * covered)
    # a word more says something else: "Tensi Bawah" is not the whole blood pressure
    return min(score, SURE - 0.04) if len(set(ours)) > 1 and set(ours) - matched.keys() else score


@lru_cache(maxsize=65536)
def _alike(one: str, other: str) -> float:
    """0..1: likeness of two words; `one`, of the header, may abbreviate `other` by its beginning or its consonants."""
    if one == other:
        return 1.0
    if one.isdecimal() or other.isdecimal() or min(len(one), len(other)) < 2:
        return 0.0
    ratio = SequenceMatcher(None, one, other, autojunk=False).ratio()
    if len(one) >= 3 and one[0] == other[0]:
        if other.startswith(one):
            return max(ratio, 0.88)
        if len(one) < len(other) and _is_abbreviation(one, other):
            return max(ratio, 0.82)
    return ratio


def _is_abbreviation(short: str, long: str) -> bool:
    """True when `short` is made of letters of `long` in their order, without its vowels ("pnddk" of "pendidikan")."""
    letters = iter(long)
    return not set(short[1:]) & set("aeiou") and all(letter in letters for letter in short)
