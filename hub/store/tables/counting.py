"""What is counted beforehand: rows by author and type, and in which forms an author uses a code."""

from sqlalchemy import Table

from hub.store.tables.columns import big, metadata, small, spread, whole

# Spread over slots, so that two writers of one author seldom wait for each other; the number is the sum over them.
counter = Table(
    "counter",
    metadata,
    whole("author", is_key=True),
    small("type", is_key=True),
    small("slot", is_key=True),
    big("n"),
    info=spread("author"),
    sqlite_with_rowid=False,
)

# A code's token without its system, those with it, and the types it stands in. Tokens are keyed by author. A row of
# zeros says that older rows have not been through yet.
code_form = Table(
    "code_form",
    metadata,
    big("loose", is_key=True),
    big("exact", is_key=True),
    small("type", is_key=True),
    info=spread("loose"),
    sqlite_with_rowid=False,
)
