"""`hub identity queue`: what waits, without content."""

import json
from pathlib import Path

from hub.bootstrap import build, close
from hub.config import read_config
from hub.model import Facility
from hub.pipeline import create, update
from hub.upkeep.registering import register_facility
from tests.cli.conftest import Run
from tests.steward.conftest import CLINICS, NIK_JOHAN, NIK_SITI, client, patient

A, B = CLINICS[:2]
JOHAN = {"name": "Johansyah", "birth": "1961-02-03", "sex": "male"}


def test_the_queue_shows_where_and_since_when_but_not_who(run: Run, home: Path) -> None:
    assert run("identity", "queue").stdout == "0 open\n"
    hub = build(read_config({"HUB_HOME": str(home)}))
    for name in (A, B):
        register_facility(hub, Facility(0, name, name))
    create(hub, client(A), patient("1", A, nik=NIK_SITI))
    mixed_up = create(hub, client(B), patient("2", B, nik=NIK_SITI)).id
    corrected = {"id": mixed_up, **patient("2", B, nik=NIK_JOHAN, **JOHAN)}
    update(hub, client(B), "Patient", mixed_up, corrected)
    close(hub)
    lines = run("identity", "queue").stdout.splitlines()
    assert lines[-1] == "1 open"
    (line,) = lines[:-1]
    _, days, score, facilities = line.split("\t")
    assert (days, set(facilities.split(" | "))) == ("0", {A, B})
    assert 0 <= float(score) <= 1
    shown = json.loads(run("identity", "queue", "--json").stdout)
    assert shown["open"] == 1
    for secret in ("Siti", "Johan", NIK_SITI, NIK_JOHAN, mixed_up):
        assert secret not in json.dumps(shown) + line
