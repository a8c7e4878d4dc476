"""transaction: all entries or none, as one part. https://www.hl7.org/fhir/R4/http.html#trules

Whatever the order of entries: what is deleted goes first, then creates, updates and patches are stored together, and
what reads is read at the end, of what then stands.
"""

from collections.abc import Sequence
from typing import Any

from hub.access.costs import one_budget
from hub.access.reading import absent
from hub.access.yielding import give_way
from hub.errors import Category, HubError
from hub.fhir import Answer, json, transaction_response
from hub.model import Issue, Key, Mapped, Principal
from hub.parts import Hub
from hub.pipeline.conditions import condition_from
from hub.pipeline.deletion import Deletion
from hub.pipeline.entries import Entry, at_entry, complete_references, entry_of, is_reading, located
from hub.pipeline.interactions import (
    done_of,
    examine,
    new_mapped,
    origin_of,
    require_own,
    update_mapped,
    where_mapped,
    written,
    written_again,
)
from hub.pipeline.once import Done, Once, keep, once_only
from hub.pipeline.part import ATTEMPTS, Stored, store_part
from hub.pipeline.patching import STALE, one_own, patched_mapped
from hub.pipeline.place import Placed
from hub.pipeline.responses import Door, answer, may_show
from hub.store import WriteTx

Raw = dict[str, Any]


class _Stale(Exception):
    """What was patched has changed meanwhile."""


def transaction(hub: Hub, who: Principal, raws: Sequence[Raw], door: Door, once: Once | None = None) -> bytes:
    """Carry it out and answer with the response Bundle; HubError, and nothing stored, when an entry fails."""
    reads = {index: raw for index, raw in enumerate(raws) if is_reading(raw)}
    base = f"{hub.config.base_url}/fhir/"
    entries = [entry_of(index, raw, base) for index, raw in enumerate(raws) if index not in reads]
    _require_scopes(door, entries)
    complete_references(entries)

    def work() -> bytes:
        first = _fetched(door, reads)
        if not entries:
            return _response(raws, {}, first)
        done, bodies = _stored(hub, who, len(raws), entries, door, once)
        answers = {each.index: answer(door, done[each.index], bodies.get(each.index, b"")) for each in entries}
        return _response(raws, answers, _fetched(door, reads, is_stored=True))

    def again(done: list[Done]) -> bytes:
        answers = {}
        for each in entries:
            made = done[each.index]
            answers[each.index] = answer(
                door, made, written_again(hub, who, made).body if may_show(door, made) else b""
            )
        return _response(raws, answers, _fetched(door, reads, is_stored=True))

    return once_only(hub, once if entries else None, work, again)


def _require_scopes(door: Door, entries: Sequence[Entry]) -> None:
    """FORBIDDEN naming every entry that the caller's scopes do not cover."""
    issues: list[Issue] = []
    covered: set[tuple[str, str, bool]] = set()
    for entry in entries:
        asked = (entry.type, entry.method, bool(entry.query))
        try:
            for interaction in entry.interactions if asked not in covered else ():
                door.require(entry.type, interaction, f"{entry.path}.request")
            covered.add(asked)
            door.require_conditions(entry)
        except HubError as error:
            issues += error.issues
    if issues:
        raise HubError(Category.FORBIDDEN, *issues[:200])


def _fetched(door: Door, reads: dict[int, Raw], *, is_stored: bool = False) -> dict[int, Answer]:
    """The answers of the entries that read. One that fails fails the transaction; once that is stored (what it read may
    be what another entry deleted), it can only say so itself."""
    found: dict[int, Answer] = {}
    for index, raw in reads.items():
        give_way()
        try:
            found[index] = door.fetch(raw["request"])
        except HubError as error:
            refused = located(error, index)
            if not is_stored:
                raise refused from None
            found[index] = answer(door, Done(category=refused.category, issues=tuple(refused.issues)))
    return found


def _response(raws: Sequence[Raw], changed: dict[int, Answer], fetched: dict[int, Answer]) -> bytes:
    answers = changed | fetched
    return json.write(transaction_response("transaction", [answers[index] for index in range(len(raws))]))


def _stored(
    hub: Hub, who: Principal, size: int, entries: Sequence[Entry], door: Door, once: Once | None
) -> tuple[list[Done], dict[int, bytes]]:
    """A patch without ifMatch that lost a race is made again, of what the winner stored."""
    for _ in range(ATTEMPTS):
        try:
            with one_budget():
                return _Attempt(hub, who, size, entries, once).run(door)
        except _Stale:
            continue
    raise HubError(Category.BUSY, Issue("HUB-3114"))


