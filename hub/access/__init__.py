"""The one way out: each look names who, why and what; consent decides, the audit is durable, then the row is opened."""

from hub.access.everything import Asked, everything, next_part
from hub.access.histories import AskedHistory, Form, histories, next_histories, shaped
from hub.access.matching import SHOWN, Described, match
from hub.access.own import Chosen, choices, own_record, seen
from hub.access.reading import Answer, Look, history, read, read_many, vread
from hub.access.searching import next_page, search
from hub.access.summary import summary
from hub.access.trace import audit

__all__ = [
    "SHOWN",
    "Answer",
    "Asked",
    "AskedHistory",
    "Chosen",
    "Described",
    "Form",
    "Look",
    "audit",
    "choices",
    "everything",
    "histories",
    "history",
    "match",
    "next_histories",
    "next_page",
    "next_part",
    "own_record",
    "read",
    "read_many",
    "search",
    "seen",
    "shaped",
    "summary",
    "vread",
]
