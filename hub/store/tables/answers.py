"""What requests with an Idempotency-Key were answered; `body` is sealed, `token` a keyed hash of client and key."""

from sqlalchemy import Index, Table

from hub.store.tables.columns import big, blob, metadata, spread

answer = Table(
    "answer",
    metadata,
    blob("token", is_key=True),
    blob("body"),
    big("expires_ms"),
    info=spread("local"),
)
Index("ix_answer_expires_ms", answer.c.expires_ms)
