"""fhirclient (npm, the SMART on FHIR client) against a served hub: tests/clients/smart.mjs does it, these tests judge.

What it can't do here is its browser launch: the hub has no authorization page for apps (SMART Backend Services only),
so it is given a token, as its documentation says for servers.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.clients.serving import Served
from tests.npm import packages
from tests.services import require

pytestmark = pytest.mark.node
SCRIPT = Path(__file__).with_name("smart.mjs")
DAYS = [f"2025-03-0{day}" for day in range(1, 6)]
_PATIENCE_S = 120


@pytest.fixture(scope="module")
def seen(served: Served) -> dict[str, Any]:
    """What the program in Node saw."""
    node = require("node")
    packages()
    told = json.dumps({"fhir": served.fhir, "token": served.token("klinik-smart")})
    done = subprocess.run(
        [node, str(SCRIPT)], input=told, capture_output=True, text=True, timeout=_PATIENCE_S, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_it_learns_the_version(seen):
    assert seen["version"] == ["4.0.1", 4]


def test_it_creates_reads_updates_patches_and_looks_back(seen):
    created = seen["created"]
    assert seen["read"] == seen["vread"] == created
    assert seen["whole"] == {"etag": 'W/"1"', "id": created["id"]}
    assert (seen["updated"]["gender"], seen["updated"]["meta"]["versionId"]) == ("other", "2")
    assert (seen["patched"]["gender"], seen["patched"]["meta"]["versionId"]) == ("male", "3")
    assert [entry["resource"]["gender"] for entry in seen["history"]["entry"]] == ["male", "other", "female"]
    assert (seen["typeHistory"]["type"], len(seen["typeHistory"]["entry"])) == ("history", 2)


def test_it_searches_pages_and_includes(seen):
    assert seen["flat"] == seen["iterated"] == DAYS
    assert (seen["pages"], seen["iteratedPages"]) == ([2, 2, 1], 3)
    assert seen["included"] == ["match", "match", "include"]
    assert seen["byCode"] == 2


def test_it_follows_references_and_a_patients_own(seen):
    place = f"Patient/{seen['created']['id']}"
    assert seen["resolved"] == seen["references"] == [place]
    assert seen["ofPatient"] == [seen["created"]["id"], 5]
    assert seen["everything"] == 6


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("unknownParameter", 400, "favourite"),
        ("notThere", 404, ""),
        ("notValid", 422, "gender"),
        ("badPatch", 422, "test"),
        ("gone", 410, ""),
    ],
)
def test_a_refusal_reaches_the_program(seen, name, status, words):
    assert seen["refusals"][name]["status"] == status
    assert words in seen["refusals"][name]["message"]


def test_without_a_token_it_is_told_to_sign_in(seen):
    assert seen["anonymous"]["status"] == 401


def test_its_browser_launch_is_not_offered(seen):
    """It looks for an authorization endpoint in what the hub publishes, finds none and comes straight back."""
    (status, headers), _ = seen["answered"]
    assert (seen["launch"], status) == (None, 302)
    assert headers["location"].startswith("http://x.example?state=")
