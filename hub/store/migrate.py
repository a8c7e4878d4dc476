"""Bringing a database to the newest schema: Alembic, called from code, safe when several processes start at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

_SCRIPTS = Path(__file__).parents[2] / "migrations"
_LOCK = 0x6A756B756E67
"""PostgreSQL's advisory lock for migrations ("jukung")."""


def migrate(engine: Engine) -> None:
    """Upgrades to head; does nothing (and locks nothing) when already there."""
    config = alembic_config()
    head = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == head:
            return
        connection.rollback()
        if connection.dialect.name == "sqlite":
            _upgrade_sqlite(connection, config)
        else:
            _upgrade_postgres(connection, config)


def alembic_config() -> Config:
    """Alembic's configuration without its ini file; the scripts lie beside the package `hub`, wherever that is."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
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
