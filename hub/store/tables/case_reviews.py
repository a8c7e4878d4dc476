"""Case reviews: a few pseudonymised records of one facility, for fourteen days. What is asked, found and drawn is
sealed; the facility, the state and the clock are not."""

from sqlalchemy import Index, Table

from hub.store.tables.columns import big, blob, metadata, spread, text, whole

case_review = Table(
    "case_review",
    metadata,
    text("id", is_key=True),
    text("facility"),
    text("state"),
    big("created_ms"),
    big("expires_ms"),
    whole("version"),
    blob("body"),
    info=spread("local"),
)
Index("ix_case_review_facility_created_ms", case_review.c.facility, case_review.c.created_ms)
Index("ix_case_review_created_ms", case_review.c.created_ms)
