"""Facilities and their client systems: small, read everywhere, written outside clinical transactions."""

from sqlalchemy import Table, UniqueConstraint

from hub.store.tables.columns import big, blob, flag, metadata, spread, text, whole

facility = Table(
    "facility",
    metadata,
    whole("number", is_key=True),
    text("id"),
    text("name"),
    text("kind"),
    text("ownership"),
    text("adapter"),
    text("kelurahan"),
    text("labels"),
    text("settings"),
    UniqueConstraint("id"),
    info=spread("reference"),
)

client = Table(
    "client",
    metadata,
    text("id", is_key=True),
    text("facility"),
    text("scopes"),
    text("purposes"),
    text("jwks", is_optional=True),
    blob("secret_hash", is_optional=True),
    flag("is_active"),
    big("registration", is_optional=True),
    info=spread("reference"),
)
