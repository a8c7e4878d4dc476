"""The judgement over two demographics: the best explanation of what is seen, under rules that forbid; it links only."""

from dataclasses import dataclass
from typing import Literal

from hub.identity import compare
from hub.identity.demographics import Demographics
from hub.identity.score import ASK, LINK, probability, weigh

WHOLE = frozenset({"same", "alike", "shortened"})
AGREEING = WHOLE | {"initial", "typo"}
FURTHER = ("phone", "address", "family", "mother", "mother-name", "bpjs")
"""Besides name, birth and sex, one of these must agree where two NIKs differ only as neighbours' do."""
Judgement = Literal["positive", "unsure", "negative"]


@dataclass(frozen=True, slots=True)
class Match:
    """What we hold of a pair and why: `rule` decided, `features` are (name, class, bits) without personal values.

    `score` is the odds of one person against the strongest rival as a probability. `rule` is "same-nik" or
    "same-bpjs" or "evidence" (positive), what forbade a link, or the rival explanation (stranger, twin, relative).
    """

    judgement: Judgement
    score: float
    features: tuple[tuple[str, str, float], ...]
    rule: str


def judge(a: Demographics, b: Demographics) -> Match:
    """Whether a and b are one person. Symmetric, deterministic; unsure means a person looks at it."""
    name, name_bits = compare.names(a.names, b.names)
    mother, mother_bits = compare.mothers(a, b)
    classes = {
        "name": name,
        "birth": compare.births(a, b),
        "sex": compare.equal(a.sex, b.sex),
        "phone": compare.sets(a.phones, b.phones),
        "address": compare.addresses(a, b),
        "family": compare.families(a, b),
        "mother": compare.numbers(a.nik_ibu, b.nik_ibu),
        "mother-name": mother,
        "order": compare.orders(a.order, b.order),
        "nik": compare.niks(a, b),
        "bpjs": compare.numbers(a.bpjs, b.bpjs),
        "mrn": compare.records(a, b),
    }
    margin, rival, features = weigh(classes, name_bits, mother_bits)
    judgement, rule = _decide(a, b, classes, margin, rival)
    return Match(judgement, probability(margin), features, rule)


def is_same_bearer(first: Demographics, now: Demographics) -> bool:
    """Whether a record still is about the person it was made for: name and birth date agree with its first version's.

    A newborn gets its name later. What had no name or no birth date at first says nobody's: False.
    """
    name, _ = compare.names(first.names, now.names)
    is_named = name in AGREEING or (first.is_baby and not now.is_baby)
    if first.birth is None or now.birth is None:
        return False
    return is_named and compare.birth(first.birth, now.birth) in _SAME_DAY


_SAME_DAY = frozenset({"same", "placeholder", "swapped", "slip", "compatible"})


def _decide(
    a: Demographics, b: Demographics, classes: dict[str, str], margin: float, rival: str
) -> tuple[Judgement, str]:
    if _is_mother_and_child(a, b):
        return "negative", "mother-and-child"
    if margin < ASK:
        is_doubtful = (
            compare.is_number_set_aside(a, b) and classes["name"] in AGREEING and not _is_generation_apart(a, b)
        )
        return ("unsure", "number-contradicted") if is_doubtful else ("negative", rival)
    if margin < LINK:
        return "unsure", rival
    if forbidden := _forbids(classes, margin):
        return "unsure", forbidden
    return "positive", next((f"same-{key}" for key in ("nik", "bpjs") if classes[key] == "same"), "evidence")


def _is_generation_apart(a: Demographics, b: Demographics) -> bool:
    """Births of which one side may be the other's parent; unknown counts as near."""
    return bool(a.birth and b.birth) and abs(int((a.birth or "")[:4]) - int((b.birth or "")[:4])) >= compare.GENERATION


def _is_mother_and_child(a: Demographics, b: Demographics) -> bool:
    if (a.nik_ibu and a.nik_ibu == b.nik) or (b.nik_ibu and b.nik_ibu == a.nik):
        return True
    if a.is_baby == b.is_baby or not a.birth or not b.birth:
        return False
    baby, other = (a, b) if a.is_baby else (b, a)
    return int((baby.birth or "")[:4]) - int((other.birth or "")[:4]) >= 10


def _forbids(classes: dict[str, str], margin: float) -> str | None:
    """What no amount of evidence links: two NIKs, two birth orders, a number's owner against name and birth, two sexes
    without a number in common, two records of one facility where nothing but name, birth and sex agree."""
    if classes["nik"] == "different":
        return "two-niks"
    if classes["nik"] == "slip-serial" and not any(classes[feature] in ("same", "house") for feature in FURTHER):
        return "two-niks"
    if classes["order"] == "different":
        return "two-birth-orders"
    if classes["name"] == "different" and classes["birth"] in ("different", "unknown"):
        return "number-contradicted"
    if classes["birth"] == "generation" and classes["nik"] in ("unknown", "different"):
        return "parent-and-child"
    numbers = [classes[key] for key in ("nik", "bpjs")].count("same")
    if numbers == 1 and classes["name"] in ("near", "partial", "different"):
        return "two-names-one-number"
    is_partly = classes["name"] == "lead" and margin < LINK + 3
    if numbers == 0 and (is_partly or classes["name"] in ("near", "partial", "different")):
        return "two-names"
    if numbers == 0 and classes["mrn"] == "apart" and not any(classes[key] in ("same", "house") for key in FURTHER):
        return "two-records-one-facility"
    if classes["sex"] == "different" and classes["name"] not in (AGREEING if numbers else WHOLE):
        return "two-sexes"
    return None
