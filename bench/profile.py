"""`python -m bench.profile`: where each microsecond goes, of a transaction bundle, a create, a read and two searches.

The hub serves from a thread of this process and is called by another; a clock stands around each stage
(bench/stages.py). All figures are processor time in µs, per resource of a bundle, or per request: other programs on
the machine do not count. "transport and the rest" is what the process took beyond the stages: uvicorn, routing,
threads, checks. Beside it stands the floor: the same rows put in, or one row taken out and one committed, and nothing
else done.
"""

import argparse
import json
import multiprocessing
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import uvicorn

from bench import floor, machine, material, sizes
from bench.bundles import bundle_steps, places
from bench.calls import JSON, Target, accepted, make, sign_in
from bench.databases import ENGINES, databases
from bench.serving import HOSPITAL, register
from bench.stages import watched
from bench.wire import Step
from hub.access.opening import open_rows
from hub.bootstrap import build
from hub.cli.serving import ready
from hub.config import read_config
from hub.parts import Hub
from hub.store import open_store

WARM, BUNDLES, REQUESTS = 5, 40, 1000


def main() -> None:
    """Reads the arguments and measures."""
    parser = argparse.ArgumentParser(prog="python -m bench.profile", description=__doc__)
    parser.add_argument("--only", choices=ENGINES)
    parser.add_argument("--bundles", type=int, default=BUNDLES)
    arguments = parser.parse_args()
    print(machine.line())
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        place = Path(folder)
        sent = material.bundles(place / "bundles", WARM + arguments.bundles)
        for engine in ENGINES:
            if arguments.only in (None, engine):
                with databases(engine, place / engine) as new_database:
                    _Profile(engine, place / engine, new_database("profile"), sent).run(new_database("floor"))


