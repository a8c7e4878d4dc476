"""The contract of a connector folder, run over every folder under connectors/: a new one needs no test of its own."""

import ast
import json
from dataclasses import asdict
from pathlib import Path

import pytest

from hub.registry.feeds import Incomplete, Person, load_connector, load_connectors
from hub.registry.papers import check_details

ROOT = Path(__file__).parents[2] / "connectors"
NAMES = sorted(path.parent.name for path in ROOT.glob("*/connector.toml"))
PERSON = Person("6371010101900001", "Contoh Satu", "1990-01-31", sex="female", kelurahan="Contoh")


def meaning(connector, path: Path):
    """What a sample means, as its golden file has it."""
    data = json.loads(path.read_text(encoding="utf-8"))
    items = data.get(connector.text("answer", "items"))
    if connector.kind == "licences":
        found = [connector.functions["change"](item) for item in items]
        return [asdict(each) if each is not None else None for each in found]
    if items is not None:
        return [connector.functions["sums"](item) for item in items]
    return asdict(connector.functions["verdict"](data))


def test_folders_are_found():
    assert {"dukcapil", "eperizinan"} <= set(NAMES)
    assert list(load_connectors(ROOT)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_means_what_its_golden_file_says(name):
    connector = load_connector(ROOT / name)
    samples = sorted((ROOT / name / "sample").glob("*.json"))
    assert samples
    for path in samples:
        golden = json.loads((ROOT / name / "golden" / path.name).read_text(encoding="utf-8"))
        assert json.loads(json.dumps(meaning(connector, path))) == golden, path.name
    assert {path.name for path in (ROOT / name / "golden").iterdir()} == {path.name for path in samples}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_yielded_can_be_taken_in(name):
    connector = load_connector(ROOT / name)
    if connector.kind == "civil":
        asked = connector.functions["question"](PERSON)
        assert PERSON.nik in asked.values()
        assert "" not in asked.values()
        return
    for path in (ROOT / name / "sample").glob("*.json"):
        for each in meaning(connector, path):
            if each is not None:
                row = {"facility": each["facility"], **each["fields"], "permits": each["permits"]}
                assert check_details(row) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_mapping_sees_only_the_port_and_does_no_io(name):
    tree = ast.parse((ROOT / name / "mapping.py").read_text(encoding="utf-8"))
    seen = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    seen |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {each for each in seen if each and each.startswith("hub")} <= {"hub.registry.feeds"}
    assert not seen & {"os", "urllib.request", "socket", "pathlib", "subprocess", "requests", "httpx"}
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not calls & {"open", "exec", "eval", "__import__"}


def test_an_incomplete_folder_says_what_is_missing(tmp_path):
    folder = tmp_path / "baru"
    folder.mkdir()
    (folder / "connector.toml").write_text('kind = "licences"\ntitle = "Baru"\n')
    with pytest.raises(Incomplete, match=r"mapping\.py"):
        load_connector(folder)
    (folder / "mapping.py").write_text("")
    (folder / "README.md").write_text("")
    with pytest.raises(Incomplete, match="change"):
        load_connector(folder)
    (folder / "connector.toml").write_text('kind = "lain"\n')
    with pytest.raises(Incomplete, match="kind"):
        load_connector(folder)
