"""Sealed resources, their superseded versions and the rows by which they are found. Compartment first in every key.

`token` and `ident` are clustered by their key on SQLite (WITHOUT ROWID): they hold nothing else, and a search is one
range scan. Tokens are keyed by (author, parameter, value), so the author needs no column of its own.
"""

from typing import Any

from sqlalchemy import Column, Index, Table, text

from hub.store.tables.columns import big, blob, flag, metadata, small, spread, whole


def _version_columns(*, is_history: bool) -> list[Column[Any]]:
    return [
        big("compartment", is_key=True),
        big("rid", is_key=True),
        small("type"),
        whole("version", is_key=is_history),
        whole("day"),
        whole("day_end"),
        big("updated_ms"),
        whole("author"),
        big("tag"),
        blob("digest"),
        small("codec"),
        flag("is_deleted"),
        blob("keys"),
        blob("body"),
    ]


compartment = Table(
    "compartment",
    metadata,
    big("compartment", is_key=True),
    whole("author"),
    small("kind"),
    big("created_ms"),
    info=spread("compartment"),
)

resource = Table("resource", metadata, *_version_columns(is_history=False), info=spread("compartment"))
# No index (compartment, type, day): the primary key reads a compartment of some hundred rows as fast (measured), and it
# costs a fifth of the write speed. Lists by number, by day and by time of writing each have one; the last holds
# tombstones too, and with the history's it is the feed of writes. It ends before the number on purpose: a part's rows
# have one time, so PostgreSQL keeps its entries for a type as one (7 bytes a row instead of 50). What lasts longer than
# a day, one row in a hundred, is also found by its end: it may have begun long before the days asked for.
_current = text("NOT is_deleted")
Index(
    "ix_resource_author_type_rid",
    resource.c.author,
    resource.c.type,
    resource.c.rid,
    sqlite_where=_current,
    postgresql_where=_current,
)
Index(
    "ix_resource_author_type_day",
    resource.c.author,
    resource.c.type,
    resource.c.day,
    resource.c.day_end,
    sqlite_where=_current,
    postgresql_where=_current,
)

Index(
    "ix_resource_author_type_updated_ms",
    resource.c.author,
    resource.c.type,
    resource.c.updated_ms,
    resource.c.is_deleted,
)
_lasting = text("NOT is_deleted AND day_end > day")
Index(
    "ix_resource_author_type_day_end",
    resource.c.author,
    resource.c.type,
    resource.c.day_end,
    sqlite_where=_lasting,
    postgresql_where=_lasting,
)

history = Table("history", metadata, *_version_columns(is_history=True), info=spread("compartment"))
Index("ix_history_author_type_updated_ms", history.c.author, history.c.type, history.c.updated_ms)

token = Table(
    "token",
    metadata,
    big("key", is_key=True),
    big("rid", is_key=True),
    big("compartment", is_key=True),
    small("type"),
    info=spread("compartment"),
    sqlite_with_rowid=False,
)

ident = Table(
    "ident",
    metadata,
    blob("token", is_key=True),
    big("compartment"),
    big("rid"),
    small("type"),
    info=spread("token"),
    sqlite_with_rowid=False,
)
