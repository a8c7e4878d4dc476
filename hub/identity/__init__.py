"""The master patient index: normalise, block, compare, score, judge. Pure; links are kept elsewhere, nothing merges."""

from hub.identity.demographics import Demographics, blocking_keys, demographics
from hub.identity.judge import Judgement, Match, judge
from hub.identity.names import Name, read_name

__all__ = ["Demographics", "Judgement", "Match", "Name", "blocking_keys", "demographics", "judge", "read_name"]
