"""The master patient index: normalise, block, compare, score, judge. Pure; links are kept elsewhere, nothing merges."""

from hub.identity.demographics import TELLING, Demographics, blocking_keys, demographics
from hub.identity.explain import class_words, explain, feature_words, rule_words
from hub.identity.judge import Judgement, Match, is_same_bearer, judge
from hub.identity.names import Name, read_name

__all__ = [
    "TELLING",
    "Demographics",
    "Judgement",
    "Match",
    "Name",
    "blocking_keys",
    "class_words",
    "demographics",
    "explain",
    "feature_words",
    "is_same_bearer",
    "judge",
    "read_name",
    "rule_words",
]
