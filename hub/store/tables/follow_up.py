"""Remarks of the health office on a facility's numbers, with the reply and the decision: what was written is sealed."""

from sqlalchemy import Index, Table

from hub.store.tables.columns import big, blob, metadata, spread, text, whole

follow_up = Table(
    "follow_up",
    metadata,
    text("id", is_key=True),
    text("facility"),
    text("indicator"),
    text("month"),
    text("state"),
    big("created_ms"),
    text("due"),
    big("closed_ms", is_optional=True),
    whole("version"),
    blob("body"),
    info=spread("local"),
)
Index("ix_follow_up_facility_created_ms", follow_up.c.facility, follow_up.c.created_ms)
Index("ix_follow_up_indicator_created_ms", follow_up.c.indicator, follow_up.c.created_ms)
