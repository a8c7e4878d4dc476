"""Bulk exports: the job in the open, what was asked and what was found sealed. Content is never copied: a file is a
list of keys, and its lines are opened, decided and sent when it is fetched."""

from sqlalchemy import Index, Table

from hub.store.tables.columns import big, blob, metadata, spread, text, whole

export = Table(
    "export",
    metadata,
    text("id", is_key=True),
    text("client"),
    text("state"),
    big("created_ms"),
    big("alive_ms"),
    big("expires_ms"),
    text("progress"),
    blob("body"),
    info=spread("local"),
)
Index("ix_export_client_state", export.c.client, export.c.state)

export_file = Table(
    "export_file",
    metadata,
    text("export", is_key=True),
    whole("number", is_key=True),
    text("kind"),
    text("type"),
    whole("count"),
    blob("body"),
    info=spread("local"),
)
