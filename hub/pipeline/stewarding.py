"""The steward of patient identities: joins, parts, and takes back; each decision with a reason, in one transaction.

Link rows are added and ended, never changed or deleted. "Not the same" is a row of its own (judgement "negative") that
holds until a steward takes it back, so that the hub never joins the pair again. What was taken back says why in a row
that was never in force (judgement "undone").
"""

from dataclasses import dataclass

from hub.access.judgements import (
    STEWARD_RULE,
    UNDONE,
    UNDONE_RULE,
    Explanation,
    open_explanation,
    seal_explanation,
)
from hub.access.opening import open_resources
from hub.access.persons import only_stewards, patient_of
from hub.access.trace import sealed_entry
from hub.crypto import random_key
from hub.errors import Category, HubError
from hub.identity import Match, demographics, judge
from hub.model import PATIENT_RID, AuditEntry, Issue, Key, Principal
from hub.parts import Hub
from hub.pipeline.apart import Pair, pair_of, unsafe
from hub.store import Link, ReviewRow, WriteTx

SHORTEST_REASON = 5
LONGEST_REASON = 1000
BY_PATIENT = "patient"
"""Who joined the place of a patient's own statements to the record the patient signed in with."""


@dataclass(frozen=True, slots=True)
class _Deed:
    """What a steward does to a pair now: the pair, why, what the machine holds of it, what it was before."""

    hub: Hub
    tx: WriteTx
    who: Principal
    pair: Pair
    reason: str
    match: Match
    between: list[Link]
    at_ms: int

    @property
    def actor(self) -> str:
        """How the rows name the steward: never to be taken for the hub or the patient."""
        return f"steward:{self.who.subject}"

    @property
    def standing(self) -> list[Link]:
        """The rows between the two that are in force, each once."""
        return [link for link in self.between if link.ended_ms is None]

    def add(self, judgement: str, rule: str, of: int = 0) -> Link:
        """A row about the pair by this steward; one that takes back is over when it begins."""
        explanation = Explanation(rule, self.match.score, self.match.features, self.reason, of)
        body = seal_explanation(self.hub, explanation)
        made = Link(*self.pair, random_key(), judgement, self.match.score, body, self.actor, self.at_ms)
        if judgement == UNDONE:
            made = made._replace(ended_ms=self.at_ms, ended_by=self.actor)
        self.tx.add_links([made])
        return made

    def end(self, link: Link) -> None:
        """A row in force holds no longer."""
        self.tx.end_link(*link[:3], ended_ms=self.at_ms, ended_by=self.actor)

    def settle(self, state: str) -> None:
        """The doubt about the pair, if there is one, is decided."""
        review = self.tx.review([self.pair]).get(self.pair)
        if review is not None:
            self.tx.set_review(review._replace(state=state, decided_ms=self.at_ms, decided_by=self.actor))

    def reopen(self, *, is_new: bool) -> None:
        """The pair waits for a decision, as it did before; `is_new`: also when it never did."""
        review = self.tx.review([self.pair]).get(self.pair)
        if review is None and not is_new:
            return
        if review is None:
            body = seal_explanation(self.hub, Explanation(self.match.rule, self.match.score, self.match.features))
            review = ReviewRow(*self.pair, self.match.score, "open", self.at_ms, None, None, body)
        self.tx.set_review(review._replace(state="open", decided_ms=None, decided_by=None))

    def tell(self, event: str) -> None:
        """Both patients see it on their page."""
        entry = AuditEntry(
            at_ms=self.at_ms,
            event=event,
            action="U",
            outcome="permit",
            subject=self.who.subject,
            role=self.who.role,
            facility="",
            purpose=self.who.purpose,
            compartments=self.pair,
            request_id=self.who.request_id,
            is_person=True,
        )
        self.tx.outbox([sealed_entry(self.hub, entry)])


def link(hub: Hub, who: Principal, one: str, other: str, reason: str) -> None:
    """The two records (public ids of Patients) are one person's: joined now, the doubt about them settled.

    FORBIDDEN for anybody but a steward; NOT_FOUND; INCORRECT without a reason; CONFLICT when the two, or others of the
    persons they belong to, were told apart: that must be taken back first.
    """
    with hub.store.writing() as tx:
        deed = _begin(hub, tx, who, one, other, reason)
        if any(row.judgement == "negative" for row in deed.standing):
            raise HubError(Category.CONFLICT, Issue("HUB-3205"))
        if any(row.by == BY_PATIENT for row in deed.standing):
            raise HubError(Category.CONFLICT, Issue("HUB-3207"))
        for row in deed.standing:  # what the hub had joined stands from now on by a person's word
            deed.end(row)
        made = deed.add("positive", STEWARD_RULE)
        if unsafe(tx.network(deed.pair), [made], set()):
            raise HubError(Category.CONFLICT, Issue("HUB-3206"))
        deed.settle("positive")
        deed.tell("link")


