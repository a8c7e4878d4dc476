"""Stage 3, identify: where each resource of a part lives, which version it becomes, and what its references mean."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from hub.crypto import new_rid, random_key
from hub.fhir import parse_reference, references, type_number
from hub.model import PATIENT_RID, Issue, Key, Linked, Mapped, Origin, Row, Validated
from hub.parts import Hub
from hub.pipeline.conditions import condition_of, found_by, matching
from hub.pipeline.content import comparable, is_foreign, path_of, subject_of, type_of
from hub.store import ReadTx, Source

SHARED = frozenset({"Patient", "Practitioner"})
Outcome = Literal["created", "corrected", "unchanged"]


@dataclass(slots=True)
class Placed:
    """A part with every place known. `refused` holds the issues of items that can't be stored, by index;
    `targets[i]` are the places item i points to; `known` the stored rows of every place named; `same` says which item
    stands for a conditional one that came to the same place; `unclear` conditions match more than one resource."""

    linked: list[Linked | None]
    refused: dict[int, list[Issue]] = field(default_factory=dict)
    targets: list[list[Key]] = field(default_factory=list)
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
    return hub.blinder.token(number, "_facility", "") & 0x7FFF_FFFF_FFFF_FFFF


def place(hub: Hub, tx: ReadTx, origin: Origin, part: list[Validated], gone: Collection[Key] = ()) -> Placed:
    """Give every resource of a part its place and version, and rewrite its references to logical ids, in place.

    A reference must lead to another item of the part or to a resource this facility authored itself: one that is
    hidden from the facility is refused exactly like one that does not exist, and so is one of `gone`, which the same
    part deletes.
    """
    return _Placing(hub, tx, origin, part, gone).run()


class _Placing:
    """The working state of `place`; lives for one call."""

    def __init__(self, hub: Hub, tx: ReadTx, origin: Origin, part: list[Validated], gone: Collection[Key]) -> None:
        self.hub, self.tx, self.origin, self.gone = hub, tx, origin, gone
        self.items = [v.mapped for v in part]
        self.part = part
        self.base = hub.config.base_url + "/fhir/"
        self.placed = Placed(linked=[None] * len(part), targets=[[] for _ in part])
        self.by_url = {m.full_url: i for i, m in enumerate(self.items) if m.full_url}
        self.by_source: dict[tuple[str, str], int] = {}
        self.keys: list[Key | None] = [m.target for m in self.items]
        self.digests: list[bytes] = []
        self.unclear: set[tuple[str, str]] = set()

    def run(self) -> Placed:
        self.digests = [self.hub.blinder.digest(comparable(m)) for m in self.items]
        holders = [list(references(m.resource)) for m in self.items]
        stored = self._stored_sources(holders)
        self._patients()
        self.placed.known = known = self._known(holders, stored)
        for index in range(len(self.items)):
            if self.keys[index] is None and not self._is_repeat(index):
                self.keys[index] = self._new_key(index, stored, known)
        self._rewrite(holders, stored, known)
        self._versions(known)
        self._trace()
        return self.placed

    def _token(self, type_: str, source: str) -> bytes:
        return self.hub.blinder.source(self.origin.facility_number, type_, source)

    def _stored_sources(self, holders: list[list[tuple[dict[str, object], str]]]) -> dict[tuple[str, str], Key]:
        wanted: dict[bytes, tuple[str, str]] = {}
        for index, mapped in enumerate(self.items):
            if mapped.source:
                name = (mapped.type, mapped.source)
                self.by_source.setdefault(name, index)
                wanted[self._token(*name)] = name
            elif mapped.criteria:
                self._find(index, mapped)
        for pairs in holders:
            for _, text in pairs:
                asked = self._condition(text)
                if asked is not None and asked not in self.by_source:
                    wanted[self._token(*asked)] = asked
        found = self.tx.sources(list(wanted))
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
        self.by_source.setdefault((mapped.type, f"?{mapped.criteria}"), index)
        keys = found_by(self.hub, self.tx, self.origin.facility_number, mapped.type, mapped.criteria or "")
        if len(keys) > 1:
            self.placed.unclear.add(index)
        elif keys:
            self.keys[index] = keys[0]

    def _condition(self, text: str) -> tuple[str, str] | None:
        return condition_of(text, self.origin.source == "fhir")

    def _searched(self, names: set[tuple[str, str]]) -> dict[tuple[str, str], Key]:
        """A condition that no source identifier answers is a search, as FHIR means it; it must find exactly one."""
        found = {name: matching(self.hub, self.tx, self.origin.facility_number, *name) for name in names}
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
        first = self.by_source[mapped.type, name] if name else index
        if first != index:
            self.keys[index] = self.keys[first]
        return first != index

    def _known(
        self, holders: list[list[tuple[dict[str, object], str]]], stored: dict[tuple[str, str], Key]
    ) -> dict[Key, Row]:
        """The stored rows of every place the part names, of this facility only; others are as good as absent."""
        wanted = {key for key in self.keys if key is not None and key.compartment not in self.placed.new_compartments}
        wanted |= set(stored.values())
        for pairs in holders:
            for _, text in pairs:
                if key := self._literal(text):
                    wanted.add(key)
        rows = self.tx.get(list(wanted)) if wanted else {}
        return {key: row for key, row in rows.items() if row.author == self.origin.facility_number}

    def _literal(self, text: str) -> Key | None:
        reference = parse_reference(text.removeprefix(self.base))
        return self.hub.ids.decode(reference.id) if reference else None

    def _resolve(
        self, text: str, stored: dict[tuple[str, str], Key], known: dict[Key, Row], *, is_past: bool = False
    ) -> Key | None:
        """`is_past`: what is deleted counts too (a withdrawn row goes on saying what it said)."""
        if (index := self.by_url.get(text)) is not None:
            return self.keys[index]
        if name := self._condition(text):
            index = self.by_source.get(name)
            if index is not None:
                return self.keys[index]
            key = stored.get(name)
        else:
            key = self._literal(text)
        return key if key in known and (is_past or not (known[key].is_deleted or key in self.gone)) else None

    def _new_key(self, index: int, stored: dict[tuple[str, str], Key], known: dict[Key, Row]) -> Key:
        mapped = self.items[index]
        rid = new_rid(self.origin.received_ms)
        subject = subject_of(mapped)
        if subject and (key := self._resolve(subject, stored, known)) and key.rid == PATIENT_RID:
            return Key(key.compartment, rid)
        if mapped.type == "Provenance":
            for target in mapped.resource.get("target", ()):
                key = self._resolve(target.get("reference", ""), stored, known)
                if key and key.compartment != self._own():
                    return Key(key.compartment, rid)
        return Key(self._own(), rid)

    def _own(self) -> int:
        return facility_compartment(self.hub, self.origin.facility_number)

    def _rewrite(
        self,
        holders: list[list[tuple[dict[str, object], str]]],
        stored: dict[tuple[str, str], Key],
        known: dict[Key, Row],
    ) -> None:
        for index, pairs in enumerate(holders):
            mapped = self.items[index]
            for holder, text in pairs:
                if is_foreign(text, self.base) or self._is_facility(text):
                    continue
                is_past = mapped.row is not None and mapped.target is not None
                key = self._resolve(text, stored, known, is_past=is_past)
                if key is None:
                    code = "HUB-3120" if self._condition(text) in self.unclear else "HUB-3101"
                    issue = Issue(code, path_of(mapped, holder), row=mapped.row, args={"type": type_of(text)})
                    self.placed.refused.setdefault(index, []).append(issue)
                    continue
                version = parse_reference(text.removeprefix(self.base))
                suffix = f"/_history/{version.version}" if version and version.version else ""
                self.placed.rewritten.append((holder, text))
                holder["reference"] = f"{self._type(text)}/{self.hub.ids.encode(key)}{suffix}"
                self.placed.targets[index].append(key)
            if index not in self.placed.refused and (subject_key := self._subject_key(index)):
                self._check_subject(index, subject_key)

    def _type(self, text: str) -> str:
        if (index := self.by_url.get(text)) is not None:
            return self.items[index].type
        return type_of(text.removeprefix(self.base))

    def _is_facility(self, text: str) -> bool:
        """`Organization/{facility id}` names a registered facility: the registry answers for it, not the store."""
        type_, _, name = text.removeprefix(self.base).partition("/")
        return type_ == "Organization" and name in self.hub.facilities

    def _subject_key(self, index: int) -> Key | None:
        subject = subject_of(self.items[index])
        reference = parse_reference(subject) if subject else None
        return self.hub.ids.decode(reference.id) if reference and reference.type == "Patient" else None

    def _check_subject(self, index: int, subject: Key) -> None:
        """A stored resource never changes its patient: nothing is re-keyed."""
        key = self.keys[index]
        if key is not None and subject.compartment != key.compartment:
            mapped = self.items[index]
            self.placed.refused.setdefault(index, []).append(
                Issue("HUB-3102", f"{mapped.type}.subject", row=mapped.row)
            )

    def _versions(self, known: dict[Key, Row]) -> None:
        number = self.origin.facility_number
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
            patient = key.compartment if key.compartment != facility_compartment(self.hub, number) else None
            outcome, version = _outcome(mapped, row, self.digests[index])
            self.placed.linked[index] = Linked(self.part[index], key, version, outcome, self.digests[index], patient)
            if mapped.source and row is None:
                token = self._token(mapped.type, mapped.source)
                self.placed.sources.append(Source(token, key, type_number(mapped.type)))
        for index, mapped in enumerate(self.items):
            if mapped.is_condition and self.placed.linked[index] is None and index not in self.placed.refused:
                self.placed.same[index] = first[self.keys[index]]  # type: ignore[index]

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


def _outcome(mapped: Mapped, row: Row | None, digest: bytes) -> tuple[Outcome, int]:
    if row is None:
        return "created", 1
    is_older = mapped.type in SHARED and mapped.source and (mapped.asof_day, mapped.asof_key) < (row.day, row.day_end)
    if not row.is_deleted and (mapped.is_condition or row.digest == digest or (is_older and mapped.row is not None)):
        return "unchanged", row.version
    return "corrected", row.version + 1
