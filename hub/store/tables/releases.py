"""What the city was shown: released tables (sealed, written once) and the newest reporting matrix."""

from sqlalchemy import Table

from hub.store.tables.columns import big, blob, metadata, spread, text

released = Table(
    "released",
    metadata,
    text("month", is_key=True),
    text("cube", is_key=True),
    big("made_ms"),
    blob("body"),
    info=spread("local"),
)

reporting = Table(
    "reporting",
    metadata,
    text("name", is_key=True),
    big("made_ms"),
    blob("body"),
    info=spread("local"),
)
