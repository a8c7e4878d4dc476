"""`python -m bench [--quick]`: measures on SQLite and PostgreSQL, prints the figures and writes bench/latest.json."""

import argparse
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import floor, machine, material, reporting, sizes
from bench.databases import ENGINES, NewDatabase, databases
from bench.figures import middle, rounded
from bench.measuring import FULL, QUICK, TRIED, Bench, Extent
from bench.serving import HOSPITAL, served
from hub.store import open_store

WORKERS = (1, 2)


def main() -> None:
    """Reads the arguments and measures."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="for a first look; nothing is written")
    parser.add_argument("--workers", type=int, action="append", help="measure this number of server processes only")
    parser.add_argument("--only", choices=ENGINES, help="this database only; nothing is written")
    arguments = parser.parse_args()
    extent, started = QUICK if arguments.quick else FULL, time.monotonic()
    figures: dict[str, Any] = {"machine": machine.line(), "date": time.strftime("%Y-%m-%d")}
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        place = Path(folder)
        sent = material.bundles(place / "bundles", TRIED + extent.runs * extent.bundles)
        figures["material"] = f"bundles: {sent.source}, {extent.runs} run(s) of {extent.bundles}"
        for engine in ENGINES:
            if arguments.only in (None, engine):
                with databases(engine, place / engine) as new_database:
                    workers = arguments.workers or WORKERS
                    figures[engine] = _measured(engine, place / engine, new_database, workers, extent, sent)
    figures["seconds"] = time.monotonic() - started
    figures = rounded(figures)
    if not arguments.quick and arguments.only is None:
        reporting.write(figures)
    reporting.show(figures)


def _measured(
    engine: str, place: Path, new_database: NewDatabase, workers: Any, extent: Extent, sent: material.Bundles
) -> dict[str, Any]:
    found = {}
    for number in workers:
        print(f"{engine}, {number} worker(s) …", flush=True)
        found[number] = _with_workers(place / f"{number}", new_database, number, extent, sent)
    best = max(found, key=lambda number: found[number]["ingest_http"])
    return {**found[best], "workers": best, "by_workers": {str(number): each for number, each in found.items()}}


def _with_workers(
    place: Path, new_database: NewDatabase, workers: int, extent: Extent, sent: material.Bundles
) -> dict[str, Any]:
    """Every figure for one number of server processes, in a home and a database of their own."""
    place.mkdir(parents=True)
    senders = {name: material.senders(place / "kota", name, extent.runs, extent.visits) for name in material.SENDERS}
    url = new_database(f"hub_{workers}")
    facilities = [HOSPITAL, *(sender.facility for runs in senders.values() for run in runs for sender in run)]
    with served(place / "home", url, workers, facilities) as server:
        bench = Bench(server, extent)
        http = bench.bundles(sent)
        size = sizes.bytes_per_resource(url)
        dumped = floor.dump(url)
        adapters = {f"ingest_adapter_{name}": bench.files(runs) for name, runs in senders.items()}
        reads, searches, mix = bench.reads(), bench.searches(), bench.crud()
        rss = server.rss_mb()
    bare = []
    for run in range(extent.runs):
        empty = new_database(f"floor_{workers}_{run}")
        store = open_store(empty)
        store.migrate()
        store.close()
        bare.append(floor.resources_per_s(dumped, empty, workers))
    shutil.rmtree(place)
    return {
        "ingest_http": middle(http),
        "ingest_adapter": middle(adapters["ingest_adapter_klinik"]),  # its name before there were three
        **{name: middle(figures) for name, figures in adapters.items()},
        "floor": middle(bare),
        **reads,
        **searches,
        **mix,
        "bytes_per_resource": size,
        "rss_mb": rss,
        "runs": {"ingest_http": http, **adapters, "floor": bare},
    }


if __name__ == "__main__":
    main()
