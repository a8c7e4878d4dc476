"""The column kinds and the MetaData all tables share.

Every table says in `info["dist"]` how a distributed engine (Citus) would spread it: a column's name, "reference"
(small, copied everywhere, written outside clinical transactions) or "local" (operational, one node). A test holds the
keys of every table against it.
"""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, MetaData, SmallInteger, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_BIG = BigInteger().with_variant(Integer(), "sqlite")


def big(name: str, *, is_key: bool = False, is_optional: bool = False) -> Column[int]:
    """A signed 64-bit number (SQLite's INTEGER holds it in as few bytes as it needs)."""
    return Column(name, _BIG, primary_key=is_key, nullable=is_optional, autoincrement=False)


def small(name: str, *, is_key: bool = False) -> Column[int]:
    """A signed 16-bit number."""
    return Column(name, SmallInteger, primary_key=is_key, nullable=False, autoincrement=False)


def whole(name: str, *, is_key: bool = False) -> Column[int]:
    """A signed 32-bit number."""
    return Column(name, Integer, primary_key=is_key, nullable=False, autoincrement=False)


def blob(name: str, *, is_key: bool = False, is_optional: bool = False) -> Column[bytes]:
    """Bytes: sealed content, keyed hashes."""
    return Column(name, LargeBinary, primary_key=is_key, nullable=is_optional)


def text(name: str, *, is_key: bool = False, is_optional: bool = False) -> Column[str]:
    """Text without any personal value."""
    return Column(name, Text, primary_key=is_key, nullable=is_optional)


def flag(name: str) -> Column[bool]:
    """True or false."""
    return Column(name, Boolean, nullable=False)


def spread(dist: str) -> dict[str, Any]:
    """The `info` of a table (see above)."""
    return {"dist": dist}
