"""The one table, weights.csv, and what is made of it: how well each explanation of a pair accounts for what is seen.

Fellegi and Sunter compare two explanations: one person, or two who meet by chance. Relatives are no chance, so there
are three rivals: a stranger, a twin, another relative. Per class of a feature the table has the log2 probability of
meeting it under each; `prior` has the log2 number of such people a person has. The margin, in bits, is one person's sum
less the strongest rival's. The columns come from pairs of another seed (`python -m fixtures.pairs.learn`), floored and
corrected by reason where invented people are tamer than real ones; docs/identity.md says how.
"""

import csv
from functools import cache
from importlib.resources import files

Column = tuple[float, float, float, float]
RIVALS = ("stranger", "twin", "relative")
BY_RARITY = frozenset(
    "same alike shortened initial initial-lead typo near contained lead partial newborn".split()  # noqa: SIM905
)
"""Classes of names that a stranger shows the more seldom, the more telling the shared words are."""

LINK = 7.0
"""Bits from which a pair is one person, if no rule forbids it."""

ASK = 3.5
"""Bits from which a person decides; below, two persons."""

MOST = 17.0
"""Bits that a name can tell at most, however seldom its words."""


@cache
def _table() -> tuple[Column, dict[str, dict[str, Column]]]:
    text = files("hub.identity").joinpath("weights.csv").read_text(encoding="utf-8")
    found: dict[str, dict[str, Column]] = {}
    for row in csv.DictReader(text.splitlines()):
        column = (float(row["same"]), float(row["stranger"]), float(row["twin"]), float(row["relative"]))
        found.setdefault(row["feature"], {})[row["class"]] = column
    return found.pop("prior")[""], found


PRIOR, WEIGHTS = _table()
"""Feature -> class -> log2 probability if one person, stranger, twin, relative; a class without a row says nothing."""


def weigh(
    classes: dict[str, str], name_bits: float, mother_bits: float
) -> tuple[float, str, tuple[tuple[str, str, float], ...]]:
    """The margin in bits, the strongest rival, and the features as (name, class, bits against that rival)."""
    same, stranger, twin, relative = PRIOR
    found = []
    for feature, value in classes.items():
        column = WEIGHTS[feature].get(value)
        if column is None:
            continue
        found.append((feature, column))
        same += column[0]
        stranger += column[1]
        twin += column[2]
        relative += column[3]
    stranger_name = min(name_bits, MOST) if classes["name"] in BY_RARITY else 0.0
    stranger_mother = min(mother_bits, MOST) if classes["mother-name"] == "same" else 0.0
    stranger -= stranger_name + stranger_mother
    strongest = max(stranger, twin, relative)
    place = 1 if strongest == stranger else 2 if strongest == twin else 3
    told = {feature: column[0] - column[place] for feature, column in found}
    if place == 1:
        for feature, more in (("name", stranger_name), ("mother-name", stranger_mother)):
            if more:
                told[feature] += more
    features = tuple((feature, value, round(told.get(feature, 0.0), 1)) for feature, value in classes.items())
    return same - strongest, RIVALS[place - 1], features


def probability(margin: float) -> float:
    """The margin as a score between 0 and 1, four places: the odds of one person against the strongest rival."""
    return round(1 / (1 + 2**-margin), 4) if margin > -60 else 0.0
