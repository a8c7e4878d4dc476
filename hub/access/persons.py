"""The steward's looks: open doubts, two records side by side, a person's records with every link between them.

Each look is audited before the answer leaves and stands on the page of every patient concerned.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from hub.access.faces import Face, covered, covered_pair, face_of
from hub.access.judgements import STEWARD_RULE, UNDONE, open_explanation
from hub.access.opening import open_resources
from hub.access.trace import audit
from hub.errors import Category, HubError
from hub.identity import Match, demographics, judge
from hub.model import PATIENT_RID, AuditEntry, Issue, Key, Principal
from hub.parts import SELF, Hub
from hub.store import Link, ReadTx

MOST_DOUBTS = 500


@dataclass(frozen=True, slots=True)
class Doubt:
    """A pair that waits for a decision: public ids of the two Patients, ids of their facilities, no names."""

    one: str
    other: str
    facilities: tuple[str, str]
    score: float
    since_ms: int
    is_joined: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """A row about two records, in force or over: who said what, when, by which rule and why.

    `judgement` is positive, negative or undone; `by` "hub", "patient" or a steward; `may_undo`: a steward's decision in
    force; `may_unlink`: a link in force that is not the patient's own.
    """

    one: str
    other: str
    number: int
    judgement: str
    score: float
    rule: str
    reason: str
    by: str
    at_ms: int
    ended_ms: int | None
    ended_by: str
    may_undo: bool
    may_unlink: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records side by side. `match` is what the machine holds of them now; `doubt_ms` since when they wait (None:
    they do not) and `doubt` the score they had then; `is_joined`: one person now, `is_linked`: by a link between the
    two themselves, `is_apart`: told apart."""

    faces: tuple[Face, Face]
    match: Match
    doubt_ms: int | None
    doubt: float | None
    is_joined: bool
    is_linked: bool
    is_apart: bool
    history: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """All records that count as one person's, and every judgement ever made about any of them."""

    faces: tuple[Face, ...]
    history: tuple[Judgement, ...]
    others: tuple[Face, ...]


def only_stewards(who: Principal) -> None:
    """FORBIDDEN for anybody but the steward of identities."""
    if who.role != "steward" or who.person is None:
        raise HubError(Category.FORBIDDEN, Issue("HUB-3200"))


def patient_of(hub: Hub, tx: ReadTx, id_: str) -> int:
    """The compartment of a Patient's public id. NOT_FOUND when it is none of a patient."""
    key = hub.ids.decode(id_.strip().removeprefix("Patient/"))
    row = tx.compartments([key.compartment]).get(key.compartment) if key and key.rid == PATIENT_RID else None
    if key is None or row is None or row.kind != 0:
        raise HubError(Category.NOT_FOUND, Issue("HUB-3201"))
    return key.compartment


def doubts(hub: Hub, who: Principal, limit: int = MOST_DOUBTS) -> list[Doubt]:
    """The open doubts, oldest first."""
    only_stewards(who)
    with hub.store.reading() as tx:
        rows = tx.reviews(limit=limit)
        authors = tx.compartments({end for row in rows for end in row[:2]})
        joined = {link[:2] for link in tx.links({row[0] for row in rows}) if link.judgement == "positive"}
    audit(hub, _look(hub, who, (), len(rows)))
    return [
        Doubt(
            _id(hub, row.compartment),
            _id(hub, row.other),
            (hub.numbers[authors[row[0]].author].id, hub.numbers[authors[row[1]].author].id),
            row.score,
            row.created_ms,
            row[:2] in joined,
        )
        for row in rows
    ]


