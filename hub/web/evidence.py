"""Two records side by side, line by line, and what decided about them, in words."""

from dataclasses import dataclass

from hub.access.faces import Face
from hub.identity import Match, class_words, feature_words, rule_words
from hub.record.dates import in_words
from hub.record.words import word
from hub.web.call import Lang
from hub.web.language import translator

_LINES = {
    "name": "name",
    "birth": "birth",
    "sex": "sex",
    "nik": "nik",
    "bpjs": "bpjs",
    "phones": "phone",
    "address": "address",
    "mother": "mother-name",
    "mother_nik": "mother",
}
"""The lines in the order a steward checks them, and the judge's feature that compared the whole values of each."""

_STRONG, _LITTLE = 4.0, 0.5
"""Bits from which a feature supports strongly (it makes one person 16 times as likely), and up to which it says
nothing."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the comparison: the key of its title under `steward.line`, both values in words, what comparing them
    gave in words, and whether they differ."""

    title: str
    one: str
    other: str
    words: str
    is_different: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """One feature that was compared: what came out in words, the key of its strength under `steward.strength`, bits."""

    feature: str
    words: str
    strength: str
    bits: str


def rows(faces: tuple[Face, Face], match: Match, lang: Lang) -> list[Compared]:
    """Name, birth, sex, numbers, phones, address, mother. What is covered was compared by the judge before it was."""
    classes = {feature: value for feature, value, _ in match.features}
    lines = [_compared(title, classes.get(feature, "unknown"), faces, lang) for title, feature in _LINES.items()]
    return [line for line in lines if line.title != "mother_nik" or line.one or line.other]


def _compared(title: str, value: str, faces: tuple[Face, Face], lang: Lang) -> Compared:
    one, other = (_shown(face, title, lang) for face in faces)
    if value == "unknown" and not (one and other):
        return Compared(title, one, other, translator(lang)("steward.state.unknown"), False)
    return Compared(title, one, other, class_words(value, lang), value == "different")


def reasons(match: Match, lang: Lang) -> list[Reason]:
    """What could be compared, the weightiest first; its strength against the strongest rival in one of four words."""
    found = []
    for feature, value, bits in sorted(match.features, key=lambda each: -abs(each[2])):
        if value != "unknown":
            shown = f"{bits:+.1f}".replace("-", "\N{MINUS SIGN}")
            written = shown.replace(".", ",") if lang == "id" else shown
            found.append(Reason(feature_words(feature, lang), class_words(value, lang), _strength(bits), written))
    return found


def _strength(bits: float) -> str:
    if abs(bits) < _LITTLE:
        return "nothing"
    if bits < 0:
        return "against"
    return "strong" if bits >= _STRONG else "for"


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
