"""What the search index is complete for, and how far a build of it is."""

from sqlalchemy import Table

from hub.store.tables.columns import big, metadata, small, spread, text

# By type: the prints that every stored row of it satisfies. Type 0: the build at work, `prints` what it is to come to,
# (compartment, rid) the last row it has done.
search_index = Table(
    "search_index",
    metadata,
    small("type", is_key=True),
    text("prints"),
    big("compartment"),
    big("rid"),
    big("done"),
    big("total"),
    info=spread("local"),
)
