"""A whole hub on each database, the invented city it takes in, and copies of a home for comparing two histories."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import make_url

from fixtures.city import THREE, TODAY, City, make
from hub.bootstrap import build, close
from hub.config import Config, read_config
from hub.parts import Hub
from hub.registry import from_dict
from hub.upkeep.registering import register_facility
from tests import postgres as pg
from tests.api.conftest import Caller
from tests.whole.calling import online, signed_in
from tests.whole.sending import A

_numbers = count(1)


class Homes:
    """Hubs of one test: each has a home and a database. What is opened is closed, what is copied is removed."""

    def __init__(self, config: Config, server: pg.Server | None) -> None:
        self.config = config
        self._server = server
        self._open: list[Hub] = []
        self._copies: list[str] = []

    def open(self, config: Config | None = None) -> Hub:
        """A running hub on a home."""
        self._open.append(build(config or self.config))
        return self._open[-1]

    def close(self, hub: Hub) -> None:
        """Stop a hub, so that its home can be copied."""
        self._open.remove(hub)
        close(hub)

    def copy(self, config: Config | None = None) -> Config:
        """A copy of a closed home, its keys and its database: what both take in gets the same digests."""
        config = config or self.config
        number = next(_numbers)
        home = config.home.with_name(f"copy-{number}")
        shutil.copytree(config.home, home)
        url = make_url(config.database_url)
        if self._server is None:
            new = Path(f"{url.database}.copy-{number}")
            shutil.copyfile(str(url.database), new)
            database = f"sqlite:///{new}"
        else:
            name = f"{url.database}_copy_{number}"
            database = self._server.create(name, str(url.database))
            self._copies.append(name)
        return replace(config, home=home, database_url=database, keys_url=f"sqlite:///{home / 'keys.db'}")

    def end(self) -> None:
        """Close and remove everything."""
        for hub in list(self._open):
            self.close(hub)
        for name in self._copies:
            if self._server is not None:
                self._server.drop(name)


@pytest.fixture
def homes(engine: str, database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Homes]:
    """One home, not opened yet."""
    server = request.getfixturevalue("postgres") if engine == "postgresql" else None
    config = read_config(
        {"HUB_HOME": str(tmp_path / "home"), "HUB_DATABASE_URL": database_url, "HUB_BASE_URL": "https://hub.test"}
    )
    found = Homes(config, server)
    yield found
    found.end()


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """100 visits to three clinics."""
    return make(11, 100, tmp_path_factory.mktemp("kota"), min(TODAY, date.today()), only=THREE)


@pytest.fixture
def hub(homes: Homes, city: City) -> Hub:
    """A running hub that knows the city's three clinics and has no records yet."""
    return register(homes.open(), city)


@pytest.fixture
def caller(hub: Hub) -> Iterator[Caller]:
    """The hub's application, called without a network."""
    with online(hub) as found:
        yield found


@pytest.fixture
def a(hub: Hub, caller: Caller) -> dict[str, str]:
    """Headers of a client of the first clinic that may do everything."""
    return signed_in(hub, caller, A, ("system/*.cruds",)) | {"Content-Type": "application/fhir+json"}


def register(hub: Hub, city: City) -> Hub:
    """Make the city's clinics known to a hub."""
    for row in city.facilities:
        register_facility(hub, from_dict(row))
    return hub
