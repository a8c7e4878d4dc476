"""What a search may reach: consent decided once per person, for every type that the search touches.

A search names a patient (then it reaches over all compartments of the person that are open to the caller) or it covers
what the caller's own facility authored, and the persons it names otherwise (architecture decisions 5 and 6). What it
asks along the way, of what a match refers to or of what refers to it, is asked under the same scope: what is hidden
matches on neither side.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from hub.access.costs import Budget
from hub.access.sight import PERSON, Sight, reaches, sight_from
from hub.auth import allows
from hub.clock import city_time
from hub.consent import decide, is_fine
from hub.errors import Category, HubError
from hub.fhir import type_number
from hub.fhir.systems import NIK
from hub.model import PATIENT_RID, Issue, Key, Labels, Principal, Reach, Request, Selection, Subject
from hub.parts import Hub
from hub.search import Query
from hub.store import ReadTx


@dataclass(slots=True)
class Scope:
    """The reach of one caller for one search. `own`: the author whose resources are all open; `sights`: the persons the
    search asks about, by each compartment it names; `free`: those of them that were not named as the patient; `asked`:
    the author of every patient's compartment it names, for the audit; `budget`: of the conditions of a write."""

    hub: Hub
    tx: ReadTx
    who: Principal | None = None
    own: int | None = None
    sights: dict[int, Sight] = field(default_factory=dict)
    free: set[int] = field(default_factory=set)
    asked: dict[int, int] = field(default_factory=dict)
    budget: Budget | None = None
    _open: dict[tuple[int, str], list[Reach]] = field(default_factory=dict)

    def of(self, query: Query) -> list[Reach]:
        """What a query may reach before its own conditions."""
        if query.patient is not None:
            return self._of_patients(named(self.hub, query.patient), query.type)
        return self.all(query.type)

    def all(self, type_: str) -> list[Reach]:
        """Everything of a type that the search may reach."""
        found = [] if self.own is None else [Reach(self.own, None, None)]
        seen: set[int] = set()
        for compartment, sight in self.sights.items():
            if id(sight) not in seen and (compartment in self.free or self._is_open(compartment)):
                seen.add(id(sight))
                found += [reach for reach in self._reaches(sight, type_) if reach.author != self.own]
        return found

    def require(self, type_: str) -> None:
        """FORBIDDEN when the caller's token does not cover searching a type that the search asks along the way."""
        scopes = self.who.scopes if self.who is not None else ()
        if scopes and not allows(scopes, type_, "search"):
            args = {"interaction": "search", "type": type_, "scope": f"system/{type_}.s"}
            raise HubError(Category.FORBIDDEN, Issue("HUB-5003", args=args))

    def may_read(self, type_: str) -> bool:
        """Whether the caller's token covers reading a type."""
        scopes = self.who.scopes if self.who is not None else ()
        return not scopes or allows(scopes, type_, "read")

    def _of_patients(self, compartments: Collection[int], type_: str) -> list[Reach]:
        """The persons behind these Patients, where the named Patient itself is open to the caller; else nothing: asking
        by a hidden Patient must not show that the caller's own patient is the same person."""
        if self.who is None:
            return [] if self.own is None else [Reach(self.own, tuple(sorted(compartments)), None)]
        found: list[Reach] = []
        seen: set[int] = set()
        for compartment in sorted(compartments):
            sight = self.sights.get(compartment)
            if sight is not None and id(sight) not in seen and self._is_open(compartment):
                seen.add(id(sight))
                found += self._reaches(sight, type_)
        return found

    def _is_open(self, compartment: int) -> bool:
        sight = self.sights[compartment]
        if self.who is not None and self.who.role == "patient":
            return True
        tag = sight.patients.get(compartment)
        if tag is None:
            return False
        opened = self._reaches(sight, "Patient")
        if any(reach.permitted is not None for reach in opened) or any(map(is_fine, sight.rules)):
            key = Key(compartment, PATIENT_RID)
            return self.tx.count(Selection(type_number("Patient"), tuple(opened), ids=(key,))) == 1
        author = sight.authors.get(compartment)
        return any(
            reach.author == author and compartment in (reach.compartments or ()) and tag in (reach.tags or ())
            for reach in opened
        )

    def _reaches(self, sight: Sight, type_: str) -> list[Reach]:
        place = (id(sight), type_ if any(map(is_fine, sight.rules)) else "")
        if place not in self._open:
            assert self.who is not None
            self._open[place] = reaches(self.hub, self.tx, self.who, sight, type_)
        return self._open[place]