class _Profile:
    """One database's profile."""

    def __init__(self, engine: str, place: Path, url: str, sent: material.Bundles) -> None:
        self.engine, self.place, self.url, self.sent = engine, place, url, sent

    def run(self, empty: str) -> None:
        known = register(self.place / "home", self.url, [HOSPITAL])
        hub = build(read_config(known.settings))
        target = Target(f"{known.base}/fhir", "")
        context = multiprocessing.get_context("spawn")
        with watched() as clock, _serving(hub), ProcessPoolExecutor(1, mp_context=context) as self.pool:
            self.clock = clock
            target = Target(target.base, sign_in(known.base, HOSPITAL["id"], known.clients[HOSPITAL["id"]]))
            if clock.missing:
                print("not found, so part of what is around them:", *clock.missing)
            print(f"\n{self.engine}: µs of processor time (the clock itself takes {clock.cost_ns() / 1000:.1f} a call)")
            ids: list[str] = []
            warm = bundle_steps(target, self.sent.paths[:WARM])
            make(target.place, warm, 2, seen=lambda _, answer: ids.extend(places(answer.body)))
            self._ingest(target, empty)
            self._requests(hub, target, ids)
        self._sizes()

    def _ingest(self, target: Target, empty: str) -> None:
        steps = list(bundle_steps(target, self.sent.paths[WARM:]))
        self._measure("a transaction bundle, per resource", target, steps, sum(self.sent.sizes[WARM:]))
        store = open_store(empty)
        store.migrate()
        store.close()
        dumped = floor.dump(self.url)
        outside, began = self._outside(), time.process_time()
        floor.insert_all(empty, dumped.commits, dumped.columns)
        spent = time.process_time() - began + self._outside() - outside
        print(f"  floor (the same rows, nothing else done): {1e6 * spent / dumped.resources:.1f}")

    def _requests(self, hub: Hub, target: Target, ids: Sequence[str]) -> None:
        patients = [place for place in ids if place.startswith("Patient/")]
        weight = {
            "resourceType": "Observation",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
            "subject": {"reference": patients[0]},
            "effectiveDateTime": "2026-02-03",
            "valueQuantity": {"value": 61.5, "unit": "kg"},
        }
        kinds = {
            "a create": [("POST", "Observation", json.dumps(weight).encode())],
            "a read": [("GET", place, b"") for place in ids[:: max(1, len(ids) // REQUESTS)]],
            "a search within a patient (20 of a page)": [
                ("GET", f"Observation?patient={place.partition('/')[2]}&_count=20", b"") for place in patients
            ],
            "a search by code (20 of a page)": [
                ("GET", f"Observation?code={quote('http://loinc.org|29463-7')}&_count=20", b"")
            ],
        }
        for name, calls in kinds.items():
            made = [Step("", target.request(*call, JSON)) for call in calls]
            steps = [made[number % len(made)] for number in range(REQUESTS)]
            self._measure(name, target, steps, len(steps))
            if name == "a read":
                print(f"  floor (one row out and opened, one row committed): {self._read_floor(hub, ids[:500]):.1f}")

    def _measure(self, name: str, target: Target, steps: list[Step], number: int) -> None:
        """Make the calls and print where the time went."""
        self.pool.submit(make, target.place, steps[:20], 2).result()
        self.clock.reset()
        outside, began = self._outside(), time.process_time()
        self.pool.submit(make, target.place, steps, 2, None, accepted).result()
        whole, outside = time.process_time() - began, self._outside() - outside
        rows = {stage: ns / 1e9 for stage, ns in self.clock.ns.most_common()}
        rows["transport and the rest"] = whole - sum(rows.values())
        if self.engine == "postgresql":
            rows["PostgreSQL's own processes"] = outside
        everything = sum(rows.values())
        small = {stage: spent for stage, spent in rows.items() if spent < 0.004 * everything}
        rows = {stage: spent for stage, spent in rows.items() if stage not in small}
        rows["smaller stages"] = sum(small.values())
        print(f"\n  {name}: {1e6 * everything / number:.1f}")
        for stage, spent in rows.items():
            print(f"    {stage:36}{1e6 * spent / number:9.1f}{100 * spent / everything:6.1f} %")

    def _read_floor(self, hub: Hub, ids: Sequence[str]) -> float:
        keys = [key for place in ids if (key := hub.ids.decode(place.partition("/")[2]))]
        with hub.store.reading() as tx:
            rows = list(tx.get(keys).values())
        mark = "?" if self.engine == "sqlite" else "%s"
        select = f"SELECT body FROM resource WHERE compartment = {mark} AND rid = {mark}"
        with closing(floor.connect(self.url)) as connection:
            connection.execute("CREATE TABLE bench_floor (body " + ("BLOB)" if self.engine == "sqlite" else "BYTEA)"))
            connection.commit()
            outside, began = self._outside(), time.process_time()
            for row in rows:
                connection.execute(select, (row.compartment, row.rid)).fetchall()
                open_rows(hub, [row])
                connection.execute(f"INSERT INTO bench_floor VALUES ({mark})", (row.body,))
                connection.commit()
            spent = time.process_time() - began + (self._outside() - outside)
            connection.execute("DROP TABLE bench_floor")
            connection.commit()
        return 1e6 * spent / len(rows)

    def _outside(self) -> float:
        """Processor seconds that PostgreSQL's processes have taken so far; SQLite has none of its own."""
        if self.engine == "sqlite":
            return 0.0
        with closing(floor.connect(self.url)) as connection:
            folder = connection.execute("SHOW data_directory").fetchone()[0]
        return machine.processor_s(int((Path(folder) / "postmaster.pid").read_text().split()[0]))

    def _sizes(self) -> None:
        parts = sizes.by_part(self.url)
        large = [(name, size) for name, size in parts if size >= 2]
        print("\n  bytes a resource on disk, by table and index")
        for name, size in [*large, ("smaller ones", sum(size for _, size in parts) - sum(size for _, size in large))]:
            print(f"    {name:44}{size:9.1f}")


@contextmanager
def _serving(hub: Hub) -> Iterator[None]:
    """The hub behind uvicorn in a thread of this process."""
    options: dict[str, Any] = {"log_level": "warning", "access_log": False}
    server = uvicorn.Server(uvicorn.Config(ready(hub), host=hub.config.host, port=hub.config.port, **options))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(30)


if __name__ == "__main__":
    main()
