"""Pseudonymous monitoring facts (sealed) and the sums of sensitive categories per area and month."""

from sqlalchemy import Index, Table

from hub.store.tables.columns import big, blob, metadata, spread, text, whole

fact = Table(
    "fact",
    metadata,
    big("pseudonym", is_key=True),
    big("item", is_key=True),
    whole("version"),
    blob("body"),
    whole("month"),
    info=spread("pseudonym"),
)
# Keyed, like everything here: which rows are of one month is visible, not which month (a resource's day is no secret).
Index("ix_fact_month_pseudonym_item", fact.c.month, fact.c.pseudonym, fact.c.item)

fact_sum = Table(
    "fact_sum",
    metadata,
    text("area", is_key=True),
    text("month", is_key=True),
    text("category", is_key=True),
    big("n"),
    info=spread("area"),
)
