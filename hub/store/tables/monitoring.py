"""What the city's indicators are counted from and what they came to, sealed: facts by month in columns, cells."""

from sqlalchemy import Table

from hub.store.tables.columns import big, blob, metadata, spread, text, whole

# One row for each month a transaction changed the facts of, written in that transaction: what was taken into the
# columns is deleted by its key, so that none is lost and no writer waits for another.
fact_change = Table(
    "fact_change",
    metadata,
    whole("month", is_key=True),
    big("number", is_key=True),
    info=spread("month"),
)

fact_block = Table(
    "fact_block",
    metadata,
    whole("month", is_key=True),
    whole("piece", is_key=True),
    big("version"),
    blob("body"),
    info=spread("local"),
)

indicator_cell = Table(
    "indicator_cell",
    metadata,
    text("indicator", is_key=True),
    text("month", is_key=True),
    big("made_ms"),
    blob("body"),
    info=spread("local"),
)
