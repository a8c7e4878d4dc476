"""The one way out: each look names who, why and what; consent decides, the audit is durable, then the row is opened."""

from hub.access.everything import Asked, everything, next_part
from hub.access.own import Chosen, choices, own_record, seen
from hub.access.reading import Answer, history, read, vread
from hub.access.searching import next_page, search
from hub.access.trace import audit

__all__ = [
    "Answer",
    "Asked",
    "Chosen",
    "audit",
    "choices",
    "everything",
    "history",
    "next_page",
    "next_part",
    "own_record",
    "read",
    "search",
    "seen",
    "vread",
]
