"""The schema: one MetaData for SQLite, PostgreSQL and Citus."""

from hub.store.tables import auditing, clinical, facts, intake, persons, registry, releases, requests, signin, wording
from hub.store.tables.columns import metadata

__all__ = [
    "auditing",
    "clinical",
    "facts",
    "intake",
    "metadata",
    "persons",
    "registry",
    "releases",
    "requests",
    "signin",
    "wording",
]
