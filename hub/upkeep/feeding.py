"""The feed of public tables: every table that is released for the public gets the next place, once and for good."""

import json

from hub.access.monitoring import open_released
from hub.clock import instant
from hub.monitor.tables import ABSENT, HIDDEN, Table, decode_table
from hub.parts import Hub
from hub.store import FeedRow, ReadTx

KINDS = {"public:": "", "indicator-public:": "indicator:"}
"""How public tables are named where they are released, and how their names begin in the feed."""
ALL = "*"


def feed_public(hub: Hub) -> list[tuple[int, str, str]]:
    """Put public tables that are not there yet into the feed, oldest month first; returns (sequence, month, cube)."""
    now = hub.clock()
    with hub.store.writing() as tx:
        tx.take_lease("feed", "", now_ms=now, until_ms=now)  # its row stays locked till the end: one process at a time
        fed, last = tx.fed(), tx.feed_last()
        waiting = [(month, name) for month, name, cube in _public(tx) if (month, cube) not in fed]
        rows = []
        for number, (month, name) in enumerate(waiting, last + 1):
            released = tx.released(month, name)
            assert released is not None
            table = decode_table(open_released(hub, released))
            body = json.dumps(_told(table, feed_name(name), released.made_ms), separators=(",", ":"))
            rows.append(FeedRow(number, month, feed_name(name), now, body.encode()))
        tx.add_feed(rows)
    return [(row.sequence, row.month, row.cube) for row in rows]


def feed_name(released: str) -> str:
    """What a released public table is called in the feed; "" when it is none."""
    return next((new + released[len(old) :] for old, new in KINDS.items() if released.startswith(old)), "")


def _public(tx: ReadTx) -> list[tuple[str, str, str]]:
    found = [pair for prefix in KINDS for pair in tx.released_names(prefix)]
    return sorted((month, name, feed_name(name)) for month, name in found)


def _told(table: Table, cube: str, made_ms: int) -> dict[str, object]:
    """A table as the feed tells it: a number, null for one that is not shown, "-" where the column does not exist."""
    cells = {HIDDEN: None, ABSENT: "-"}
    return {
        "cube": cube,
        "month": table.month,
        "k": table.k,
        "made": instant(made_ms),
        "columns": list(table.columns),
        "rows": [
            {
                "key": row.key,
                "level": row.level,
                "name": row.name,
                "parent": row.parent,
                **({"of": row.of} if row.of else {}),
                "cells": [cells.get(cell, cell) for cell in row.cells],
            }
            for row in table.rows
        ],
    }
