"""What joins compartments into persons, and what says who may see them."""

from sqlalchemy import Column, Float, Index, Table

from hub.store.tables.columns import big, blob, flag, metadata, small, spread, text, whole

mpi = Table(
    "mpi",
    metadata,
    blob("token", is_key=True),
    big("compartment", is_key=True),
    info=spread("token"),
    sqlite_with_rowid=False,
)

link = Table(
    "link",
    metadata,
    big("compartment", is_key=True),
    big("other", is_key=True),
    big("id", is_key=True),
    text("judgement"),
    Column("score", Float, nullable=False),
    blob("features"),
    text("by"),
    big("at_ms"),
    big("ended_ms", is_optional=True),
    text("ended_by", is_optional=True),
    info=spread("compartment"),
)

review = Table(
    "review",
    metadata,
    big("compartment", is_key=True),
    big("other", is_key=True),
    Column("score", Float, nullable=False),
    text("state"),
    big("created_ms"),
    big("decided_ms", is_optional=True),
    text("decided_by", is_optional=True),
    blob("body"),
    info=spread("compartment"),
)
Index("ix_review_state_created_ms", review.c.state, review.c.created_ms)

tag = Table(
    "tag",
    metadata,
    big("compartment", is_key=True),
    big("tag", is_key=True),
    whole("author"),
    blob("body"),
    info=spread("compartment"),
)

consent = Table(
    "consent",
    metadata,
    big("compartment", is_key=True),
    big("rid", is_key=True),
    big("accepted_ms"),
    small("auth"),
    flag("is_verified"),
    info=spread("compartment"),
)

relationship = Table(
    "relationship",
    metadata,
    big("compartment", is_key=True),
    whole("facility", is_key=True),
    text("kind", is_key=True),
    big("from_ms", is_key=True),
    big("until_ms"),
    info=spread("compartment"),
)
Index("ix_relationship_facility_until_ms", relationship.c.facility, relationship.c.until_ms)

presence = Table(
    "presence",
    metadata,
    blob("code_hash", is_key=True),
    big("compartment"),
    big("expires_ms"),
    big("used_ms", is_optional=True),
    text("used_by", is_optional=True),
    info=spread("local"),
)
