"""A city's records for the search at scale: copies of the bundles (bench/copies.py), spread over several facilities,
loaded by the hub's real way in (hub.pipeline) in as many processes as there are cores; only HTTP is left out, to be
quick. What is there already is kept, so that a store can grow from one scale to the next."""

import json
import multiprocessing
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from bench.bundles import places
from bench.copies import copied
from bench.draws import Values, drawn
from bench.material import Bundles
from hub.auth import Interaction
from hub.bootstrap import build, close, settle
from hub.config import read_config
from hub.errors import Category
from hub.fhir import Answer
from hub.fhir import json as fhir_json
from hub.model import Principal
from hub.pipeline import bundle
from hub.pipeline.entries import Entry
from hub.validation import prepare

CITY = {
    "rs-kota": 35,
    "rs-sasirangan": 20,
    "puskesmas-satu": 10,
    "puskesmas-dua": 10,
    "puskesmas-tiga": 10,
    "klinik-satu": 5,
    "klinik-dua": 5,
    "klinik-tiga": 5,
}
"""Invented facilities, and of a hundred patients how many are theirs."""
FACILITIES: list[dict[str, Any]] = [
    {"id": name, "name": f"{name} (rekaan)", "kind": "klinik", "ownership": "public", "adapter": "klinik_csv"}
    for name in CITY
]
PROCESSES = len(os.sched_getaffinity(0))


class _Door:
    """What the API lends to a bundle (hub.pipeline.responses.Door): here nobody is refused, and nothing is read."""

    wanted, lang = None, "en"

    def status_line(self, category: Category) -> str:
        return str(category)

    def require(self, type_: str, interaction: Interaction, path: str = "") -> None:
        """The client may do everything."""

    def require_conditions(self, entry: Entry) -> None:
        """And search everything."""

    def fetch(self, request: dict[str, Any]) -> Answer:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a store holds: parts (bundles) and resources, and of the latest growth how many resources a second."""

    parts: int
    resources: int
    per_s: float = 0.0


def grow(home: Path, settings: dict[str, str], sent: Bundles, resources: int) -> Loaded:
    """Load until the store of this home holds at least so many resources. The facilities must be known already."""
    before = loaded(home)
    first, number, held = before.parts, before.parts, before.resources
    while held < resources:
        held += sent.sizes[number % len(sent.sizes)]
        number += 1
    if number == first:
        return before
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(PROCESSES + 1)
    parts = range(first, number)
    workers = [
        context.Process(target=_load, args=(home, settings, sent.paths, parts[mine::PROCESSES], mine, gate))
        for mine in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    gate.wait()
    started = time.perf_counter()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise RuntimeError("a loading process failed")
    found = Loaded(number, held, (held - before.resources) / (time.perf_counter() - started))
    (home / "loaded.json").write_text(json.dumps({"parts": found.parts, "resources": found.resources}))
    return found


def loaded(home: Path) -> Loaded:
    """What an earlier run left in this home."""
    place = home / "loaded.json"
    return Loaded(**json.loads(place.read_text())) if place.exists() else Loaded(0, 0)


def draws(home: Path) -> list[tuple[str, Values]]:
    """Whose it is and the values, of every part that was loaded, in an order that is always the same."""
    rows = [
        json.loads(line)
        for place in home.glob("draws-*.jsonl")
        for line in place.read_text(encoding="utf-8").splitlines()
    ]
    return [(who, values) for _, who, values in sorted(rows, key=lambda row: row[0])]


def _load(
    home: Path, settings: dict[str, str], paths: Sequence[Path], parts: Sequence[int], mine: int, gate: Any
) -> None:
    """One process: its share of the parts."""
    hub = build(read_config(settings))
    prepare(("Patient", "Observation", "Encounter", "Claim", "ExplanationOfBenefit", "Condition"))
    settle()
    gate.wait()
    with (home / f"draws-{mine}.jsonl").open("a", encoding="utf-8") as out:
        for part in parts:
            draw = random.Random(part)
            (facility,) = draw.choices(list(CITY), weights=list(CITY.values()))
            who = Principal("clinic-client", facility, "TREAT", facility=facility, scopes=("system/*.cruds",))
            text = copied(paths[part % len(paths)], part // len(paths))
            answer = bundle(hub, who, fhir_json.read(text), _Door())
            values = drawn(msgspec.json.decode(text)["entry"], places(answer), draw)
            out.write(json.dumps((part, facility, values), ensure_ascii=False) + "\n")
    close(hub)
