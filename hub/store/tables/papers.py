"""What the city keeps about facilities beside how they send: details, the state of city connectors, answers of the
civil registry, staff with their duties, and the feed other agencies take."""

from sqlalchemy import Index, Table

from hub.store.tables.columns import big, blob, metadata, spread, text, whole

facility_detail = Table(
    "facility_detail",
    metadata,
    whole("facility", is_key=True),
    big("changed_ms"),
    blob("body"),
    info=spread("local"),
)

connection = Table(
    "connection",
    metadata,
    text("name", is_key=True),
    big("updated_ms"),
    blob("body"),
    info=spread("local"),
)

civil_check = Table(
    "civil_check",
    metadata,
    big("compartment", is_key=True),
    big("at_ms", is_key=True),
    blob("household", is_optional=True),
    blob("body"),
    info=spread("compartment"),
)
Index("ix_civil_check_household", civil_check.c.household)

staff = Table(
    "staff",
    metadata,
    blob("place", is_key=True),
    big("changed_ms"),
    blob("body"),
    info=spread("local"),
)

subscriber = Table(
    "subscriber",
    metadata,
    text("client", is_key=True),
    text("cubes"),
    big("since_ms"),
    info=spread("local"),
)

feed_item = Table(
    "feed_item",
    metadata,
    big("sequence", is_key=True),
    text("month"),
    text("cube"),
    big("made_ms"),
    blob("body"),
    info=spread("local"),
)
Index("ix_feed_item_month_cube", feed_item.c.month, feed_item.c.cube, unique=True)
