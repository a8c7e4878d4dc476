"""Requests at the counter: a person without an account asks for a copy, a correction or the list of who looked.

Identity is confirmed by the patient's own presence code or by two members of staff (docs/adr/0020); every step is kept
with its time and is on the patient's page; what is released is the patient's own view and is kept nowhere.
"""

from hub.admission.counter.asking import ask, ask_at_counter, withdraw
from hub.admission.counter.checking import check_code, check_document
from hub.admission.counter.closing import Released, answer, refuse, release
from hub.admission.counter.listing import at_facility, one_at_facility, own_requests, waiting_by_facility
from hub.admission.counter.request import DOCUMENTS, FORMS, KINDS, REFUSALS, RELATIONS, Request, Step, Wish

__all__ = [
    "DOCUMENTS",
    "FORMS",
    "KINDS",
    "REFUSALS",
    "RELATIONS",
    "Released",
    "Request",
    "Step",
    "Wish",
    "answer",
    "ask",
    "ask_at_counter",
    "at_facility",
    "check_code",
    "check_document",
    "one_at_facility",
    "own_requests",
    "refuse",
    "release",
    "waiting_by_facility",
    "withdraw",
]