def pair(hub: Hub, who: Principal, one: str, other: str) -> Pair:
    """Two records side by side. NOT_FOUND; INCORRECT for a record and itself."""
    only_stewards(who)
    with hub.store.reading() as tx:
        ends = sorted((patient_of(hub, tx, one), patient_of(hub, tx, other)))
        if ends[0] == ends[1]:
            raise HubError(Category.INCORRECT, Issue("HUB-3203"))
        rows = tx.get([Key(end, PATIENT_RID) for end in ends])
        authors = tx.compartments(ends)
        review = tx.review([(ends[0], ends[1])]).get((ends[0], ends[1]))
        between = [row for row in tx.links([ends[0]], is_ended=True) if row.other == ends[1]]
        is_joined = ends[1] in tx.person([ends[0]])
    audit(hub, _look(hub, who, ends, 2))
    opened = open_resources(hub, [row for row in rows.values() if not row.is_deleted])
    patients = [opened.get(Key(end, PATIENT_RID), {}) for end in ends]
    faces = [_face(hub, end, authors[end].author, patient) for end, patient in zip(ends, patients, strict=True)]
    in_force = [row.judgement for row in between if row.ended_ms is None]
    return Pair(
        covered_pair(faces[0], faces[1]),
        judge(demographics(patients[0]), demographics(patients[1])),
        review.created_ms if review is not None and review.state == "open" else None,
        review.score if review is not None and review.state == "open" else None,
        is_joined,
        "positive" in in_force,
        "negative" in in_force,
        tuple(_judgements(hub, between)),
    )


def person(hub: Hub, who: Principal, id_: str) -> Person:
    """The person a record belongs to, with every judgement about its records; `others`: records they were compared
    with that are not this person's. NOT_FOUND."""
    only_stewards(who)
    with hub.store.reading() as tx:
        members = sorted(tx.person([patient_of(hub, tx, id_)]))
        links = tx.links(members, is_ended=True)
        others = sorted({link.other for link in links} - set(members))
        rows = tx.get([Key(each, PATIENT_RID) for each in [*members, *others]])
        authors = tx.compartments([*members, *others])
    audit(hub, _look(hub, who, [*members, *others], len(rows)))
    opened = open_resources(hub, [row for row in rows.values() if not row.is_deleted])
    faces = {
        each: covered(_face(hub, each, authors[each].author, opened.get(Key(each, PATIENT_RID), {})))
        for each in [*members, *others]
    }
    once = {tuple(sorted(link[:2])) + link[2:3]: link for link in links}
    return Person(
        tuple(faces[each] for each in members),
        tuple(_judgements(hub, once.values())),
        tuple(faces[each] for each in others),
    )


def find(hub: Hub, who: Principal, nik: str) -> str:
    """The public id of a record with this NIK: the way to the person. NOT_FOUND; the search is in the trail, the NIK
    is not."""
    only_stewards(who)
    digits = "".join(nik.split())
    token = hub.blinder.mpi("nik", digits)
    with hub.store.reading() as tx:
        found = tx.mpi([token]).get(token, [])
    audit(hub, _look(hub, who, found, len(found)))
    if not found:
        raise HubError(Category.NOT_FOUND, Issue("HUB-3209"))
    return _id(hub, min(found))


def _judgements(hub: Hub, links: Iterable[Link]) -> list[Judgement]:
    found = []
    for link in sorted(links, key=lambda each: (each.at_ms, each.id)):
        said = open_explanation(hub, link.features)
        is_standing = link.ended_ms is None
        found.append(
            Judgement(
                _id(hub, min(link.compartment, link.other)),
                _id(hub, max(link.compartment, link.other)),
                link.id,
                link.judgement,
                link.score,
                said.rule,
                said.reason,
                link.by,
                link.at_ms,
                link.ended_ms if link.judgement != UNDONE else None,
                (link.ended_by or "") if link.judgement != UNDONE else "",
                is_standing and said.rule == STEWARD_RULE,
                is_standing and link.judgement == "positive" and link.by != "patient",
            )
        )
    return found


def _face(hub: Hub, compartment: int, author: int, patient: dict[str, object]) -> Face:
    facility = hub.numbers[author].id
    return face_of(_id(hub, compartment), facility, patient, is_own_place=facility == SELF)


def _id(hub: Hub, compartment: int) -> str:
    return hub.ids.encode(Key(compartment, PATIENT_RID))


def _look(hub: Hub, who: Principal, compartments: Collection[int], count: int) -> AuditEntry:
    return AuditEntry(
        at_ms=hub.clock(),
        event="review.look",
        action="R",
        outcome="permit",
        subject=who.subject,
        role=who.role,
        facility="",
        purpose=who.purpose,
        compartments=tuple(sorted(compartments)),
        count=count,
        request_id=who.request_id,
        is_person=True,
    )
