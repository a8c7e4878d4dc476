"""A judgement in words: the rule, then each feature that was compared, the weightiest first. No personal values."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from hub.identity.judge import Match


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("hub.identity").joinpath("words.toml").read_text(encoding="utf-8"))


def explain(match: Match, lang: str) -> list[str]:
    """Sentences for the steward in Indonesian ("id") or English ("en"); bits say how much a feature tells.

    The bits are against the strongest rival (a stranger, a twin, another relative), which the first sentence names.
    """
    said = [rule_words(match.rule, lang)] if match.rule in _words()["rule"] else []
    for feature, value, bits in sorted(match.features, key=lambda each: -abs(each[2])):
        if value != "unknown":
            line = _words()["line"][lang]
            told = feature_words(feature, lang), class_words(value, lang), _bits(bits, lang)
            said.append(line.format(**dict(zip(("feature", "class", "bits"), told, strict=True))))
    return said


def rule_words(rule: str, lang: str) -> str:
    """What decided, in a sentence."""
    return str(_words()["rule"][rule][lang])


def feature_words(feature: str, lang: str) -> str:
    """What was compared."""
    return str(_words()["feature"][feature][lang])


def class_words(value: str, lang: str) -> str:
    """What came out."""
    return str(_words()["class"][value][lang])


def _bits(bits: float, lang: str) -> str:
    kind = "for" if bits > 0 else "against" if bits < 0 else "nothing"
    shown = f"{abs(bits):.1f}"
    return str(_words()[kind][lang]).format(bits=shown.replace(".", ",") if lang == "id" else shown)
