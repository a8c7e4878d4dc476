"""Bringing a database to the newest schema."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

_VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"


def migrate(engine: Engine) -> None:
    """Upgrades to the newest revision; does nothing (and locks nothing) when already there."""
    with engine.connect() as connection:
        is_done = _revision(connection) == newest()
        connection.rollback()
        if not is_done:
            from hub.store.upgrading import upgrade  # see there why not always

            upgrade(connection)


def newest() -> str:
    """The newest revision, as the names of the scripts say: 0_3_0_15_pre_indexing.py is 0_3_0_15."""
    numbers = [path.name.split("_")[:4] for path in _VERSIONS.glob("[0-9]*.py")]
    return "_".join(max(numbers, key=lambda parts: [int(part) for part in parts]))


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
