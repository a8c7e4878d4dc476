"""`decide`: may this person see this, for this purpose, now? Pure; the algorithm is docs/privacy.md, step by step.

Deny unless permitted. Whatever cannot be read, is not known or goes wrong ends in DENY.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hub.consent.combine import Verdict, combine
from hub.consent.policy import SAFE, Policy
from hub.consent.times import last
from hub.consent.tree import ORGANISATION, PERSON, Hit, View, hits
from hub.model import ConsentRule, Decision, Labels, Provision, Request, Subject

READS = frozenset({"read", "vread", "history", "search"})


def decide(request: Request, subject: Subject, consents: Sequence[ConsentRule], policy: Policy = SAFE) -> Decision:
    """The decision with its reason code. Never raises: an error inside is DENY `engine-error`.

    Independent of the order of `consents`; one more deny, one permit fewer or one more label never widens it.
    """
    try:
        return _never_wider(request, subject, consents, policy)
    except Exception:
        return Decision("DENY", "engine-error")


def _never_wider(request: Request, subject: Subject, consents: Sequence[ConsentRule], policy: Policy) -> Decision:
    """A sensitive record is open only if it would be open with any of its labels fewer. A permit that stands as an
    exception inside a deny of a label could otherwise make the label itself the key."""
    decision = _decide(request, subject, consents, policy)
    if decision.effect == "PERMIT":
        for fewer in _fewer(subject.labels):
            less = _never_wider(request, replace(subject, labels=fewer), consents, policy)
            if less.effect == "DENY":
                return less
    return decision


def _fewer(labels: Labels) -> Iterator[Labels]:
    """The next weaker labels: ordinary confidentiality, or one sensitivity taken away."""
    if labels.sens and labels.conf != "N":
        yield Labels("N", labels.sens)
    for one in sorted(labels.sens):
        rest = labels.sens - {one}
        yield Labels(labels.conf if rest else "N", rest)


def is_fine(rule: ConsentRule) -> bool:
    """Whether the consent depends on the single resource (its date, type, code or id), so that deciding once for an
    (author, labels) combination is not enough: the caller then decides per resource (a residual)."""
    return _is_fine(rule.provision)


def needs_resource(request: Request) -> bool:
    """Whether the purpose itself looks at the single resource (a granted record, a notifiable disease, withholding)."""
    return request.purpose in ("HQUALIMP", "PUBHLTH", "PATRQT")


def _is_fine(node: Provision) -> bool:
    return bool(node.data_period or node.klass or node.code or node.data) or any(map(_is_fine, node.nested))


def _decide(request: Request, subject: Subject, consents: Sequence[ConsentRule], policy: Policy) -> Decision:
    if request.op is not None and request.op not in READS:
        if request.org is not None and request.org == subject.author:
            return Decision("PERMIT", "author-submission")
        return Decision("DENY", "not-author")
    purpose = _PURPOSES.get(request.purpose or "")
    if purpose is None:
        return Decision("DENY", "purpose-not-allowed")
    return purpose(View.of(request, subject), consents, policy)


def _verdict(view: View, consents: Sequence[ConsentRule]) -> Verdict:
    found = [hit for rule in consents for hit in hits(rule, view)]
    purpose = view.request.purpose

    def qualifies(hit: Hit) -> bool:
        if purpose == "FAMRQT":
            return hit.actor == PERSON
        if purpose in ("HRESCH", "HPAYMT"):
            return hit.purpose and hit.actor >= ORGANISATION
        return True

    return combine(found, view, qualifies)


def _treatment(view: View, consents: Sequence[ConsentRule], policy: Policy) -> Decision:
    verdict = _verdict(view, consents)
    if verdict.is_person_blocked:
        return Decision("DENY", "person-blocked", consents=verdict.consents)
    if not view.request.rel:
        return Decision("DENY", "no-care-relationship")
    if view.request.org is not None and view.request.org == view.subject.author:
        return Decision("PERMIT", "author-facility")
    if verdict.effect == "permit":
        return Decision("PERMIT", "consent", consents=verdict.consents)
    if verdict.effect == "deny":
        return Decision("DENY", "consent-deny", consents=verdict.consents)
    if policy.cross_facility == "optout" and not view.needed and not view.is_sealed:
        return Decision("PERMIT", "no-opt-out")
    return Decision("DENY", "no-consent")


def _emergency(view: View, consents: Sequence[ConsentRule], policy: Policy) -> Decision:
    session = view.request.btg
    if not session:
        return Decision("DENY", "btg-required")
    is_mine = view.request.person is not None and session["person"] == view.request.person
    if not is_mine or session["patient"] != view.subject.patient or last(session["until"]) < view.now:
        return Decision("DENY", "btg-invalid")
    if view.is_sealed and policy.is_sealed_in_emergency:
        return Decision("DENY", "sealed")
    verdict = _verdict(view, consents)
    duties: tuple[str, ...] = ("notify-patient", "review")
    if verdict.is_person_blocked:
        if policy.person_block == "block":
            return Decision("DENY", "person-blocked", consents=verdict.consents)
        duties += ("alert-privacy-officer",)
    return Decision("PERMIT", "break-glass", duties)


def _own_record(view: View, consents: Sequence[ConsentRule], policy: Policy) -> Decision:  # noqa: ARG001 - one signature for all purposes
    if view.request.person is None or view.request.person != view.subject.patient:
        return Decision("DENY", "not-subject")
    until = view.subject.withheld_until
    if until is not None and view.now < last(until):
        return Decision("DENY", "withheld-harm")
    return Decision("PERMIT", "own-record", ("redact-third-party",))


def _family(view: View, consents: Sequence[ConsentRule], policy: Policy) -> Decision:
    verdict = _verdict(view, consents)
    if verdict.is_person_blocked:
        return Decision("DENY", "person-blocked", consents=verdict.consents)
    if verdict.effect == "deny":
        return Decision("DENY", "consent-deny", consents=verdict.consents)
    if verdict.effect == "permit":
        return Decision("PERMIT", "delegate-consent", consents=verdict.consents)
    if _is_guardian_allowed(view, policy):
        return Decision("PERMIT", "guardian")
    return Decision("DENY", "no-delegation")


def _is_guardian_allowed(view: View, policy: Policy) -> bool:
    guardian, age = view.request.guardian, view.request.age
    if not guardian or guardian["patient"] != view.subject.patient or guardian["verified"] is not True:
        return False
    if age is None or not 0 <= age < policy.adult_age:
        return False
    if not view.needed and not view.is_sealed:
        return True
    is_child = policy.adolescent_age is not None and age < policy.adolescent_age
    return is_child and not view.is_sealed and view.needed == view.subject.labels.sens


def _review(view: View, consents: Sequence[ConsentRule], policy: Policy) -> Decision:  # noqa: ARG001 - one signature for all purposes
    grant = view.request.case_grant
    is_granted = (
        grant is not None
        and view.subject.id is not None
        and view.subject.id in grant.data
        and last(grant.until) >= view.now
        and bool(grant.approver)
        and grant.approver != view.request.person
    )
    if grant is None or not is_granted:
        return Decision("DENY", "aggregate-only")
    if not view.needed <= grant.labels or (view.is_sealed and "SDV" not in grant.labels):
        return Decision("DENY", "sensitive-not-granted")
    return Decision("PERMIT", "case-review", ("pseudonymise",))


def _surveillance(view: View, consents: Sequence[ConsentRule], policy: Policy) -> Decision:  # noqa: ARG001 - one signature for all purposes
    if view.request.role != "surveillance" or not view.subject.is_notifiable:
        return Decision("DENY", "not-notifiable")
    if view.is_sealed:
        return Decision("DENY", "sealed")
    return Decision("PERMIT", "statutory-notification", ("minimal-dataset", "pseudonymise"))


def _explicit(view: View, consents: Sequence[ConsentRule], policy: Policy) -> Decision:  # noqa: ARG001 - one signature for all purposes
    verdict = _verdict(view, consents)
    if verdict.is_person_blocked:
        return Decision("DENY", "person-blocked", consents=verdict.consents)
    if verdict.effect == "permit":
        return Decision("PERMIT", "consent", consents=verdict.consents)
    return Decision("DENY", "consent-deny" if verdict.effect == "deny" else "no-explicit-consent", (), verdict.consents)


_PURPOSES = {
    "TREAT": _treatment,
    "ETREAT": _emergency,
    "PATRQT": _own_record,
    "FAMRQT": _family,
    "HQUALIMP": _review,
    "PUBHLTH": _surveillance,
    "HRESCH": _explicit,
    "HPAYMT": _explicit,
}
"""The purposes of use (v3-ActReason) served. Marketing, legal requests and administration are left out on purpose."""
