"""Words that facilities use for medicines, tests and units: how often, and whether they have a code."""

from sqlalchemy import Table

from hub.store.tables.columns import big, blob, flag, metadata, spread, text, whole

code_word = Table(
    "code_word",
    metadata,
    whole("facility", is_key=True),
    blob("token", is_key=True),
    text("kind"),
    big("uses"),
    flag("is_coded"),
    big("seen_ms"),
    blob("body"),
    info=spread("local"),
)
