"""The nouns every stage shares: frozen, without behaviour, importing nothing else of the hub."""

from hub.model.audit import AuditEntry, Seen
from hub.model.consent import ConsentRule, Decision, Grant, Provision, Request, Subject
from hub.model.facility import FACILITY_KINDS, Facility
from hub.model.issue import Issue, Severity
from hub.model.labels import ORDINARY, UNLABELLED, Labels
from hub.model.people import Client, Principal
from hub.model.query import After, DayRange, Page, Reach, Row, Selection
from hub.model.stages import PATIENT_RID, Key, Labelled, Linked, Mapped, Origin, Sealed, Validated

__all__ = [
    "FACILITY_KINDS",
    "ORDINARY",
    "PATIENT_RID",
    "UNLABELLED",
    "After",
    "AuditEntry",
    "Client",
    "ConsentRule",
    "DayRange",
    "Decision",
    "Facility",
    "Grant",
    "Issue",
    "Key",
    "Labelled",
    "Labels",
    "Linked",
    "Mapped",
    "Origin",
    "Page",
    "Principal",
    "Provision",
    "Reach",
    "Request",
    "Row",
    "Sealed",
    "Seen",
    "Selection",
    "Severity",
    "Subject",
    "Validated",
]
