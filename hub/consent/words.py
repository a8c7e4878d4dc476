"""Sensitive words in free text, Indonesian and English: whole words, stems ("psikiat*") and phrases.

The table is data (tables/words.csv) so that a clinician can review it. Matching errs on the side of privacy: a negated
or suspected diagnosis is labelled like a certain one.
"""

import csv
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import pairwise

NONE: frozenset[str] = frozenset()

_TOKEN = re.compile(r"[a-z0-9]+")
_HEAD = 3
"""Tokens are first looked up by their first three letters, which most ordinary words fail."""


@dataclass(slots=True)
class Vocabulary:
    """The sensitive words, arranged for lookup by the first token's head."""

    heads: set[str] = field(default_factory=set)
    words: dict[str, frozenset[str]] = field(default_factory=dict)
    stems: dict[str, list[tuple[str, frozenset[str]]]] = field(default_factory=dict)
    phrases: dict[str, list[tuple[tuple[str, ...], frozenset[str]]]] = field(default_factory=dict)

    def add(self, entry: str, labels: frozenset[str]) -> None:
        """Takes one entry of the table. Only the last word of an entry may be a stem."""
        tokens = entry.split()
        if len(tokens) > 1:
            self.phrases.setdefault(tokens[0], []).append((tuple(tokens), labels))
        elif entry.endswith("*"):
            self.stems.setdefault(entry[:_HEAD], []).append((entry[:-1], labels))
        else:
            self.words[entry] = self.words.get(entry, NONE) | labels
        self.heads.add(tokens[0][:_HEAD])

    def find(self, tokens: list[str]) -> frozenset[str]:
        """The labels of every entry the tokens hold."""
        found: frozenset[str] = NONE
        for index, token in enumerate(tokens):
            head = token[:_HEAD]
            if head not in self.heads:
                continue
            found |= self.words.get(token, NONE)
            for stem, labels in self.stems.get(head, ()):
                if token.startswith(stem):
                    found |= labels
            for phrase, labels in self.phrases.get(token, ()):
                if _fits(phrase, tokens, index):
                    found |= labels
        return found


def _fits(phrase: tuple[str, ...], tokens: list[str], index: int) -> bool:
    part = tokens[index : index + len(phrase)]
    last = phrase[-1]
    if len(part) < len(phrase) or tuple(part[:-1]) != phrase[:-1]:
        return False
    return part[-1].startswith(last[:-1]) if last.endswith("*") else part[-1] == last


def tokens_of(text: str) -> list[str]:
    """Lower-case words without accents; punctuation separates."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _TOKEN.findall(text.lower())


def sensitivities(text: str) -> frozenset[str]:
    """What a text says or hints at; empty for ordinary text."""
    tokens = tokens_of(text)
    heads = _vocabulary().heads
    if not any(token[:_HEAD] in heads for token in tokens):
        return NONE
    found = _vocabulary().find(tokens)
    return _vocabulary().find(_without_exceptions(tokens)) if found else found


def names_something_ordinary(text: str) -> bool:
    """Whether a medicine, diagnosis, test or procedure given in words holds one known to be ordinary."""
    tokens = tokens_of(text)
    words, pairs = _ordinary()
    return not words.isdisjoint(tokens) or any(pair in pairs for pair in pairwise(tokens))


def _without_exceptions(tokens: list[str]) -> list[str]:
    text = f" {' '.join(tokens)} "
    for phrase in _exceptions():
        text = text.replace(f" {phrase} ", " ; ")
    return text.split()


def table(name: str) -> list[dict[str, str]]:
    """The rows of one of this package's tables."""
    text = files("hub.consent").joinpath("tables", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _vocabulary() -> Vocabulary:
    vocabulary = Vocabulary()
    for row in table("words"):
        for entry in row["words"].split(";"):
            vocabulary.add(entry, frozenset(row["labels"].split()))
    return vocabulary


@cache
def _exceptions() -> tuple[str, ...]:
    return tuple(row["phrase"] for row in table("exceptions"))


@cache
def _ordinary() -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Single words, and phrases by their first two words."""
    words, pairs = set(), set()
    for row in table("ordinary"):
        if row["kind"] in ("loinc", "snomed"):
            continue
        for entry in row["words"].split(";"):
            tokens = entry.split()
            if len(tokens) == 1:
                words.add(entry)
            else:
                pairs.add((tokens[0], tokens[1]))
    return frozenset(words), frozenset(pairs)