def unlink(hub: Hub, who: Principal, one: str, other: str, reason: str) -> bool:
    """The link between two records ends, and they count as told apart. True when other links still join them.

    Like `link`; CONFLICT when no link between them is in force, or the patient made it by signing in.
    """
    with hub.store.writing() as tx:
        deed = _begin(hub, tx, who, one, other, reason)
        if not any(row.judgement == "positive" for row in deed.standing):
            raise HubError(Category.CONFLICT, Issue("HUB-3204"))
        _tell_apart(deed)
        deed.tell("unlink")
        return deed.pair[1] in tx.person([deed.pair[0]])


def reject(hub: Hub, who: Principal, one: str, other: str, reason: str) -> bool:
    """The two records are not one person's: remembered, never queued or joined again by the hub; a link of the hub's
    between them ends. True when other links still join them."""
    with hub.store.writing() as tx:
        deed = _begin(hub, tx, who, one, other, reason)
        if any(row.judgement == "negative" for row in deed.standing):
            raise HubError(Category.CONFLICT, Issue("HUB-3208"))
        _tell_apart(deed)
        deed.tell("unlink" if any(row.judgement == "positive" for row in deed.standing) else "review")
        return deed.pair[1] in tx.person([deed.pair[0]])


def undo(
    hub: Hub, who: Principal, one: str, other: str, number: int, reason: str, *, is_relinked: bool = False
) -> None:
    """Take a decision back: the row `number` between two records ends, and the doubt about them is open again. After
    "not the same" there is one in any case; after a link only if there was one before.

    Taking "not the same" back with `is_relinked` joins them at once. CONFLICT when the row is not in force, or is no
    person's decision (what the hub joined is parted with `unlink`), or joining is not possible (as `link`).
    """
    with hub.store.writing() as tx:
        deed = _begin(hub, tx, who, one, other, reason)
        row = next((each for each in deed.standing if each.id == number), None)
        if row is None or open_explanation(hub, row.features).rule != STEWARD_RULE:
            raise HubError(Category.CONFLICT, Issue("HUB-3208"))
        deed.end(row)
        deed.add(UNDONE, UNDONE_RULE, of=number)
        if is_relinked and row.judgement == "negative":
            made = deed.add("positive", STEWARD_RULE)
            if unsafe(tx.network(deed.pair), [made], set()):
                raise HubError(Category.CONFLICT, Issue("HUB-3206"))
            deed.settle("positive")
        else:
            deed.reopen(is_new=row.judgement == "negative")
        deed.tell("review.undo")


def _tell_apart(deed: _Deed) -> None:
    if any(row.by == BY_PATIENT for row in deed.standing):
        raise HubError(Category.CONFLICT, Issue("HUB-3207"))
    for row in deed.standing:
        if row.judgement == "positive":
            deed.end(row)
    deed.add("negative", STEWARD_RULE)
    deed.settle("negative")


def _begin(hub: Hub, tx: WriteTx, who: Principal, one: str, other: str, reason: str) -> _Deed:
    only_stewards(who)
    written = " ".join(reason.split())
    if not SHORTEST_REASON <= len(written) <= LONGEST_REASON:
        raise HubError(Category.INCORRECT, Issue("HUB-3202", args={"most": str(LONGEST_REASON)}))
    tx.lock_mpi()
    ends = patient_of(hub, tx, one), patient_of(hub, tx, other)
    if ends[0] == ends[1]:
        raise HubError(Category.INCORRECT, Issue("HUB-3203"))
    pair = min(ends), max(ends)
    between = [link for link in tx.links([pair[0]], is_ended=True) if pair_of(link) == pair]
    opened = open_resources(hub, tx.get([Key(end, PATIENT_RID) for end in pair]).values())
    known = [demographics(opened.get(Key(end, PATIENT_RID), {})) for end in pair]
    return _Deed(hub, tx, who, pair, written, judge(*known), between, hub.clock())
