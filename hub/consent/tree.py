"""One consent against one request: which of its provisions speak, and how narrowly (docs/privacy.md, steps 7 and 8).

Provisions nest; the deepest matching one speaks, and among siblings a deny silences a permit. Every rule on the path
down to it narrows what it says, so its breadth is that of the whole path.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from hub.consent import sensitivity
from hub.consent.times import Moments, first, span, window
from hub.model import ConsentRule, Provision, Request, Subject

Effect = Literal["permit", "deny"]

ANYONE, ROLE, ORGANISATION, PERSON = range(4)
_LEVELS = {"role": ROLE, "org": ORGANISATION, "person": PERSON}
UNRESOLVED = "?"
"""An actor reference nobody could resolve; a deny then holds for anyone."""


@dataclass(frozen=True, slots=True)
class View:
    """Request and resource, with the times and sensitivities worked out once."""

    request: Request
    subject: Subject
    now: datetime
    service: Moments | None
    needed: frozenset[str]
    is_sealed: bool

    @classmethod
    def of(cls, request: Request, subject: Subject) -> "View":
        """Raises ValueError or TypeError for times that cannot be read."""
        service = span(subject.date) if subject.date is not None else None
        labels = subject.labels
        needed, is_sealed = sensitivity.needed(labels), sensitivity.is_sealed(labels)
        return cls(request, subject, first(request.now), service, needed, is_sealed)


@dataclass(frozen=True, slots=True)
class Hit:
    """A provision that speaks: its effect, when and how surely it was said, and the breadth of its path."""

    effect: Effect
    consent: str
    time: datetime
    auth: int
    actor: int = ANYONE
    purpose: bool = False
    klass: bool = False
    code: bool = False
    label: bool = False
    data: bool = False
    data_period: Moments | None = None
    is_naming: bool = False

    def covers(self, view: View) -> bool:
        """Whether a permit reaches data this sensitive: it names what is sensitive, or the person and the record."""
        if not view.needed and not view.is_sealed:
            return True
        if self.actor == PERSON and self.data:
            return True
        return self.is_naming and not view.is_sealed


def hits(rule: ConsentRule, view: View) -> list[Hit]:
    """What the consent says about the request; either permits or denies, never both. Empty when it says nothing."""
    if rule.status != "active" or rule.scope != "patient-privacy" or rule.patient != view.subject.patient:
        return []
    time = first(rule.accepted)
    if time > view.now:
        return []
    root = rule.provision
    is_contradiction = rule.base is not None and root.type is not None and rule.base != root.type
    start = Hit("deny", rule.id, time, rule.auth)
    found = [start] if is_contradiction and rule.base == "deny" else []
    if root.type is None and rule.base is not None:
        root = replace(root, type=rule.base)
    if root.type or root.nested:
        tree = _Tree(view, rule.is_verified, is_clear=not is_contradiction and not is_unclear(root))
        found += _walk(root, start, tree, is_root=True)
    return _deny_first(found)


def is_unclear(node: Provision) -> bool:
    """Whether the tree holds anything the hub does not understand; such a consent can only restrict.

    Levels must alternate (https://www.hl7.org/fhir/R4/consent.html): an exception to an exception of its own kind
    has no defined meaning.
    """
    if node.unknown or (node.action and "access" not in node.action):
        return True
    kind = node.type or "deny"
    return any(is_unclear(c) or c.type is None or (c.type == kind and c.nested) for c in node.nested)


@dataclass(frozen=True, slots=True)
class _Tree:
    """An unverified consent's permits count for nothing; an unclear one's permits turn into denies."""

    view: View
    is_verified: bool
    is_clear: bool


def _walk(node: Provision, path: Hit, tree: _Tree, *, is_root: bool = False) -> list[Hit]:
    if node.type not in ("permit", "deny", None):
        raise ValueError("provision type")
    effect: Effect = "permit" if node.type == "permit" else "deny"
    is_silent = node.type is None and is_root
    if effect == "permit" and not tree.is_clear and tree.is_verified:
        effect = "deny"
    here = _narrow(node, effect, path, tree.view)
    is_match = here is not None and _matches(node, effect, tree.view)
    if here is None or is_match is False:
        return []
    deeper = [hit for child in node.nested for hit in _walk(child, here, tree)]
    own = [] if is_silent or (effect == "permit" and not tree.is_verified) else [here]
    if is_match is None:  # only what restricts may speak where something is not known
        return [hit for hit in own + deeper if hit.effect == "deny"]
    return _deny_first(deeper) or own


def _deny_first(found: list[Hit]) -> list[Hit]:
    denies = [hit for hit in found if hit.effect == "deny"]
    return denies or found


def _narrow(node: Provision, effect: Effect, path: Hit, view: View) -> Hit | None:
    """The path one provision further, or None when the provision is not about this request (time, actor, purpose)."""
    is_deny = effect == "deny"
    if node.period is not None:
        start, end = window(node.period)
        if not start <= view.now <= end:
            return None
    actor = _actor(node, view.request, is_deny=is_deny)
    if actor is None or (node.purpose and view.request.purpose not in node.purpose):
        return None
    period = path.data_period
    if node.data_period is not None:
        start, end = window(node.data_period)
        period = (start, end) if period is None else (max(start, period[0]), min(end, period[1]))
    return Hit(
        effect,
        path.consent,
        path.time,
        path.auth,
        actor=max(path.actor, actor),
        purpose=path.purpose or bool(node.purpose),
        klass=path.klass or bool(node.klass),
        code=path.code or bool(node.code),
        label=path.label or bool(node.security_label),
        data=path.data or bool(node.data),
        data_period=period,
        is_naming=path.is_naming or (not is_deny and bool(node.security_label)),
    )


def _matches(node: Provision, effect: Effect, view: View) -> bool | None:
    """Whether the provision is about this resource; None when that is not known.

    A permit whose clearance is too low also gives None: it does not reach the resource, its exceptions still hold.
    """
    subject = view.subject
    found: list[bool | None] = []
    if node.klass:
        found.append(None if subject.type is None else subject.type in node.klass)
    if node.code:
        is_unknown = subject.code is None and subject.type is None
        found.append(None if is_unknown else subject.code in node.code)
    if node.data:
        found.append(None if subject.id is None else subject.id in node.data)
    if node.data_period is not None:
        found.append(_is_within(view.service, *window(node.data_period)))
    if node.security_label:
        if effect == "permit":
            found.append(sensitivity.permit_reaches(node.security_label, subject.labels) or None)
        else:
            found.append(sensitivity.deny_catches(node.security_label, subject.labels))
    return False if False in found else None if None in found else True


def _actor(node: Provision, request: Request, *, is_deny: bool) -> int | None:
    """How narrowly the asker is named (broadest way for a permit, narrowest for a deny); None when not at all."""
    if not node.actor:
        return ANYONE
    asker = {"person": request.person, "org": request.org, "role": request.role}
    levels = []
    for name in node.actor:
        kind, _, value = name.partition(":")
        if kind == UNRESOLVED and is_deny:
            levels.append(ANYONE)
        elif value and asker.get(kind) == value:
            levels.append(_LEVELS[kind])
    if not levels:
        return None
    return max(levels) if is_deny else min(levels)


def _is_within(service: Moments | None, start: datetime, end: datetime) -> bool | None:
    if service is None:
        return None
    if end < service[0] or service[1] < start:
        return False
    return True if start <= service[0] and service[1] <= end else None


__all__ = ["ORGANISATION", "PERSON", "UNRESOLVED", "Hit", "View", "hits", "is_unclear"]
