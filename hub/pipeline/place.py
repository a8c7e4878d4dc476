"""Stage 3, identify: where each resource of a part lives, which version it becomes, and what its references mean."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from hub.access.costs import Budget
from hub.access.opening import open_resources
from hub.crypto import new_rid, random_key
from hub.fhir import references, type_number
from hub.model import PATIENT_RID, Issue, Key, Linked, Mapped, Origin, Row, Validated
from hub.parts import Hub
from hub.pipeline.conditions import found_by, matching
from hub.pipeline.content import NAMED, comparable, paths_of, subject_of, type_of
from hub.pipeline.meanings import Meaning, Meanings
from hub.store import ReadTx, Source

SHARED = frozenset({"Patient", "Practitioner"})
Outcome = Literal["created", "corrected", "unchanged"]


@dataclass(slots=True)
class Placed:
    """A part with every place known. `refused` holds the issues of items that can't be stored, by index; `known` the
    stored rows of every place named; `same` says which item stands for a conditional one that came to the same place;
    `unclear` conditions match more than one resource."""

    linked: list[Linked | None]
    refused: dict[int, list[Issue]] = field(default_factory=dict)
    known: dict[Key, Row] = field(default_factory=dict)
    same: dict[int, int] = field(default_factory=dict)
    unclear: set[int] = field(default_factory=set)
    sources: list[Source] = field(default_factory=list)
    new_compartments: set[int] = field(default_factory=set)
    rewritten: list[tuple[dict[str, object], str]] = field(default_factory=list)

    def undo(self) -> None:
        """Put the sender's own references back, so that the part can be placed again."""
        for holder, text in self.rewritten:
            holder["reference"] = text


def facility_compartment(hub: Hub, number: int) -> int:
    """The compartment of a facility's own resources (Practitioner, Location...): derived, so it needs no look-up;
    made when the facility is registered."""
    return hub.blinder.home(number)


def place(hub: Hub, tx: ReadTx, origin: Origin, part: list[Validated], gone: Collection[Key], budget: Budget) -> Placed:
    """Give every resource of a part its place and version, and rewrite its references to logical ids, in place.

    A reference must lead to another item of the part or to a resource this facility authored itself: one that is
    hidden from the facility is refused exactly like one that does not exist, and so is one of `gone`, which the same
    part deletes.
    """
    return _Placing(hub, tx, origin, part, gone, budget).run()


