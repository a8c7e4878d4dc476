"""When each client system last signed in: what tells a facility without internet from one that sends nothing."""

from sqlalchemy import Table

from hub.store.tables.columns import big, metadata, spread, text

contact = Table(
    "contact",
    metadata,
    text("client", is_key=True),
    text("facility"),
    big("last_ms"),
    info=spread("local"),
)
