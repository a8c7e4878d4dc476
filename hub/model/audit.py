"""An audit event before it is sealed, and as the patient sees it."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to whom, why, permitted or not (IHE BALP). No clinical value, no raw NIK, no token.

    `action`: C/R/U/D/E as in FHIR. `event`: our stable event name (`read`, `search`, `ingest`, `token.issue`...).
    `compartments`: the patients concerned; each sees the entry on the own page. `is_person`: a person looked
    (as against automatic processing). `query`: search text with identifiers tokenised.
    """

    at_ms: int
    event: str
    action: Literal["C", "R", "U", "D", "E"]
    outcome: Literal["permit", "deny", "error"]
    subject: str
    role: str
    facility: str
    purpose: str
    reason: str = ""
    compartments: tuple[int, ...] = ()
    resource: str = ""
    count: int = 0
    query: str = ""
    request_id: str = ""
    is_person: bool = False
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """One line of "who looked at my record"."""

    at_ms: int
    facility: str
    role: str
    purpose: str
    event: str
    outcome: str
    what: str
    reason: str
    is_person: bool
