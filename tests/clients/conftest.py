"""One served hub on each database for all third-party clients."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest
from fhirpy import SyncFHIRClient

from tests import postgres as pg
from tests.clients.serving import Served, serving
from tests.conftest import ENGINES

_numbers = itertools.count(1)


class Connect(Protocol):
    """Makes a fhirpy client of a clinic, with headers of its own; `data` is a form sent with each request."""

    def __call__(self, who: str = ..., data: dict[str, str] | None = ..., **headers: str) -> SyncFHIRClient: ...


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


@pytest.fixture
def connect(served: Served) -> Connect:
    def new(who: str = "klinik-python", data: dict[str, str] | None = None, **headers: str) -> SyncFHIRClient:
        config: dict[str, Any] = {"data": data} if data else {}
        authorization = f"Bearer {served.token(who)}"
        return SyncFHIRClient(served.fhir, authorization, extra_headers=headers, requests_config=config)

    return new


@pytest.fixture
def number() -> str:
    """A medical record number no other test uses."""
    return str(next(_numbers))