class _Placing:
    """The working state of `place`; lives for one call."""

    def __init__(
        self,
        hub: Hub,
        tx: ReadTx,
        origin: Origin,
        part: list[Validated],
        gone: Collection[Key],
        budget: Budget,
    ) -> None:
        self.hub, self.tx, self.origin, self.part = hub, tx, origin, part
        self.items = [v.mapped for v in part]
        self.own = facility_compartment(hub, origin.facility_number)
        self.placed = Placed(linked=[None] * len(part))
        self.budget = budget
        self.meanings = Meanings(hub, origin, self.items, gone)
        self.keys = self.meanings.keys
        self.digests = [_digest(hub, m) for m in self.items]
        self.unclear: set[tuple[str, str]] = set()
        self.holders = [references(m.resource) for m in self.items]
        self.texts = list(dict.fromkeys(text for pairs in self.holders for _, text in pairs))
        self.pointing: list[dict[str, Key | None]] = [{} for _ in part]

    def run(self) -> Placed:
        self.meanings.stored = self._stored_sources()
        self._patients()
        self.placed.known = self.meanings.known = self._known()
        self._others()
        self._rewrite()
        self._versions()
        self._trace()
        return self.placed

    def _token(self, type_: str, source: str) -> bytes:
        return self.hub.blinder.source(self.origin.facility_number, type_, source)

    def _stored_sources(self) -> dict[tuple[str, str], Key]:
        wanted: dict[bytes, tuple[str, str]] = {}
        for index, mapped in enumerate(self.items):
            if mapped.source:
                name = (mapped.type, mapped.source)
                self.meanings.by_source.setdefault(name, index)
                wanted[self._token(*name)] = name
            elif mapped.criteria:
                self._find(index, mapped)
        for text in self.texts:
            asked = self.meanings.condition(text)
            if asked is not None and asked not in self.meanings.by_source:
                wanted[self._token(*asked)] = asked
        found = self.tx.sources(list(wanted)) if wanted else {}
        stored = {wanted[token]: key for token, key in found.items()}
        if self.origin.source == "fhir":
            stored |= self._searched(set(wanted.values()) - stored.keys())
        for index, mapped in enumerate(self.items):
            if mapped.source and self.keys[index] is None:
                self.keys[index] = stored.get((mapped.type, mapped.source))
                if (mapped.type, mapped.source) in self.unclear:
                    self.placed.unclear.add(index)
        return stored

    def _find(self, index: int, mapped: Mapped) -> None:
        """A conditional interaction whose condition is a search: what it finds is the place."""
        self.meanings.by_source.setdefault((mapped.type, f"?{mapped.criteria}"), index)
        keys = found_by(self.hub, self.tx, self.origin.facility_number, mapped.type, mapped.criteria or "", self.budget)
        if len(keys) > 1:
            self.placed.unclear.add(index)
        elif keys:
            self.keys[index] = keys[0]

    def _searched(self, names: set[tuple[str, str]]) -> dict[tuple[str, str], Key]:
        """A condition that no source identifier answers is a search, as FHIR means it; it must find exactly one."""
        found = {name: matching(self.hub, self.tx, self.origin.facility_number, *name, self.budget) for name in names}
        self.unclear = {name for name, keys in found.items() if len(keys) > 1}
        return {name: keys[0] for name, keys in found.items() if len(keys) == 1}

    def _patients(self) -> None:
        for index, mapped in enumerate(self.items):
            if mapped.type == "Patient" and self.keys[index] is None and not self._is_repeat(index):
                compartment = random_key()
                self.placed.new_compartments.add(compartment)
                self.keys[index] = Key(compartment, PATIENT_RID)

    def _is_repeat(self, index: int) -> bool:
        """An item of a source identifier seen earlier in the part (a patient of several visits) shares its place."""
        mapped = self.items[index]
        name = mapped.source or (f"?{mapped.criteria}" if mapped.criteria else None)
        first = self.meanings.by_source[mapped.type, name] if name else index
        if first != index:
            self.keys[index] = self.keys[first]
        return first != index

    def _known(self) -> dict[Key, Row]:
        """The stored rows of every place the part names, of this facility only; others are as good as absent."""
        wanted = {key for key in self.keys if key is not None and key.compartment not in self.placed.new_compartments}
        wanted |= set(self.meanings.stored.values())
        wanted |= {key for text in self.texts if (key := self.meanings.literal(text)) is not None}
        rows = self.tx.get(list(wanted)) if wanted else {}
        return {key: row for key, row in rows.items() if row.author == self.origin.facility_number}

    def _others(self) -> None:
        """A place for everything that has none yet: type by type, so that their index entries lie side by side."""
        homeless = [index for index, key in enumerate(self.keys) if key is None]
        types = {index: self.items[index].type for index in homeless}
        homes: dict[str, int] = {}
        for index in sorted(homeless, key=lambda index: (types[index] == "Provenance", types[index])):
            if not self._is_repeat(index):
                self.keys[index] = Key(self._home(self.items[index], homes), new_rid(self.origin.received_ms))

    def _home(self, mapped: Mapped, homes: dict[str, int]) -> int:
        """The compartment of a new resource: its patient's, or the facility's own."""
        subject = subject_of(mapped)
        if subject and subject not in homes:
            key = self.meanings.resolve(subject)
            homes[subject] = key.compartment if key and key.rid == PATIENT_RID else self.own
        home = homes[subject] if subject else self.own
        if mapped.type == "Provenance" and home == self.own:
            for target in mapped.resource.get("target", ()):
                key = self.meanings.resolve(target.get("reference", ""))
                if key and key.compartment != self.own:
                    return key.compartment
        return home

    def _rewrite(self) -> None:
        """Write logical ids into every reference; an item with one that leads nowhere is refused."""
        for index, pairs in enumerate(self.holders):
            mapped = self.items[index]
            subject = subject_of(mapped)
            pointing = self.pointing[index]
            is_past = mapped.row is not None and mapped.target is not None
            lost: list[tuple[dict[str, object], str]] = []
            for holder, text in pairs:
                meaning = self.meanings.of(text, is_past)
                if meaning is None:
                    lost.append((holder, text))
                    continue
                if meaning.key is not None:
                    self.placed.rewritten.append((holder, text))
                    holder["reference"] = meaning.text
                if meaning.local:
                    pointing[meaning.local] = meaning.key
            if lost:
                self._refuse_lost(index, lost)
            if subject is not None and index not in self.placed.refused:
                self._check_subject(index, self.meanings.of(subject, is_past))

    def _refuse_lost(self, index: int, lost: list[tuple[dict[str, object], str]]) -> None:
        """References that lead nowhere, the first of them by name."""
        paths = paths_of(self.items[index])
        for holder, text in lost[:NAMED]:
            code = "HUB-3120" if self.meanings.condition(text) in self.unclear else "HUB-3101"
            self._refuse(index, code, f"{paths[id(holder)]}.reference", type=type_of(text))

    def _check_subject(self, index: int, subject: Meaning | None) -> None:
        """A stored resource never changes its patient: nothing is re-keyed."""
        key, place = subject.key if subject is not None else None, self.keys[index]
        if key is None or place is None or key.rid != PATIENT_RID:
            return
        if key.compartment != place.compartment:
            self._refuse(index, "HUB-3102", f"{self.items[index].type}.subject")

    def _refuse(self, index: int, code: str, path: str, **args: str) -> None:
        issue = Issue(code, path, row=self.items[index].row, args=args)
        self.placed.refused.setdefault(index, []).append(issue)

    def _versions(self) -> None:
        known = self.placed.known
        stored = self._stored_digests()
        first: dict[Key, int] = {}
        for index, mapped in enumerate(self.items):
            key = self.keys[index]
            if key is None or index in self.placed.refused:
                continue
            if key in first and not self._supersedes(index, first[key]):
                continue
            if key in first:
                self.placed.linked[first[key]] = None
            first[key] = index
            row = known.get(key)
            outcome, version = _outcome(mapped, row, stored.get(key) == self.digests[index])
            self.placed.linked[index] = Linked(
                self.part[index],
                key,
                self.meanings.id_of(key),
                version,
                outcome,
                self.digests[index],
                key.compartment if key.compartment != self.own else None,
                self.pointing[index],
            )
            if mapped.source and row is None:
                token = self._token(mapped.type, mapped.source)
                self.placed.sources.append(Source(token, key, type_number(mapped.type)))
        for index, mapped in enumerate(self.items):
            if mapped.is_condition and self.placed.linked[index] is None and index not in self.placed.refused:
                self.placed.same[index] = first[self.keys[index]]  # type: ignore[index]

    def _stored_digests(self) -> dict[Key, bytes]:
        """What tells whether the stored content is the same as what was sent. A resource that had no name of its own
        when it came was stored without: its content is looked at when somebody sends a version of it."""
        rows = [row for key in self.keys if key is not None and (row := self.placed.known.get(key)) is not None]
        opened = open_resources(self.hub, [row for row in rows if not row.digest and not row.is_deleted])
        found = {Key(row.compartment, row.rid): row.digest for row in rows}
        return found | {key: self.hub.blinder.digest(comparable(resource)) for key, resource in opened.items()}

    def _trace(self) -> None:
        """A row's Provenance gets a new version with the row: when anything the row said was new or corrected."""
        fresh = {
            linked.validated.mapped.row
            for linked in self.placed.linked
            if linked is not None and linked.outcome != "unchanged"
        } - {None}
        for linked in self.placed.linked:
            mapped = linked.validated.mapped if linked is not None else None
            if linked is None or mapped is None or mapped.type != "Provenance" or mapped.row not in fresh:
                continue
            if linked.outcome == "unchanged":
                linked.outcome, linked.version = "corrected", linked.version + 1

    def _supersedes(self, later: int, earlier: int) -> bool:
        a, b = self.items[later], self.items[earlier]
        if a.is_condition:
            return False
        return (a.asof_day, a.asof_key) >= (b.asof_day, b.asof_key)


def _digest(hub: Hub, mapped: Mapped) -> bytes:
    """What tells whether a resource changed when it is sent again; none for what its sender could not name again."""
    if mapped.source is None and mapped.criteria is None and mapped.target is None:
        return b""
    return hub.blinder.digest(comparable(mapped.resource, is_from_row=mapped.row is not None))


def _outcome(mapped: Mapped, row: Row | None, is_same: bool) -> tuple[Outcome, int]:
    if row is None:
        return "created", 1
    is_older = mapped.type in SHARED and mapped.source and (mapped.asof_day, mapped.asof_key) < (row.day, row.day_end)
    if not row.is_deleted and (mapped.is_condition or is_same or (is_older and mapped.row is not None)):
        return "unchanged", row.version
    return "corrected", row.version + 1
