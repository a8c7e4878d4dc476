import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

FACILITIES = {"klinik-teratai": "Klinik Teratai", "klinik-bekantan": "Klinik Bekantan"}
MADE_MS = 1_795_313_700_123  # 22 November 2026, 10.15 WITA


@pytest.fixture
def facilities() -> dict[str, str]:
    return dict(FACILITIES)


@pytest.fixture
def made_ms() -> int:
    return MADE_MS


@pytest.fixture
def resources() -> list[dict[str, Any]]:
    """One person at two facilities, with a name that tries to be markup."""
    text = Path(__file__).with_name("resources.json").read_text(encoding="utf-8")
    return json.loads(text, parse_float=Decimal)
