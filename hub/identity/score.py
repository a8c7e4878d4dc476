"""The one table: features of a pair, their classes, their weights; and the thresholds.

Weights are evidence in bits, set by hand, measured on tests/identity/cases.csv; the prior says that two candidates of
one block are rarely the same person. score = 1 / (1 + 2^-(prior + sum)). A score alone never links.
"""

PRIOR = -10.0

WEIGHTS: dict[str, dict[str, float]] = {
    "name": {"same": 6, "alike": 5, "shortened": 4, "near": 2.5, "contained": 2, "partial": -1, "different": -8},
    "birth": {"same": 7, "placeholder": 4, "swapped": 4, "near": 3, "compatible": 2, "different": -9},
    "sex": {"same": 1, "different": -5},
    "phone": {"same": 4, "different": -0.5},
    "address": {"same": 3, "kelurahan": 1, "different": -0.5},
    "mother": {"same": 5, "slip": -1, "different": -9},
    "order": {"same": 1, "different": -12},
    "nik": {"slip": -2, "different": -9},
    "bpjs": {"slip": -1, "different": -5},
}
"""Feature -> class -> bits; a class without a weight (unknown) counts 0."""

POSITIVE = 0.97
"""At or above, and with strong evidence, the pair is one person."""

UNSURE = 0.12
"""At or above, a person decides; below, two persons."""

STRONG_NAMES = frozenset({"same", "alike", "shortened"})
AGREEING_BIRTHS = frozenset({"same", "placeholder", "swapped", "near", "compatible"})
FURTHER = (("phone", "same"), ("address", "same"), ("mother", "same"))
"""Besides name, birth and sex, at least one of these must agree; without a name, nothing is asked unless one does."""


def weigh(classes: dict[str, str]) -> tuple[float, tuple[tuple[str, str, float], ...]]:
    """The score (0..1, four places) of a pair and its explanation: (feature, class, weight) in the table's order."""
    features = tuple((name, classes[name], float(WEIGHTS[name].get(classes[name], 0.0))) for name in WEIGHTS)
    total = PRIOR + sum(weight for _, _, weight in features)
    return round(1 / (1 + 2**-total), 4), features
