"""Cases under surveillance by month, signals and what became of them; all sealed, none with a name."""

from sqlalchemy import Table

from hub.store.tables.columns import big, blob, metadata, spread, text, whole

# A month's cases, made again when its facts changed (`state` tells by what was read).
surveillance_month = Table(
    "surveillance_month",
    metadata,
    whole("month", is_key=True),
    text("state"),
    big("made_ms"),
    blob("body"),
    info=spread("local"),
)

signal = Table(
    "signal",
    metadata,
    big("number", is_key=True),
    big("raised_ms"),
    blob("body"),
    info=spread("local"),
)

signal_step = Table(
    "signal_step",
    metadata,
    big("signal", is_key=True),
    whole("number", is_key=True),
    blob("body"),
    info=spread("local"),
)
