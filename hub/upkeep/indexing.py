"""Building the search index while the hub serves: stored resources are opened in small steps and found by new tokens.

One process at a time (a lease in the database). The place reached is stored with every step, so a build that was killed
goes on where it was. Rows written meanwhile carry the new tokens already; one that is rewritten while it is looked at
is looked at again. Content, versions, history and counters stay as they are.
"""

import logging
import os
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hub.access.indexes import goal, lacking_of, refresh_indexes, target
from hub.access.opening import open_row
from hub.fhir import json, parse_reference, type_name, type_number
from hub.model import Key, Row
from hub.parts import Hub
from hub.pipeline.forms import Form
from hub.pipeline.sealing import tokens_of
from hub.search import REFERENCE, extract
from hub.store import BUILD, Conflict, IndexRow, Reindexed, Unavailable

SLICE, GENTLE = 500, 100
"""Resources opened for one step, which is one write transaction; and for one beside requests."""
WINDOW = 5_000
"""Keys looked at for them: of a rare type there are few among many."""
LEASE_MS = 15_000
IDLE_S = 2.0
FAULT_S = 60.0
_PIECE, _REST = 20, 4
"""Beside requests: resources taken at one go, some milliseconds; and how many times as long is rested after it."""
_RESTARTS = 3
_log = logging.getLogger("hub.indexes")


class Progress(NamedTuple):
    """How far the index is: what it lacks, by type; how many resources of how many the build at work has done."""

    lacking: dict[str, list[str]]
    done: int
    total: int
    percent: int


class _Taken(NamedTuple):
    """What a row is to be found by."""

    packed: bytes
    indexed: tuple[int, ...]


