"""The schema: one MetaData for SQLite, PostgreSQL and Citus."""

from hub.store.tables import (
    answers,
    auditing,
    clinical,
    counting,
    exports,
    facts,
    indexing,
    intake,
    persons,
    registry,
    releases,
    requests,
    signin,
    wording,
)
from hub.store.tables.columns import metadata

__all__ = [
    "answers",
    "auditing",
    "clinical",
    "counting",
    "exports",
    "facts",
    "indexing",
    "intake",
    "metadata",
    "persons",
    "registry",
    "releases",
    "requests",
    "signin",
    "wording",
]
