"""`hub index`: what the search index lacks, and building it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.bootstrap import Unready
from hub.cli.main import app
from hub.search import adopt

CASE = {
    "resourceType": "SearchParameter",
    "url": "https://jukung.id/SearchParameter/case-type",
    "code": "case-type",
    "base": ["Condition"],
    "type": "token",
    "expression": "Condition.extension('https://jukung.id/StructureDefinition/case-type').value",
}


@pytest.fixture(autouse=True)
def official_again() -> Iterator[None]:
    yield
    adopt([])


def said(home: Path, *arguments: str, parameters: Path | None = None) -> str:
    env = {"HUB_HOME": str(home), "HUB_SEARCH_PARAMETERS": str(parameters or "")}
    return CliRunner().invoke(app, ["index", *arguments], env=env, catch_exceptions=False).stdout


def test_status_and_build(home: Path, tmp_path: Path) -> None:
    assert said(home, "status") == "the search index is complete\n"
    place = tmp_path / "parameter.json"
    place.write_text(json.dumps(CASE))
    assert said(home, "status", parameters=place) == (
        "Condition\tcase-type\n"
        "not begun: start the server with these parameters first; it builds, and `hub index build` at full speed\n"
    )
    shown = json.loads(said(home, "status", "--json", parameters=place))
    assert (shown["complete"], shown["lacking"]) == (False, {"Condition": ["case-type"]})
    assert said(home, "build", parameters=place) == "0 %\nthe search index is complete\n"
    shown = json.loads(said(home, "status", "--json", parameters=place))
    assert shown == {"complete": True, "lacking": {}, "done": 0, "total": 0, "percent": 100}


def test_a_faulty_file_is_named_with_what_is_wrong(home: Path, tmp_path: Path) -> None:
    place = tmp_path / "parameter.json"
    place.write_text(json.dumps({**CASE, "expression": "Condition.now()"}))
    with pytest.raises(Unready, match=r"HUB_SEARCH_PARAMETERS: parameter\.json: case-type: the expression gives Cond"):
        said(home, "status", parameters=place)
    with pytest.raises(Unready, match=r"HUB_SEARCH_PARAMETERS: .*none\.json: No such file"):
        said(home, "status", parameters=tmp_path / "none.json")
