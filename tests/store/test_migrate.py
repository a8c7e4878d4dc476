"""Migrating an empty database gives exactly the schema the code believes in, on both engines."""

import re
import subprocess
import sys
import threading
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from hub.store import open_store
from hub.store.engine import write_engine
from hub.store.migrate import newest
from hub.store.tables import metadata
from hub.store.upgrading import alembic_config

ROOT = Path(__file__).parents[2]


def _shape(connection: Connection) -> dict[str, object]:
    """Everything about the tables that the engine itself reports; SQLite: its own CREATE texts."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        return {name: re.sub(r"[\s\"]+", "", sql) for name, sql in rows if name != "alembic_version"}
    shape: dict[str, object] = {}
    for table in inspect(connection).get_table_names():
        if table != "alembic_version":
            columns = inspect(connection).get_columns(table)
            shape[table] = [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in columns]
    indexes = connection.execute(text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"))
    return shape | {name: definition for name, definition in indexes if "alembic" not in name}


def test_migrations_make_the_schema_of_the_metadata(database_url: str, empty_url: str) -> None:
    made = write_engine(empty_url, pool_size=1)
    migrated = write_engine(database_url, pool_size=1)
    with made.begin() as connection:
        metadata.create_all(connection)
    with made.connect() as one, migrated.connect() as other:
        assert _shape(other) == _shape(one)
        context = MigrationContext.configure(other, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    made.dispose()
    migrated.dispose()


def test_several_processes_may_start_at_once(empty_url: str) -> None:
    failures: list[BaseException] = []

    def start() -> None:
        store = open_store(empty_url)
        try:
            store.migrate()
        except BaseException as error:
            failures.append(error)
        finally:
            store.close()

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_by_hand_with_the_ini_file(empty_url: str) -> None:
    command = [sys.executable, "-m", "alembic", "upgrade", "head"]
    environment = {"HUB_DATABASE_URL": empty_url, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    store = open_store(empty_url)
    store.migrate()
    with store.reading() as tx:
        assert tx.log_size() == 0
    store.close()


def test_file_names_say_before_or_after_the_new_code() -> None:
    scripts = list(ScriptDirectory.from_config(alembic_config()).walk_revisions())
    assert scripts
    assert newest() == ScriptDirectory.from_config(alembic_config()).get_current_head()
    for script in scripts:
        assert re.fullmatch(r"\d+_\d+_\d+_\d\d_(pre|post)_[a-z_]+\.py", Path(script.path).name)
