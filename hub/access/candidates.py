"""What the store gives back, opened: content to be tested, put in order or followed, and a page made of it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec

from hub.access.opening import open_rows
from hub.access.scope import Scope
from hub.access.yielding import give_way
from hub.fhir import type_number
from hub.model import After, Key, Row, Selection

_CHUNK = 20
Tree = dict[str, Any]
_parsed = msgspec.json.Decoder(float_hook=Decimal).decode


@dataclass(slots=True)
class Found:
    """A page of matches. `total`: of all of them, None when not asked for; `after`: where the next page begins (for a
    `_sort` by content its value is the last row's version); `bodies`: what was opened for it."""

    rows: list[Row] = field(default_factory=list)
    total: int | None = None
    after: After | None = None
    bodies: dict[Key, bytes] = field(default_factory=dict)


def visible(scope: Scope, type_: str, keys: Collection[Key]) -> list[Row]:
    """Those of some resources of a type that the search may reach."""
    if not keys:
        return []
    selection = Selection(
        type_number(type_), tuple(scope.all(type_)), ids=tuple(keys), limit=len(keys), is_counted=False
    )
    return scope.tx.select(selection).rows


def opened(scope: Scope, rows: list[Row], bodies: dict[Key, bytes]) -> Iterator[tuple[Row, Tree]]:
    """Rows with their content, which is also kept in `bodies`; those whose key was destroyed are left out."""
    for start in range(0, len(rows), _CHUNK):
        part = rows[start : start + _CHUNK]
        unknown = [row for row in part if Key(row.compartment, row.rid) not in bodies]
        if scope.budget is not None:
            scope.budget.open(len(unknown))
        fresh = open_rows(scope.hub, unknown)
        bodies |= fresh
        for row in part:
            if scope.who is not None:  # else it is the condition of a write, and other writes wait for that
                give_way()
            if (body := bodies.get(Key(row.compartment, row.rid))) is not None:
                yield row, _parsed(body)


def first_of(rows: list[Row], limit: int, total: int, selection: Selection, bodies: dict[Key, bytes]) -> Found:
    """The first page of what was found in the store's order."""
    shown = rows[:limit]
    after = None
    if len(rows) > limit and shown:
        last = shown[-1]
        value = {"rid": last.rid, "day": last.day, "updated": last.updated_ms}[selection.order.removeprefix("-")]
        after = After(value, last.compartment, last.rid)
    return Found(shown, total, after, bodies)
