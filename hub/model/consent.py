"""The nouns of a consent decision; `hub.consent.decide` is the verb (reference: docs/privacy.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from hub.model.labels import UNLABELLED, Labels


@dataclass(frozen=True, slots=True)
class Grant:
    """A granted case review: records, expiry (ISO, city time), approver and labels it may open."""

    data: frozenset[str]
    until: str
    approver: str
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks, why, when. `now` is the server's clock (ISO, city time). `rel`: a care relationship is proven."""

    now: str
    purpose: str | None
    person: str | None = None
    org: str | None = None
    role: str | None = None
    op: str | None = None
    rel: bool = False
    btg: Mapping[str, str] | None = None
    case_grant: Grant | None = None
    guardian: Mapping[str, Any] | None = None
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked for: one resource, or one (author, labels) combination of a person when id/type/date are None."""

    patient: str
    author: str
    labels: Labels = UNLABELLED
    id: str | None = None
    type: str | None = None
    date: str | None = None
    code: str | None = None
    is_notifiable: bool = False
    withheld_until: str | None = None


@dataclass(frozen=True, slots=True)
class Provision:
    """A node of the provision tree. Empty tuples do not constrain. `unknown` = an element we do not understand."""

    type: Literal["permit", "deny"] | None = None
    period: tuple[str | None, str | None] | None = None
    data_period: tuple[str | None, str | None] | None = None
    actor: tuple[str, ...] = ()
    purpose: tuple[str, ...] = ()
    klass: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    security_label: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    action: tuple[str, ...] = ()
    unknown: bool = False
    nested: tuple["Provision", ...] = ()


@dataclass(frozen=True, slots=True)
class ConsentRule:
    """A consent in the engine's short form. `accepted` is the server's acceptance time; `auth` 2 patient,
    1 witnessed, 0 asserted."""

    id: str
    patient: str
    status: str
    accepted: str
    provision: Provision
    scope: str = "patient-privacy"
    is_verified: bool = True
    auth: int = 2
    base: Literal["permit", "deny"] | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """PERMIT or DENY with its reason code, what must be done with the data, and the consents that decided."""

    effect: Literal["PERMIT", "DENY"]
    reason: str
    obligations: tuple[str, ...] = ()
    consents: tuple[str, ...] = field(default=())
