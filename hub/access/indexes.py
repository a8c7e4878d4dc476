"""What the search index is complete for, as this process knows it, and the refusal of what would answer wrong without.

A type's row in the store says which prints (hub.search.prints) every stored resource of it satisfies. A process that
yields other tokens makes that true for itself before it writes: what it does not yield is complete no longer.
"""

from collections.abc import Mapping
from hashlib import blake2b

import msgspec

from hub.errors import Category, HubError
from hub.fhir import RESOURCE_TYPES, type_name, type_number
from hub.model import Issue
from hub.parts import Hub
from hub.search import REFERENCE, Query, prints, uses
from hub.store import BUILD, IndexRow

WRITER_MS = 2_000
"""How long a writer may go without looking whether the state is still true for it."""
_RETRY_S = "30"
_read = msgspec.json.Decoder(dict[str, str]).decode


def prints_row(number: int, satisfied: Mapping[str, str]) -> IndexRow:
    """What all rows of a type satisfy, as it is stored."""
    return IndexRow(number, msgspec.json.encode(satisfied, order="sorted").decode())


def goal() -> dict[int, IndexRow]:
    """What this process yields, by type: what the index is to come to."""
    return {type_number(name): prints_row(type_number(name), prints(name)) for name in RESOURCE_TYPES}


def find_indexes(hub: Hub) -> None:
    """At the start: learn the state. In a database that has none yet, everything is complete for types without rows,
    and nothing for the others, whose rows are older than any state."""
    with hub.store.reading() as tx:
        rows = tx.indexes()
        held = {} if rows else tx.types_held()
    if not rows:
        rows = {number: prints_row(number, {}) if number in held else row for number, row in goal().items()}
        with hub.store.writing() as tx:
            tx.add_indexes(rows.values())
    _learn(hub, rows)


def refresh_indexes(hub: Hub) -> None:
    """Learn what other processes have built or undone."""
    with hub.store.reading(is_single=True) as tx:
        rows = tx.indexes()
    _learn(hub, rows)


def admit_writer(hub: Hub) -> None:
    """Before something is stored: see, at most every two seconds, that the state is true for what this process yields.

    What it says to be satisfied and this process does not yield is taken out of it, and a build that was to come to
    something else begins anew: processes of different settings side by side lose the index, never an answer.
    """
    state, now = hub.indexes, hub.clock()
    if 0 <= now - state.admitted_ms < WRITER_MS:
        return
    with hub.store.reading(is_single=True) as tx:
        rows = tx.indexes()
    wanted, changed = goal(), []
    for number, row in wanted.items():
        if rows[number].prints != row.prints:
            stored, own = _read(rows[number].prints), prints(type_name(number))
            kept = {param: text for param, text in stored.items() if own.get(param) == text}
            if kept != stored:
                changed.append(prints_row(number, kept))
    build = rows.get(BUILD)
    if changed or (build is not None and build.prints != target(wanted)):
        with hub.store.writing() as tx:
            tx.drop_build()
            tx.set_indexes(changed)
            rows = tx.indexes()
    _learn(hub, rows)
    state.admitted_ms = now


def target(wanted: Mapping[int, IndexRow]) -> str:
    """A short name for all that an index is to come to."""
    return blake2b("".join(wanted[number].prints for number in sorted(wanted)).encode(), digest_size=16).hexdigest()


def lacking_of(rows: Mapping[int, IndexRow]) -> dict[str, frozenset[str]]:
    """By type the parameters that this process yields otherwise than all stored rows have it."""
    lacking = {}
    for number, row in goal().items():
        if rows[number].prints != row.prints:
            stored, name = _read(rows[number].prints), type_name(number)
            missing = frozenset(param for param, text in prints(name).items() if stored.get(param) != text)
            if missing:
                lacking[name] = missing
    return lacking


def require_indexes(hub: Hub, query: Query) -> None:
    """UNAVAILABLE, naming the parameter and how far its index is, for a query that would miss resources without."""
    lacking = hub.indexes.lacking
    if lacking:
        for name, param in uses(query):
            if param in lacking.get(name, ()):
                raise _incomplete(hub, "HUB-4120", type=name, name=param)


def require_references(hub: Hub) -> None:
    """UNAVAILABLE while it can't be said which resources refer to another."""
    lacking = hub.indexes.lacking
    if lacking and any(REFERENCE in params for params in lacking.values()):
        raise _incomplete(hub, "HUB-4121")


def _incomplete(hub: Hub, code: str, **args: str) -> HubError:
    args |= {"percent": str(hub.indexes.percent), "seconds": _RETRY_S}
    return HubError(Category.UNAVAILABLE, Issue(code, args=args))


def _learn(hub: Hub, rows: Mapping[int, IndexRow]) -> None:
    build = rows.get(BUILD)
    hub.indexes.percent = 0 if build is None else min(99, 100 * build.done // max(build.total, 1))
    hub.indexes.lacking = lacking_of(rows)
