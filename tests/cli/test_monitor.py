"""`hub monitor run`: what came in by file is counted; a hub that serves does it in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from hub.bootstrap import build, close
from hub.config import read_config
from hub.upkeep.beside import COMMAND, DUTIES
from tests.cli.conftest import ROOT, Run

PATIENT = {"resourceType": "Patient", "id": "1", "name": [{"text": "Rekaan Satu"}], "birthDate": "1990-02-01"}
VISIT = {
    "resourceType": "Encounter",
    "id": "2",
    "status": "finished",
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
    "subject": {"reference": "Patient/1"},
    "period": {"start": "2026-10-05T08:00:00+08:00", "end": "2026-10-05T09:00:00+08:00"},
}


def test_what_was_loaded_is_counted_once(run: Run, clinic: str, tmp_path: Path) -> None:
    lines = tmp_path / "semua.ndjson"
    lines.write_text("\n".join(map(json.dumps, (PATIENT, VISIT))))
    assert run("load", str(lines), "--facility", clinic).returncode == 0
    done = run("monitor", "run", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["months"] == 1
    assert found["counted"] > 10
    assert json.loads(run("monitor", "run", "--json").stdout)["counted"] == 0
    assert json.loads(run("monitor", "run", "--json", "--full").stdout)["counted"] == found["counted"]
    wrong = run("monitor", "run", "--engine", "excel")
    assert wrong.returncode == 2
    assert "duckdb or spark" in wrong.stderr


def test_counting_beside_a_server_ends_with_the_server(home: Path) -> None:
    environment = {**os.environ, "HUB_HOME": str(home)}
    command = [*COMMAND, "indicators"]
    gone = subprocess.run(command, cwd=ROOT, env=environment, input="", timeout=120, check=False, capture_output=True)
    assert gone.returncode != 0
    children = [
        subprocess.Popen([*COMMAND, name], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for name in DUTIES
    ]
    for child in children:
        with child:
            assert child.wait(120) == 0
    hub = build(read_config({"HUB_HOME": str(home)}))
    try:
        assert not [name for name in ("indicators", "surveillance") if DUTIES[name].is_due(hub)]
    finally:
        close(hub)


def test_a_server_imports_no_engine() -> None:
    loaded = "import sys, hub.cli.serving, hub.cli.main; print({'duckdb', 'pyarrow', 'pyspark'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