def scope_of(hub: Hub, tx: ReadTx, who: Principal, query: Query) -> Scope:
    """The scope of a caller's search: reads what is needed to decide about everybody it asks about."""
    scope = Scope(hub, tx, who)
    patients, others = asked_about(hub, tx, query)
    if who.role == "patient" and who.compartment is not None:
        sight = sight_from(hub, tx, who, who.compartment)
        scope.sights = dict.fromkeys(sight.authors, sight)
        scope.free = {who.compartment}
        scope.asked = {home: row.author for home, row in tx.compartments(patients | others).items() if row.kind == 0}
        return scope
    scope.own = _own(hub, who)
    for compartment in sorted(patients | others):
        if compartment not in scope.sights:
            sight = sight_from(hub, tx, who, compartment)
            for each, author in sight.authors.items():
                if each in patients | others and each != hub.blinder.home(author):
                    scope.sights[each] = sight
                    scope.asked[each] = author
    scope.free = others & scope.sights.keys()
    return scope


def scope_of_author(hub: Hub, tx: ReadTx, number: int, budget: Budget) -> Scope:
    """All that a facility authored, and nothing else: what a conditional interaction looks through."""
    return Scope(hub, tx, None, number, budget=budget)


def asked_about(hub: Hub, tx: ReadTx, query: Query) -> tuple[set[int], set[int]]:
    """The compartments that a search names as the patient, and those it names by id or NIK, in all its parts."""
    patients, others = named(hub, query.patient or ()), {key.compartment for key in keys_of(hub, query.ids or ())}
    if query.type == "Patient" and (niks := _niks(query)):
        for compartments in tx.mpi([hub.blinder.mpi("nik", nik) for nik in niks]).values():
            others |= set(compartments)
    parts = [part for chain in query.chains for part in chain.queries] + [has.query for has in query.has]
    for part in parts:
        more_patients, more_others = asked_about(hub, tx, part)
        patients |= more_patients
        others |= more_others
    return patients, others


def named(hub: Hub, ids: Iterable[str]) -> set[int]:
    """The compartments of Patients with these logical ids; ids that mean nothing are left out."""
    return {key.compartment for key in keys_of(hub, ids) if key.rid == PATIENT_RID}


def keys_of(hub: Hub, ids: Iterable[str]) -> tuple[Key, ...]:
    """The places of logical ids; ids that mean nothing are left out."""
    return tuple(key for text in ids if (key := hub.ids.decode(text)) is not None)


def _own(hub: Hub, who: Principal) -> int | None:
    """The caller's facility, all of which is open: `decide` permits it whatever consents say, once for everything.

    A person's own search must name a patient: a patient may have closed the record to that one person.
    """
    if who.facility is None or who.person is not None:
        return None
    request = Request(city_time(hub.clock()), who.purpose, org=who.facility, role=who.role, rel=True)
    subject = Subject(PERSON, who.facility, Labels("N"))
    if decide(request, subject, (), hub.policy).effect != "PERMIT":
        return None
    return hub.facilities[who.facility].number


def _niks(query: Query) -> set[str]:
    """The NIKs asked for: the one identifier by which a patient of other facilities is found."""
    return {value for group in query.identifiers for system, value in group if system in (NIK, None)}
