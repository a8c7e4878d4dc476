"""Short-lived proofs of sign-in. Only hashes of the secrets are stored; `body` is sealed or holds nothing personal."""

from sqlalchemy import Index, Table

from hub.store.tables.columns import big, blob, metadata, spread, text

access_token = Table(
    "access_token",
    metadata,
    blob("hash", is_key=True),
    blob("body"),
    big("expires_ms"),
    info=spread("local"),
)

assertion_jti = Table(
    "assertion_jti",
    metadata,
    text("client", is_key=True),
    text("jti", is_key=True),
    big("expires_ms"),
    info=spread("local"),
)

login_link = Table(
    "login_link",
    metadata,
    blob("hash", is_key=True),
    blob("body"),
    big("expires_ms"),
    big("used_ms", is_optional=True),
    info=spread("local"),
)

session = Table(
    "session",
    metadata,
    blob("hash", is_key=True),
    blob("body"),
    big("expires_ms"),
    big("ended_ms", is_optional=True),
    info=spread("local"),
)
for _table in (access_token, assertion_jti, login_link, session):
    Index(f"ix_{_table.name}_expires_ms", _table.c.expires_ms)
