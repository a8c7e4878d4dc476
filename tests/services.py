"""Programs that not every machine has: without one the test is skipped and counted as "not run" by tests/conftest.py,
unless HUB_REQUIRE_SERVICES=1, where it fails."""

import os
import shutil
from pathlib import Path

import pytest

NODE_FOLDER = Path(__file__).parent / "node"
"""package.json and package-lock.json of what the tests take from npm; node_modules is made by tests/npm.py."""

_NAMES = {"chromium": ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")}


def executable(service: str) -> str | None:
    """The program behind a service ("chromium", "node", "npm"), or None when this machine has none."""
    return next((path for name in _NAMES.get(service, (service,)) if (path := shutil.which(name))), None)


def require(service: str) -> str:
    """The path of the program. Without it the calling test ends: skipped, or failed where services are required."""
    return executable(service) or not_there(f"{service} is not installed")


def not_there(reason: str) -> str:
    """Ends the calling test for want of a service."""
    if os.environ.get("HUB_REQUIRE_SERVICES") == "1":
        pytest.fail(f"required service is missing: {reason}")
    pytest.skip(f"not run: {reason}")
