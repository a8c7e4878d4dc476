"""Who is calling: a client system or a person, always bound to one purpose of use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal[
    "clinic-client", "clinician", "patient", "auditor", "surveillance", "privacy-officer", "steward", "agency", "system"
]


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client system: one client = one facility. `jwks` for private_key_jwt, else
    `secret_hash` (write-only). `registration`: another number each time it is registered or changed; a token holds as
    long as the one it was issued under."""

    id: str
    facility: str
    scopes: tuple[str, ...]
    purposes: tuple[str, ...] = ("TREAT",)
    jwks: Mapping[str, Any] | None = None
    secret_hash: bytes | None = None
    is_active: bool = True
    registration: int = 0


@dataclass(frozen=True, slots=True)
class Principal:
    """The authenticated caller. `facility` is the author of whatever it writes; `person` is None for a client system;
    `compartment` is the patient's own, for role `patient`; `purpose` is a v3-ActReason code fixed at sign-in;
    `request_id` names the request it acts in, for the audit trail; `duties`: all roles a member of staff may act in;
    `grants`: what each duty (or the role) rests on, in the same order (hub.admission.grants)."""

    role: Role
    subject: str
    purpose: str
    facility: str | None = None
    person: str | None = None
    compartment: int | None = None
    scopes: tuple[str, ...] = field(default=())
    session: str = ""
    request_id: str = ""
    duties: tuple[Role, ...] = ()
    grants: tuple[str, ...] = ()