class _Attempt:
    """The entries as one part: what is stored, and what is deleted; `places` says where each entry went."""

    def __init__(self, hub: Hub, who: Principal, size: int, entries: Sequence[Entry], once: Once | None) -> None:
        self.hub, self.who, self.size, self.once = hub, who, size, once
        self.items: list[tuple[Entry, Mapped, int | None]] = []
        self.deletions: list[Deletion] = []
        self.deleted: dict[int, Deletion] = {}
        self.renewed: set[int] = set()
        for entry in entries:
            try:
                self._add(entry)
            except HubError as error:
                raise located(error, entry.index) from None

    def _add(self, entry: Entry) -> None:
        hub, who, type_ = self.hub, self.who, entry.type
        if entry.method == "DELETE":
            key = hub.ids.decode(entry.id) if entry.id else None
            condition = condition_from(type_, entry.query, entry.path) if entry.query else None
            deletion = Deletion(type_, key, condition, entry.expected, entry.path)
            if key is None and condition is None:
                raise absent(entry.path)
            self.deletions.append(deletion)
            self.deleted[entry.index] = deletion
            return
        expected = entry.expected
        if entry.method == "POST":
            mapped = new_mapped(hub, entry.resource, entry.condition, path=f"{entry.path}.request.ifNoneExist")
        elif entry.method == "PATCH":
            place = one_own(hub, who, type_, entry.query, entry.path) if entry.query else hub.ids.decode(entry.id)
            mapped, expected = patched_mapped(hub, who, type_, place, list(entry.operations), expected, entry.path)
        elif entry.query:
            mapped = where_mapped(hub, type_, entry.query, entry.resource, entry.path)
        else:
            mapped = update_mapped(hub, type_, entry.id, entry.resource)
        mapped.full_url = entry.full_url
        self.items.append((entry, mapped, expected))

    def run(self, door: Door) -> tuple[list[Done], dict[int, bytes]]:
        """Store it: what became of each entry, by index, and the bodies that are answered."""
        self._require_distinct()
        done: list[Done] = []

        def also(tx: WriteTx, results: list[Stored]) -> None:
            done[:] = self._done(results)
            if self.once is not None:
                keep(self.hub, tx, self.once, done)

        results = store_part(
            self.hub,
            origin_of(self.hub, self.who),
            [mapped for _, mapped, _ in self.items],
            also,
            guard=self._guard,
            is_atomic=True,
            deletions=self.deletions,
        )
        if any(result.is_refused for result in results):
            self._require_own(results)
            issues = [
                at_entry(issue, entry.index)
                for (entry, _, _), result in zip(self.items, results, strict=True)
                for issue in result.issues
            ]
            raise HubError(Category.UNPROCESSABLE, *issues)
        shown = {
            entry.index: written(self.hub, result).body
            for (entry, _, _), result in zip(self.items, results, strict=True)
            if may_show(door, done[entry.index])
        }
        return done, shown

    def _require_own(self, results: list[Stored]) -> None:
        for (entry, mapped, _), result in zip(self.items, results, strict=True):
            if result.is_refused:
                try:
                    require_own(self.hub, self.who, mapped)
                except HubError as error:
                    raise located(error, entry.index) from None

    def _done(self, results: list[Stored]) -> list[Done]:
        found = [Done()] * self.size
        for at, ((entry, _, _), result) in enumerate(zip(self.items, results, strict=True)):
            found[entry.index] = done_of(result, is_new=at in self.renewed)
        for index, deletion in self.deleted.items():
            found[index] = Done(version=deletion.version, updated_ms=deletion.updated_ms, outcome="deleted")
        return found

    def _guard(self, placed: Placed) -> None:
        self.renewed = set()
        for at, (entry, mapped, expected) in enumerate(self.items):
            where = f"{entry.path}.request.ifNoneExist" if mapped.is_condition else entry.path
            try:
                if examine(placed, at, mapped, expected, where):
                    self.renewed.add(at)
            except HubError as error:
                if entry.method == "PATCH" and entry.expected is None and error.issues[0].code == STALE:
                    placed.undo()
                    raise _Stale from None
                raise
        self._require_apart(placed)

    def _require_distinct(self) -> None:
        """A transaction fails when two entries change the same resource: their order would decide what is kept."""
        first: dict[Key, str] = {each.key: each.path for each in self.deletions if each.key is not None}
        for entry, mapped, _ in self.items:
            target = mapped.target
            if target is not None and first.setdefault(target, entry.path) != entry.path:
                raise HubError(Category.INCORRECT, Issue("HUB-3121", entry.path, args={"other": first[target]}))

    def _require_apart(self, placed: Placed) -> None:
        """The same once conditions have found their places: a conditional update must not meet another's resource."""
        first = {each.key: each.path for each in self.deletions if each.key is not None}
        for at, linked in enumerate(placed.linked):
            entry, mapped, _ = self.items[at]
            if linked is not None and linked.key in first:
                raise HubError(Category.INCORRECT, Issue("HUB-3121", entry.path, args={"other": first[linked.key]}))
            if linked is None and at not in placed.refused and at not in placed.same and not mapped.is_condition:
                raise HubError(Category.INCORRECT, Issue("HUB-3121", entry.path, args={"other": "Bundle"}))
