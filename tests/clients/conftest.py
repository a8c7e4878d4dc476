"""One served hub on each database for all third-party clients."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import postgres as pg
from tests.clients.serving import Served, serving
from tests.conftest import ENGINES


@pytest.fixture(scope="package", params=ENGINES)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`hub serve` on a fresh SQLite or PostgreSQL database."""
    folder = tmp_path_factory.mktemp("clients")
    with _database(str(request.param), request, folder) as url, serving(folder / "home", url) as found:
        yield found


@contextmanager
def _database(engine: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if engine == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), folder / "hub.db")
        yield f"sqlite:///{folder / 'hub.db'}"
        return
    server: pg.Server = request.getfixturevalue("postgres")
    yield server.create("clients", request.getfixturevalue("postgres_template"))
    server.drop("clients")