class Builder:
    """One process's part in the build. `is_gentle`: it leaves most of its time to requests; `size`: of its slices."""

    def __init__(self, hub: Hub, *, is_gentle: bool = False, size: int | None = None) -> None:
        self.hub = hub
        self.is_gentle = is_gentle
        self.holder = f"{os.getpid()}-{id(self):x}"
        self.begun = 0
        self._most = self._size = size or (GENTLE if is_gentle else SLICE)
        self._place: IndexRow | None = None
        self._types: frozenset[int] = frozenset()

    def step(self) -> bool:
        """Do the next slice. False when nothing is lacking or another process is at it; a slice that lost a race is
        tried again, smaller, by the next step. Unavailable as the store."""
        if not self.hub.indexes.lacking:
            return False
        try:
            place = self._place = self._place or self._begun()
            return place is not None and self._done(place)
        except Conflict:
            self._place, self._size = None, max(1, self._size // 8)
            return True

    def _begun(self) -> IndexRow | None:
        """The build's place, under the lease; a build with another goal gives way. None when it is not ours to do."""
        wanted = goal()
        with self.hub.store.writing() as tx:
            now = self.hub.clock()
            if not lacking_of(tx.indexes()):
                return None
            if not tx.take_lease("index", self.holder, now_ms=now, until_ms=now + LEASE_MS):
                return None
            rows = tx.indexes()
            self._types = frozenset(map(type_number, lacking_of(rows)))
            build = rows.get(BUILD)
            if build is None or build.prints != target(wanted):
                held = tx.types_held()
                build = IndexRow(BUILD, target(wanted), total=sum(held.get(number, 0) for number in self._types))
                tx.set_indexes([build])
                self.begun += 1
        return build

    def _done(self, place: IndexRow) -> bool:
        """One slice, or the end when there is none. False when the lease was lost."""
        hub, since = self.hub, time.monotonic()
        with hub.store.reading() as tx:
            window = tx.window(Key(place.compartment, place.rid), WINDOW)
            wanted = [Key(home, rid) for home, rid, type_ in window if type_ in self._types]
            keys = wanted[: self._size]
            rows = tx.with_keys(keys)
        self._rest(since)
        after = None
        if window:
            end = keys[-1] if len(wanted) > len(keys) else Key(*window[-1][:2])
            after = place._replace(compartment=end.compartment, rid=end.rid, done=place.done + len(keys))
        forms: set[Form] = set()
        changes = self._changes(rows, self._taken(rows, forms)) if rows else []
        since = time.monotonic()
        with hub.store.writing() as tx:
            now = hub.clock()
            until = now + (LEASE_MS if after is not None else 0)
            if not tx.take_lease("index", self.holder, now_ms=now, until_ms=until):
                self._place = None
                return False
            tx.step_build(place, after)
            tx.reindex(changes)
            tx.add_forms(forms)
            if after is None:
                wished = goal()
                tx.set_indexes([wished[number] for number in self._types])
                tx.know_forms()
        self._place, self._size = after, min(self._most, 2 * self._size)
        refresh_indexes(hub)
        self._rest(since)
        return True

    def _rest(self, since: float) -> float:
        """Leave time to requests after some work; returns when the next begins."""
        if self.is_gentle:
            time.sleep(_REST * (time.monotonic() - since))
        return time.monotonic()

    def _taken(self, rows: Sequence[tuple[Row, bytes]], forms: set[Form]) -> dict[Key, _Taken]:
        """What each row is to be found by; those whose key was destroyed are left out, as they are for every reader."""
        hub, found = self.hub, {}
        seeds = hub.keyring.seeds({row.compartment for row, _ in rows})
        since = time.monotonic()
        for number, (row, _) in enumerate(rows, 1):
            if row.compartment in seeds:
                key, name = Key(row.compartment, row.rid), type_name(row.type)
                values = extract(name, json.read(open_row(hub, row, seeds[row.compartment])))
                texts = [value for param, value in values.values if param == REFERENCE]
                references = {text: _place_of(hub, text) for text in texts}
                found[key] = _Taken(*tokens_of(hub, key, row.type, row.author, values, references, forms))
            if number % _PIECE == 0:
                since = self._rest(since)
        return found

    def _changes(self, rows: Sequence[tuple[Row, bytes]], taken: dict[Key, _Taken]) -> list[Reindexed]:
        """The rows whose tokens or index rows are not as they are to be."""
        since = time.monotonic()
        both = [(row, packed, taken[key]) for row, packed in rows if (key := Key(row.compartment, row.rid)) in taken]
        with self.hub.store.reading(is_single=True) as tx:
            pairs = tx.index_rows((Key(row.compartment, row.rid), packed + new.packed) for row, packed, new in both)
        held: dict[Key, set[int]] = {}
        for key, token in pairs:
            held.setdefault(key, set()).add(token)
        found = []
        for row, packed, new in both:
            key = Key(row.compartment, row.rid)
            before, index = held.get(key, set()), set(new.indexed)
            if packed != new.packed or before != index:
                stale, fresh = tuple(before - index), tuple(index - before)
                found.append(Reindexed(key, row.version, row.type, new.packed, stale, fresh))
        self._rest(since)
        return found


def build_indexes(hub: Hub) -> Iterator[int]:
    """Build until nothing is lacking, or watch another process do it; yields the percentage reached. ValueError when
    another process with other parameters keeps undoing it."""
    builder = Builder(hub)
    while True:
        refresh_indexes(hub)
        if not hub.indexes.lacking:
            return
        if builder.begun > _RESTARTS:
            raise ValueError(
                "another process of this hub runs with other search parameters: end it, or start it anew with the same "
                "HUB_SEARCH_PARAMETERS"
            )
        yield hub.indexes.percent
        if not builder.step():
            time.sleep(IDLE_S / 4)


def index_progress(hub: Hub) -> Progress:
    """How far the index is, read anew."""
    refresh_indexes(hub)
    with hub.store.reading(is_single=True) as tx:
        build = tx.indexes().get(BUILD)
    state = hub.indexes
    lacking = {name: sorted(params) for name, params in sorted(state.lacking.items())}
    done, total = (build.done, build.total) if build is not None else (0, 0)
    return Progress(lacking, done, total, state.percent if lacking else 100)


def run_indexing(hub: Hub) -> None:
    """Build whatever is lacking, for ever (a daemon thread). A database that does not answer is tried again."""
    builder = Builder(hub, is_gentle=True)
    while True:
        wait = IDLE_S
        try:
            if builder.step():
                wait = 0.0
        except Unavailable:
            pass
        except Exception as error:  # its message may hold personal data; the kind of fault may be told
            _log.error("index build failed: %s", type(error).__name__)
            wait = FAULT_S
        time.sleep(wait)


def _place_of(hub: Hub, text: str) -> Key | None:
    reference = parse_reference(text)
    return hub.ids.decode(reference.id) if reference is not None else None
