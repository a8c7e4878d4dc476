"""The one way out: each look names who, why and what; consent decides, the audit is durable, then the row is opened."""

from hub.access.own import Chosen, choices, own_record, seen
from hub.access.reading import Answer, history, read, vread
from hub.access.searching import next_page, search
from hub.access.trace import audit

__all__ = [
    "Answer",
    "Chosen",
    "audit",
    "choices",
    "history",
    "next_page",
    "own_record",
    "read",
    "search",
    "seen",
    "vread",
]
