"""Databases for the tests: every store test runs on SQLite and on a real PostgreSQL, each on a database of its own.

Both start from a template that was migrated once. A machine without PostgreSQL binaries reports "not run", or fails
when HUB_REQUIRE_SERVICES=1.
"""

import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings

from hub.store import Store, open_store
from tests import postgres as pg

settings.register_profile("hub", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.load_profile("hub")

MEMORY = Path("/dev/shm")
ENOUGH = 4 * 1024**3
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH:
    # hundreds of databases wait for the disk at every commit; the tests ask about processes that die, not machines
    os.environ["TMPDIR"] = os.environ["PYTEST_DEBUG_TEMPROOT"] = str(MEMORY)

ENGINES = ("sqlite", "postgresql")
_numbers = itertools.count(1)


def not_run(reason: str) -> NoReturn:
    """Ends a test whose outside service is missing: skipped and counted, or failed where services are required."""
    if os.environ.get("HUB_REQUIRE_SERVICES") == "1":
        pytest.fail(f"required service is missing: {reason}")
    pytest.skip(f"not run: {reason}")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Says how many tests were not run, and why: a green line must not hide them."""
    reasons = [str(report.longrepr[2]) for report in terminalreporter.getreports("skipped")]
    missing = [reason.removeprefix("Skipped: ") for reason in reasons if "not run: " in reason]
    for reason in sorted(set(missing)):
        terminalreporter.write_line(f"{missing.count(reason)} x {reason}")
    terminalreporter.write_line(f"not run: {len(missing)}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[pg.Server]:
    """A running PostgreSQL server."""
    try:
        server = pg.start()
    except pg.NoPostgres as error:
        not_run(str(error))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres: pg.Server) -> str:
    """The name of a migrated, empty database."""
    migrated(postgres.create("template_hub"))
    return "template_hub"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file."""
    path = tmp_path_factory.mktemp("template") / "hub.db"
    migrated(f"sqlite:///{path}")
    return path


def migrated(url: str) -> None:
    """Brings the database at `url` to the newest schema."""
    store = open_store(url)
    store.migrate()
    store.close()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The engine's name; what depends on it runs once for each."""
    return str(request.param)


@pytest.fixture
def empty_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a schema."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: pg.Server = request.getfixturevalue("postgres")
    name = f"empty_{next(_numbers)}"
    yield server.create(name)
    server.drop(name)


@pytest.fixture
def database_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database."""
    if engine == "sqlite":
        path = tmp_path / "hub.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: pg.Server = request.getfixturevalue("postgres")
    name = f"test_{next(_numbers)}"
    yield server.create(name, request.getfixturevalue("postgres_template"))
    server.drop(name)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store on a database of its own."""
    opened = open_store(database_url)
    yield opened
    opened.close()
