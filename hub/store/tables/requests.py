"""What people ask for at a counter: a copy of their record, a correction, the list of who looked."""

from sqlalchemy import Index, Table

from hub.store.tables.columns import big, blob, metadata, spread, text, whole

record_request = Table(
    "record_request",
    metadata,
    text("id", is_key=True),
    text("facility"),
    big("pseudonym", is_optional=True),
    text("state"),
    big("created_ms"),
    big("due_ms"),
    big("closed_ms", is_optional=True),
    whole("version"),
    blob("body"),
    info=spread("local"),
)
Index(
    "ix_record_request_facility_closed_ms_due_ms", *(record_request.c[n] for n in ("facility", "closed_ms", "due_ms"))
)
Index("ix_record_request_pseudonym", record_request.c.pseudonym)
