"""The clinic adapter and its facility, for the tests of the port."""

from pathlib import Path

import pytest

from hub.mapping import load_adapter
from hub.mapping.goldens import RECEIVED_MS
from hub.model import Facility

ROOT = Path(__file__).parents[2] / "adapters"


@pytest.fixture(scope="session")
def clinic():
    return load_adapter(ROOT / "klinik_csv")


@pytest.fixture(scope="session")
def facility():
    return Facility(1, "klinik-uji", "Klinik Uji")


@pytest.fixture(scope="session")
def context(clinic, facility):
    return clinic.context(facility, "uji.csv", RECEIVED_MS)
