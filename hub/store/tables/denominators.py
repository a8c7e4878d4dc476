"""Whom services are meant for: the population, estimated targets, and what facilities report of themselves."""

from sqlalchemy import Table

from hub.store.tables.columns import big, blob, metadata, spread, text, whole

population = Table(
    "population",
    metadata,
    whole("year", is_key=True),
    text("area", is_key=True),
    text("sex", is_key=True),
    text("band", is_key=True),
    big("people"),
    info=spread("local"),
)

indicator_target = Table(
    "indicator_target",
    metadata,
    whole("year", is_key=True),
    text("indicator", is_key=True),
    text("area", is_key=True),
    text("facility", is_key=True),
    big("people"),
    info=spread("local"),
)

self_report = Table(
    "self_report",
    metadata,
    text("indicator", is_key=True),
    text("month", is_key=True),
    text("facility", is_key=True),
    big("made_ms", is_key=True),
    blob("body"),
    info=spread("local"),
)
