"""What a caller may see of one person: consent decides per (author, labels) before any query counts, sorts or pages.

Reference: docs/privacy.md; architecture decisions 6 and 8. Hidden is the same as absent, so nothing here ever says
"there is more": it yields permitted access tags, or permitted keys where a consent is finer than tags.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from hub.access.opening import open_resources
from hub.access.tags import read_labels, tag_aad
from hub.clock import city_time, instant
from hub.consent import decide, from_fhir, is_fine
from hub.errors import Category, HubError
from hub.fhir import type_name, type_number
from hub.model import (
    ConsentRule,
    Decision,
    Issue,
    Key,
    Labels,
    Principal,
    Provision,
    Reach,
    Request,
    Row,
    Selection,
    Subject,
)
from hub.parts import Hub
from hub.store import Circle, ReadTx

PERSON = "subject"
"""The name of the one person a sight is about, in engine terms."""

RESIDUAL_LIMIT = 5000


@dataclass(slots=True)
class Sight:
    """Everything a decision about one person needs, read once: compartments with their author facility, the meaning
    of their access tags, the consents, and whether a care relationship is proven for foreign data. `patients`: the
    access tag of each compartment's Patient; none where there is no Patient, or a deleted one."""

    authors: dict[int, int]
    labels: dict[tuple[int, int], Labels]
    rules: list[ConsentRule]
    is_related: bool
    patients: dict[int, int] = field(default_factory=dict)


def sight_of(hub: Hub, tx: ReadTx, who: Principal, compartments: Collection[int]) -> Sight:
    """Read what is needed to decide about the person made of these compartments."""
    return _sight(hub, tx, who, compartments, tx.circle(compartments))


def sight_from(hub: Hub, tx: ReadTx, who: Principal, compartment: int) -> Sight:
    """The sight of the whole person that a compartment belongs to: one statement for most persons."""
    found = tx.circle([compartment])
    person, fringe = {compartment}, found.others - {compartment}
    while fringe:
        more = tx.circle(fringe)
        person |= fringe
        found.compartments |= more.compartments
        found.patients |= more.patients
        found.tags += more.tags
        found.carers += more.carers
        found.has_consent |= more.has_consent
        fringe = more.others - person
    return _sight(hub, tx, who, person, found)


def _sight(hub: Hub, tx: ReadTx, who: Principal, compartments: Collection[int], found: Circle) -> Sight:
    authors = {compartment: row.author for compartment, row in found.compartments.items()}
    labels = {
        (row.compartment, row.tag): read_labels(hub.boxes.tag.open(row.body, tag_aad(row.compartment)))
        for row in found.tags
    }
    own = hub.facilities[who.facility].number if who.facility else -1
    if who.person is None and all(author == own for author in authors.values()):
        return Sight(authors, labels, [], is_related=False, patients=found.patients)
    rules = consent_rules(hub, tx, compartments) if found.has_consent else []
    return Sight(authors, labels, rules, _is_related(hub, who, found, rules), found.patients)


def consent_rules(hub: Hub, tx: ReadTx, compartments: Collection[int]) -> list[ConsentRule]:
    """The person's consents in the engine's short form, with the hub's own acceptance time and strength."""
    accepted = {Key(row.compartment, row.rid): row for row in tx.consents(compartments)}
    if not accepted:
        return []
    rows = tx.get(list(accepted))
    rules = []
    for key, resource in open_resources(hub, [row for row in rows.values() if not row.is_deleted]).items():
        row = accepted[key]
        rules.append(
            from_fhir(
                resource,
                patient=PERSON,
                accepted=instant(row.accepted_ms),
                is_verified=row.is_verified,
                auth=row.auth,
                resolve=lambda reference: actor_name(hub, reference),
            )
        )
    return rules


def has_deny(rule: ConsentRule) -> bool:
    """Whether a consent refuses anything anywhere in it."""
    return any(node.type == "deny" for node in _nodes(rule))


def actor_name(hub: Hub, reference: str) -> str | None:
    """A consent's actor in engine terms: a registered facility, or a person of a facility's staff."""
    type_, _, name = reference.rpartition("/fhir/")[2].partition("/")
    if type_ == "Organization" and name in hub.facilities:
        return f"org:{name}"
    return f"person:{name}" if type_ == "Practitioner" and name else None


