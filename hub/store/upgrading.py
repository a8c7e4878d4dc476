"""Alembic, called from code, safe when several processes start at once. Only loaded where there is something to
upgrade: with what it brings along it would take 10 MB of every serving process."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

SCRIPTS = Path(__file__).parents[2] / "migrations"
_LOCK = 0x6A756B756E67
"""PostgreSQL's advisory lock for migrations ("jukung")."""


def upgrade(connection: Connection) -> None:
    """Upgrades to head; whoever comes second waits and then finds it done."""
    config = alembic_config()
    if connection.dialect.name == "sqlite":
        _upgrade_sqlite(connection, config)
    else:
        _upgrade_postgres(connection, config)


def alembic_config() -> Config:
    """Alembic's configuration without its ini file; the scripts lie beside the package `hub`, wherever that is."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config


def _upgrade_sqlite(connection: Connection, config: Config) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.exec_driver_sql("COMMIT")


def _upgrade_postgres(connection: Connection, config: Config) -> None:
    connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
    connection.commit()
    try:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
        connection.commit()
