"""Plain words, id and en, from the tables under `data/`: code names, units, months, headings."""

import csv
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files

from hub.fhir.systems import ICD9CM, ICD10
from hub.fhir.terminology import names
from hub.record.lines import Lang

_DATA = files("hub.record").joinpath("data")
_NUMBER = re.compile(r"(-?)(\d+)(?:\.(\d+))?")
_ANNOTATION = re.compile(r"\{[^{}]*\}")
_DOSE = re.compile(r"\s*(?:S\.?\s*)?(\d{1,2})\s*(?:[xX×]|dd)\s*(\d{1,2}(?:[.,/]\d{1,2})?)\s*(.*)", re.DOTALL)

_WHEN = {
    "pc": "after_meal",
    "dc": "after_meal",
    "sesudah makan": "after_meal",
    "setelah makan": "after_meal",
    "ac": "before_meal",
    "sebelum makan": "before_meal",
    "pagi": "morning",
    "siang": "noon",
    "sore": "evening",
    "malam": "night",
}


@cache
def _words() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(_DATA.joinpath("words.toml").read_text(encoding="utf-8"))


@cache
def _table(name: str) -> dict[str, Mapping[str, str]]:
    lines = _DATA.joinpath(f"{name}.csv").read_text(encoding="utf-8").splitlines()
    return {row["code"]: row for row in csv.DictReader(lines)}


def word(section: str, key: str, lang: Lang, default: str = "") -> str:
    """The word for `key` of a section of words.toml; `default` when the section does not know it."""
    entry = _words()[section].get(key)
    return entry[lang] if entry else default


def section(name: str, lang: Lang) -> dict[str, str]:
    """All words of a section."""
    return {key: entry[lang] for key, entry in _words()[name].items()}


def diagnosis(code: str, lang: Lang) -> str:
    """An ICD-10 code in plain words, by its full code, else by its three-character category; "" when unknown."""
    table = names(ICD10)
    code = code.strip().upper().rstrip("*+†")
    row = table.get(code) or table.get(code[:3])
    return row[lang] if row else ""


def procedure(code: str, lang: Lang) -> str:
    """An ICD-9-CM procedure code in plain words; "" when unknown."""
    row = names(ICD9CM).get(code.strip())
    return row[lang] if row else ""


@cache
def _written(name: str) -> dict[str, Mapping[str, str]]:
    """A table's rows by what senders write for them, folded."""
    rows = _table(name).values()
    written = ((text, row) for row in rows for text in [*row["written"].split("|"), row["id"], row["en"], row["code"]])
    return {_fold(text): row for text, row in written if text}


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


def observation(code: str, written: str, lang: Lang) -> str:
    """What was measured in plain words, by its LOINC code, else by what the sender wrote; "" when unknown."""
    row = _table("observations").get(code) or (_written("observations").get(_fold(written)) if written else None)
    return row[lang] if row else ""


def answer(code: str, written: str, lang: Lang) -> str:
    """A result or an answer in plain words ("Non Reaktif", "Ya"), by its code, else by its words; "" when unknown."""
    row = (_table("answers").get(code) if code else None) or (
        _written("answers").get(_fold(written)) if written else None
    )
    return row[lang] if row else ""


def unit(code: str, shown: str, lang: Lang) -> str:
    """A UCUM unit as people read it; the sender's own `shown` unit when the table does not know the code. A UCUM
    annotation ("{score}") is no unit to read."""
    return _ANNOTATION.sub("", word("unit", code, lang) or shown or code)


def number(value: object, lang: Lang) -> str:
    """A number as the language writes it: in Indonesian 36.5 is "36,5" and 284200 "284.200"."""
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text.replace(".", ",") if lang == "id" else text
    sign, whole, part = match.groups()
    thousands, decimal = (".", ",") if lang == "id" else (",", ".")
    grouped = f"{int(whole):,}".replace(",", thousands) if len(whole) > 3 else whole
    return f"{sign}{grouped}{decimal}{part}" if part else sign + grouped


def dosage(text: str, lang: Lang) -> str:
    """A prescription's short form ("3x1 pc") in plain words; anything else is returned as written."""
    match = _DOSE.fullmatch(text)
    if match is None:
        return text.strip()
    times, amount, rest = match.groups()
    words = word("text", "dose", lang).format(times=int(times), amount=number(amount, lang))
    bare = rest.strip(" ,.").lower().replace(".", "")
    when = _WHEN.get(bare)
    tail = word("text", when, lang) if when else rest.strip(" ,")
    if tail[:1].isalpha() and when is None:
        return f"{words} {tail}".strip()
    return f"{words}, {tail}" if tail else words