def _is_related(hub: Hub, who: Principal, found: Circle, rules: list[ConsentRule]) -> bool:
    """A facility's right to ask for others' data: presence, or a consent the patient gave that names it.

    Its own word (a submitted visit) never suffices: docs/privacy.md, the relationship problem.
    """
    if who.facility is None:
        return False
    number = hub.facilities[who.facility].number
    now = hub.clock()
    if any(facility == number and since <= now < until for _, facility, since, until in found.carers):
        return True
    name = f"org:{who.facility}"
    return any(
        rule.status == "active"
        and rule.is_verified
        and rule.auth == 2
        and any(name in node.actor and node.type == "permit" for node in _nodes(rule))
        for rule in rules
    )


def _nodes(rule: ConsentRule) -> Iterator[Provision]:
    stack = [rule.provision]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(node.nested)


def decide_for(
    hub: Hub,
    who: Principal,
    sight: Sight,
    author: int,
    labels: Labels,
    row: Row | None = None,
    code: str | None = None,
) -> Decision:
    """One decision: about a stored resource, or about all an author's resources with these labels (row None)."""
    own = who.facility is not None and hub.facilities[who.facility].number == author
    request = Request(
        now=city_time(hub.clock()),
        purpose=who.purpose,
        person=PERSON if who.role == "patient" else who.person,
        org=who.facility,
        role=who.role,
        rel=own or sight.is_related,
    )
    subject = Subject(
        patient=PERSON,
        author=hub.numbers[author].id,
        labels=labels,
        id=hub.ids.encode(Key(row.compartment, row.rid)) if row else None,
        type=type_name(row.type) if row else None,
        date=_iso_day(row.day) if row and row.day else None,
        code=code,
    )
    return decide(request, subject, sight.rules, hub.policy)


def reaches(hub: Hub, tx: ReadTx, who: Principal, sight: Sight, type_: str) -> list[Reach]:
    """The permitted part of one person for one type, grouped by author facility."""
    if any(is_fine(rule) for rule in sight.rules):
        return _residual(hub, tx, who, sight, type_)
    by_author: dict[int, tuple[list[int], list[int]]] = {}
    for (compartment, tag), labels in sight.labels.items():
        author = sight.authors[compartment]
        if decide_for(hub, who, sight, author, labels).effect == "PERMIT":
            compartments, tags = by_author.setdefault(author, ([], []))
            compartments.append(compartment)
            tags.append(tag)
    return [Reach(author, tuple(sorted(set(c))), tuple(t)) for author, (c, t) in sorted(by_author.items())]


def _residual(hub: Hub, tx: ReadTx, who: Principal, sight: Sight, type_: str) -> list[Reach]:
    """A consent is finer than tags (a period, a code, one document): decide each resource of the type by itself."""
    permitted: dict[int, list[Key]] = {}
    everything = tuple(Reach(author, (compartment,), None) for compartment, author in sight.authors.items())
    page = tx.select(Selection(type_number(type_), everything, limit=RESIDUAL_LIMIT))
    if page.after is not None:
        raise HubError(Category.INCORRECT, Issue("HUB-4103"))
    for row in page.rows:
        labels = sight.labels.get((row.compartment, row.tag), Labels(None))
        if decide_for(hub, who, sight, row.author, labels, row, code_of(hub, row)).effect == "PERMIT":
            permitted.setdefault(row.author, []).append(Key(row.compartment, row.rid))
    return [
        Reach(author, tuple({key.compartment for key in keys}), None, permitted=tuple(keys))
        for author, keys in sorted(permitted.items())
    ]


def code_of(hub: Hub, row: Row) -> str | None:
    """The first code of a resource, as `provision.code` compares it."""
    resource = next(iter(open_resources(hub, [row]).values()))
    for name in ("code", "medicationCodeableConcept", "vaccineCode", "type"):
        value = resource.get(name)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, dict) and value.get("coding"):
            first = value["coding"][0]
            return f"{first.get('system', '')}|{first.get('code', '')}"
    return None


def _iso_day(day: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()
