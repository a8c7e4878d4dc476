"""A real hub on a fresh SQLite, with two clinics, under a clock the test moves."""

from collections.abc import Iterator

import pytest

from hub.admission import register_client
from hub.bootstrap import build, close
from hub.config import read_config
from hub.model import Facility
from hub.parts import Hub
from hub.upkeep.registering import register_facility
from tests.auth.attacks import NOW, OTHER_PUBLIC, PUBLIC

SECRET = "a-secret-of-thirty-characters!"


class Clock:
    """Epoch ms; moved by the test."""

    def __init__(self) -> None:
        self.ms = NOW * 1000

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hub(tmp_path, clock) -> Iterator[Hub]:
    config = read_config({"HUB_HOME": str(tmp_path), "HUB_BASE_URL": "https://hub.test"})
    found = build(config, clock)
    for name in ("klinik-a", "klinik-b"):
        register_facility(found, Facility(0, name, name))
    register_client(found, "klinik-a", "klinik-a", jwks={"keys": [PUBLIC]}, purposes=("TREAT", "HPAYMT"))
    register_client(found, "klinik-b", "klinik-b", jwks={"keys": [OTHER_PUBLIC]})
    register_client(found, "klinik-a-tulis", "klinik-a", secret=SECRET)
    yield found
    close(found)
