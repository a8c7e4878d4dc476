"""Two records side by side, line by line, and what decided about them, in words."""

from dataclasses import dataclass

from hub.access.faces import COVER, Face
from hub.identity import rule_words
from hub.record.dates import in_words
from hub.record.words import word
from hub.web.call import Lang
from hub.web.language import translator


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the comparison: the key of its title under `steward.line`, both values in words, and same, different
    or unknown (covered numbers are not compared again: the evidence says what the hub made of them)."""

    title: str
    one: str
    other: str
    state: str


def rows(faces: tuple[Face, Face], lang: Lang) -> list[Compared]:
    """Name, birth, sex, numbers, phones, address, mother; in the order a steward checks them."""
    lines = []
    for title in ("name", "birth", "sex", "nik", "bpjs", "phones", "address", "mother"):
        one, other = (_shown(face, title, lang) for face in faces)
        if not one or not other:
            state = "unknown"
        elif COVER in one + other:
            state = ""
        else:
            state = "same" if one.casefold() == other.casefold() else "different"
        lines.append(Compared(title, one, other, state))
    return lines


def rule_text(rule: str, lang: Lang) -> str:
    """What decided, in words; a rule of a version long gone by its name."""
    t = translator(lang)
    if known := t(f"steward.rules.{rule}", default=""):
        return known
    try:
        return rule_words(rule, lang)
    except KeyError:
        return rule


def _shown(face: Face, title: str, lang: Lang) -> str:
    if title == "birth":
        return in_words(face.birth, lang) if face.birth else ""
    if title == "sex":
        return word("sex", face.sex, lang)
    value = getattr(face, title)
    return ", ".join(value) if isinstance(value, tuple) else str(value)
