"""Submissions and the rows that could not be accepted (sealed under the facility's own compartment)."""

from sqlalchemy import Index, Table

from hub.store.tables.columns import big, blob, metadata, spread, text, whole

submission = Table(
    "submission",
    metadata,
    text("id", is_key=True),
    text("facility"),
    text("adapter"),
    text("state"),
    big("created_ms"),
    big("updated_ms"),
    text("counts"),
    big("rows_done"),
    blob("body", is_optional=True),
    info=spread("local"),
)
Index("ix_submission_facility_created_ms", submission.c.facility, submission.c.created_ms)

quarantine = Table(
    "quarantine",
    metadata,
    text("submission", is_key=True),
    whole("row", is_key=True),
    text("facility"),
    blob("source", is_optional=True),
    text("state"),
    big("created_ms"),
    big("resolved_ms", is_optional=True),
    blob("body"),
    info=spread("local"),
)
Index("ix_quarantine_facility_state_source", quarantine.c.facility, quarantine.c.state, quarantine.c.source)
Index("ix_quarantine_created_ms", quarantine.c.created_ms)
