"""Code maps: `codes.csv` of an adapter, from the sender's words to a coding. Exact match after normalising, or nothing.

Columns: kind, text, system, code, display. Several texts may share a line, separated by "|". What is not found is
kept as text with a warning: a medicine or test is never guessed.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

COLUMNS = ("kind", "text", "system", "code", "display")

_STRENGTH = re.compile(
    r"\b\d+(?:[.,]\d+)?\s*(?:/\s*\d+(?:[.,]\d+)?\s*)?(?:mg|gr|g|mcg|µg|ug|iu|ui|ml|cc|%|mg/ml|mg/5\s?ml|mg/5ml)(?:\s*/\s*\d*\s*ml)?(?![a-z])"
)
_SOLID = re.compile(r"\b(?:tablet|tab|tabl|kaplet|kapl|kapsul|kaps|caps|cap|tbl|kap|fc|salut selaput|generik)\b")


class Coding(NamedTuple):
    """A code in a code system, with the system's own display."""

    system: str
    code: str
    display: str


class Asked(NamedTuple):
    """A word a mapping looked up, normalised, and what was found: the material of the review of codes."""

    kind: str
    text: str
    coding: Coding | None


@dataclass(frozen=True, slots=True)
class CodeMap:
    """An adapter's codes by kind and normalised text. `local` are the facility's own words for words known here;
    `asked`, where given, collects every word looked up; `has_kfa`: the ministry's list of medicines is joined to it."""

    entries: Mapping[tuple[str, str], Coding] = field(repr=False)
    local: Mapping[tuple[str, str], str] = field(repr=False)
    asked: list[Asked] | None = field(default=None, repr=False)
    has_kfa: bool = False

    def find(self, kind: str, text: str) -> Coding | None:
        """The coding of a text, or None. Medicines also match without strength and solid form ("500 mg tab")."""
        plain = normalised(text)
        found = self._find(kind, self.local.get((kind, plain), plain))
        if self.asked is not None:
            self.asked.append(Asked(kind, plain, found))
        return found

    def _find(self, kind: str, plain: str) -> Coding | None:
        if found := self.entries.get((kind, plain)):
            return found
        return self.entries.get((kind, substance(plain))) if kind == "obat" else None

    def bound(self, local: Mapping[tuple[str, str], str], asked: list[Asked] | None = None) -> "CodeMap":
        """The same codes with a facility's own words, and a list that collects what is looked up."""
        return CodeMap(self.entries, local, asked, self.has_kfa) if local or asked is not None else self

    def joined(self, more: Mapping[tuple[str, str], Coding]) -> "CodeMap":
        """The same codes and further ones of other kinds."""
        has_kfa = any(kind == "kfa" for kind, _ in more)
        return CodeMap({**self.entries, **more}, self.local, has_kfa=has_kfa) if more else self

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.entries)


def normalised(text: str) -> str:
    """Lower case, one space between words, no signs at the ends or around words."""
    text = re.sub(r"[\"'*()\[\]:;=]|(?<![0-9])\.|\.(?![0-9])", " ", text.casefold())
    return " ".join(re.sub(r"[_\-–]+", " ", text).split())


def substance(plain: str) -> str:
    """A normalised medicine text without strength and solid oral form, which an ATC code does not depend on.

    Syrup, drops, ointment, injection stay: they often belong to another ATC code.
    """
    return " ".join(_SOLID.sub(" ", _STRENGTH.sub(" ", plain)).split())


def read_codes(path: Path) -> CodeMap:
    """The code map of a `codes.csv`. ValueError names a line that contradicts another or lacks a field."""
    entries: dict[tuple[str, str], Coding] = {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise ValueError(f"{path.name}: the columns must be {', '.join(COLUMNS)}")
        for number, row in enumerate(rows, 2):
            if not all(row[name] and row[name].strip() for name in COLUMNS):
                raise ValueError(f"{path.name} line {number}: a field is empty")
            coding = Coding(row["system"], row["code"], row["display"])
            for text in row["text"].split("|"):
                key = (row["kind"], normalised(text))
                if entries.setdefault(key, coding) != coding:
                    raise ValueError(f"{path.name} line {number}: {key[1]!r} already means {entries[key].code}")
    return CodeMap(entries, {})
