"""Pseudonymous monitoring facts (sealed) and the sums of sensitive categories per area and month."""

from sqlalchemy import Table

from hub.store.tables.columns import big, blob, metadata, spread, text, whole

fact = Table(
    "fact",
    metadata,
    big("pseudonym", is_key=True),
    big("item", is_key=True),
    whole("version"),
    blob("body"),
    info=spread("pseudonym"),
)

fact_sum = Table(
    "fact_sum",
    metadata,
    text("area", is_key=True),
    text("month", is_key=True),
    text("category", is_key=True),
    big("n"),
    info=spread("area"),
)
