"""`python -m bench.fair`: what one client's 200 slow searches cost another client.

One asks little and regularly: reads by id and searches within a patient, at a fixed rate over eight connections, each
latency counted from when the request was due. First alone, then while another facility's client keeps 200 searches in
flight, each of which opens all of its Observations (just under 5,000, the most a search may open). In turns, so that
whatever else the machine does weighs on both; the ratio is the median of the rounds'.
"""

import argparse
import multiprocessing
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import msgspec

from bench import machine, material
from bench.bundles import bundle_steps, places
from bench.calls import Target, accepted, make
from bench.databases import ENGINES, databases, tidied
from bench.figures import middle, percentile
from bench.serving import HOSPITAL, Served, served
from bench.wire import Answer, Run, Script, Step, drive

BUSY: dict[str, Any] = {**HOSPITAL, "id": "rs-bangku-berat", "name": "RS Bangku Berat"}
SLOW = "Observation?value-quantity=gt999999&_count=10"
"""What only opened resources can answer, and none of them does."""
IN_FLIGHT = 200
OPENED = 5_000
BUNDLES = 60
LIGHT_PER_S, CONNECTIONS = 40, 8
WORKERS = 2


def main() -> None:
    """Reads the arguments and measures."""
    parser = argparse.ArgumentParser(prog="python -m bench.fair", description=__doc__)
    parser.add_argument("--only", choices=ENGINES, help="this database only")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each half of a round")
    arguments = parser.parse_args()
    print(machine.line())
    with tempfile.TemporaryDirectory(prefix="hub-fair-") as folder:
        sent = material.bundles(Path(folder) / "bundles", BUNDLES)
        for engine in ENGINES:
            if arguments.only in (None, engine):
                with databases(engine, Path(folder) / engine) as new_database:
                    place = Path(folder) / "home"
                    with served(place, new_database("hub"), WORKERS, [HOSPITAL, BUSY]) as server:
                        _measured(engine, server, sent, arguments.rounds, arguments.seconds)
                    shutil.rmtree(place)


def _measured(engine: str, server: Served, sent: material.Bundles, rounds: int, seconds: float) -> None:
    steps = _light(server, _loaded(server, HOSPITAL["id"], sent.paths[:10]))
    _loaded(server, BUSY["id"], _few(sent.paths))
    tidied(server.database_url)
    _asked(server, steps, 3.0)
    target = server.target(BUSY["id"])
    slow_ms = min(target.ask("GET", SLOW).ms for _ in range(3))
    ratios = []
    for _ in range(rounds):
        alone = _asked(server, steps, seconds)
        with _swamp(server, IN_FLIGHT) as done:
            beside = _asked(server, steps, seconds)
        ratios.append(percentile(beside, 95) / percentile(alone, 95))
        print(
            f"{engine:11} p50/p95 ms alone {percentile(alone, 50):6.2f} /{percentile(alone, 95):6.2f}"
            f"   beside {percentile(beside, 50):6.2f} /{percentile(beside, 95):6.2f}   {ratios[-1]:5.2f} times"
            f"   ({done[0]} slow searches answered meanwhile)",
            flush=True,
        )
    print(f"{engine:11} p95 beside {IN_FLIGHT} slow searches ({slow_ms:.0f} ms each): {middle(ratios):.2f} times")


def _loaded(server: Served, client: str, paths: list[Path]) -> list[str]:
    """`Type/id` of what was sent."""
    target, found = server.target(client), list[str]()

    def seen(step: Step, answer: Answer) -> None:
        accepted(step, answer)
        found.extend(places(answer.body))

    make(target.place, bundle_steps(target, paths), 2, seen=seen)
    return found


def _few(paths: list[Path]) -> list[Path]:
    """As many bundles as hold no more Observations than one search may open."""
    number = 0
    for place, path in enumerate(paths):
        entries = msgspec.json.decode(path.read_bytes())["entry"]
        number += sum(entry["resource"]["resourceType"] == "Observation" for entry in entries)
        if number > OPENED:
            return paths[:place]
    raise RuntimeError(f"only {number} Observations are at hand")


def _light(server: Served, ids: list[str]) -> Iterator[Step]:
    """Four reads and a search within a patient, over and over."""
    target = server.target(HOSPITAL["id"])
    patients = [id_.partition("/")[2] for id_ in ids if id_.startswith("Patient/")]
    reads = [_get(target, id_) for id_ in ids[:: max(1, len(ids) // 400)]]
    searches = [_get(target, f"Condition?patient={patient}&_count=10") for patient in patients]
    return cycle(
        step
        for place, search in enumerate(searches * (len(reads) // 4 // len(searches)))
        for step in (*reads[4 * place : 4 * place + 4], search)
    )


def _get(target: Target, path: str) -> Step:
    return Step("GET", target.request("GET", path))


def _asked(server: Served, steps: Iterator[Step], seconds: float) -> list[float]:
    def script() -> Script:
        for step in steps:
            accepted(step, (yield step))

    run: Run = drive(server.place, [script() for _ in range(CONNECTIONS)], seconds, LIGHT_PER_S, warm_s=1.0)
    return run.ms["GET"]


@contextmanager
def _swamp(server: Served, in_flight: int) -> Iterator[list[int]]:
    """Another process that keeps so many slow searches in flight until the block is left; then: how many were
    answered."""
    target = server.target(BUSY["id"])
    answered = multiprocessing.Value("q", 0)
    process = multiprocessing.Process(target=_flood, args=(target, in_flight, answered), daemon=True)
    process.start()
    time.sleep(2)
    before, done = answered.value, [0]
    try:
        yield done
    finally:
        done[0] = answered.value - before
        if process.exitcode is not None:
            raise RuntimeError("the slow searches were not answered as they must be")
        process.terminate()
        process.join()
        make(target.place, [_get(target, SLOW)] * CONNECTIONS, CONNECTIONS)  # behind all that still waits


def _flood(target: Target, in_flight: int, answered: Any) -> None:
    def script() -> Script:
        step = _get(target, SLOW)
        while True:
            accepted(step, (yield step))
            answered.value += 1

    drive(target.place, [script() for _ in range(in_flight)])


if __name__ == "__main__":
    main()
