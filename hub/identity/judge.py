"""The judgement over two demographics: rules for identifiers first, then the score; it links, it never merges."""

from dataclasses import dataclass
from typing import Literal

from hub.identity import compare
from hub.identity.demographics import Demographics
from hub.identity.score import AGREEING_BIRTHS, FURTHER, POSITIVE, STRONG_NAMES, UNSURE, weigh

Judgement = Literal["positive", "unsure", "negative"]


@dataclass(frozen=True, slots=True)
class Match:
    """What we hold of a pair and why: `rule` decided, `features` are (name, class, weight) without personal values."""

    judgement: Judgement
    score: float
    features: tuple[tuple[str, str, float], ...]
    rule: str


def judge(a: Demographics, b: Demographics) -> Match:
    """Whether a and b are one person. Symmetric, deterministic; unsure means a person looks at it.

    Identifiers decide first (NIK, BPJS number, one facility's own number), each only while birth date or name agree.
    """
    classes = {
        "name": compare.names(a, b),
        "birth": compare.births(a.birth, b.birth),
        "sex": compare.equal(a.sex, b.sex),
        "phone": compare.phones(a.phones, b.phones),
        "address": compare.addresses(a, b),
        "mother": compare.numbers(a.nik_ibu, b.nik_ibu),
        "order": compare.orders(a.order, b.order),
        "nik": compare.numbers(a.nik, b.nik),
        "bpjs": compare.numbers(a.bpjs, b.bpjs),
    }
    score, features = weigh(classes)
    judgement, rule = _decide(a, b, classes, score)
    return Match(judgement, score, features, rule)


def _decide(a: Demographics, b: Demographics, classes: dict[str, str], score: float) -> tuple[Judgement, str]:
    if _is_mother_and_child(a, b):
        return "negative", "newborn-is-not-its-mother"
    is_name_against, is_birth_against = classes["name"] == "different", classes["birth"] == "different"
    if classes["nik"] == "same":
        return ("unsure", "same-nik-contradicted") if is_name_against and is_birth_against else ("positive", "same-nik")
    is_name_for, is_birth_for = classes["name"] in STRONG_NAMES, classes["birth"] in AGREEING_BIRTHS
    is_clear = classes["nik"] == "unknown" and (classes["sex"] != "different" or (is_name_for and is_birth_for))
    if classes["bpjs"] == "same":
        is_held = (is_name_for or is_birth_for) and is_clear and classes["order"] != "different"
        return ("positive", "same-bpjs") if is_held else ("unsure", "same-bpjs-contradicted")
    if a.mrns & b.mrns:
        is_held = (is_name_for or is_birth_for) and is_clear and classes["order"] != "different"
        return ("positive", "same-mrn") if is_held else ("unsure", "same-mrn-contradicted")
    if classes["mother"] == "same":
        return _decide_siblings(a, b, classes)
    if classes["name"] == "unknown" and not _has_further(classes):
        return "negative", "too-little"
    if _is_strong(classes) and score >= POSITIVE:
        return "positive", "strong-evidence"
    return ("unsure", "score") if score >= UNSURE else ("negative", "score")


def _is_mother_and_child(a: Demographics, b: Demographics) -> bool:
    if (a.nik_ibu and a.nik_ibu == b.nik) or (b.nik_ibu and b.nik_ibu == a.nik):
        return True
    if a.is_baby == b.is_baby or not a.birth or not b.birth:
        return False
    baby, other = (a, b) if a.is_baby else (b, a)
    return int((baby.birth or "")[:4]) - int((other.birth or "")[:4]) >= 10


def _decide_siblings(a: Demographics, b: Demographics, classes: dict[str, str]) -> tuple[Judgement, str]:
    """Two records under one mother's NIK: one child, twins, or children of different years."""
    if classes["birth"] == "different":
        return "negative", "siblings"
    if classes["order"] == "different":
        return "negative", "twins"
    if classes["birth"] != "same" or classes["sex"] != "same" or classes["nik"] != "unknown":
        is_two = classes["name"] == "different" and classes["sex"] == "different"
        return ("negative", "twins") if is_two else ("unsure", "same-mother")
    is_named = not a.is_baby and not b.is_baby
    if is_named and classes["name"] in STRONG_NAMES:
        return "positive", "same-mother-name-birth"
    # A single birth must be stated: "By. Ny. X" is the name of every child of X, twins included.
    if not is_named and classes["name"] != "different" and classes["order"] == "same":
        return "positive", "same-mother-birth-order"
    return "unsure", "same-mother"


def _has_further(classes: dict[str, str]) -> bool:
    return any(classes[feature] == value for feature, value in FURTHER)


def _is_strong(classes: dict[str, str]) -> bool:
    return (
        classes["name"] in STRONG_NAMES
        and classes["birth"] == "same"
        and classes["sex"] == "same"
        and _has_further(classes)
        and classes["nik"] == "unknown"
        and classes["bpjs"] in ("unknown", "same")
        and classes["mother"] in ("unknown", "same")
        and classes["order"] != "different"
    )
