"""`python -m bench.scale`: the search shapes at 100 k, 300 k and 1 M resources on both databases (`--scale 10M` once).

The store grows from one scale to the next. Writes into bench/latest.json, beside the figures of `python -m bench`.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import loading, machine, material, reporting, shapes, sizes
from bench.databases import ENGINES, LARGE, NewDatabase, databases, tidied
from bench.figures import rounded
from bench.serving import register, served

SCALES = ("100k", "300k", "1M")
BUNDLES = 300
REQUESTS = 60
"""Of each shape, at each scale."""


def main() -> None:
    """Reads the arguments and measures."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--scale", action="append", help="100k, 300k, 1M, 10M: only these; nothing is written")
    parser.add_argument("--only", choices=ENGINES, help="this database only; nothing is written")
    parser.add_argument("--workers", type=int, default=2, help="server processes")
    parser.add_argument("--requests", type=int, default=REQUESTS, help="of each shape at each scale")
    parser.add_argument("--keep", type=Path, help="keep the loaded stores in this folder, or use what is there")
    arguments = parser.parse_args()
    if not material.SYNTHEA.is_dir():
        raise SystemExit("the search at scale copies Synthea's bundles, and ../shared/data/synthea is not there")
    scales = sorted(arguments.scale or SCALES, key=number)
    print(machine.line(), flush=True)
    found: dict[str, Any] = {}
    with _folder(arguments.keep) as place, tempfile.TemporaryDirectory(prefix="hub-bench-") as scratch:
        sent = material.bundles(Path(scratch) / "bundles", BUNDLES)
        print(f"{len(sent.paths)} bundles of {sent.source}, copied", flush=True)
        for engine in ENGINES:
            if arguments.only in (None, engine):
                with databases(engine, place / engine, LARGE, is_kept=arguments.keep is not None) as new_database:
                    found[engine] = _measured(place / engine, new_database, scales, arguments, sent)
                    _show(engine, found[engine])
    if arguments.scale is None and arguments.only is None:
        reporting.merge(rounded({engine: _totals(by_scale) for engine, by_scale in found.items()}))


def number(scale: str) -> int:
    """Resources: "300k" is 300,000, "1M" a million."""
    return int(scale[:-1]) * {"k": 1_000, "M": 1_000_000}[scale[-1]]


def _measured(
    place: Path, new_database: NewDatabase, scales: list[str], arguments: argparse.Namespace, sent: material.Bundles
) -> dict[str, Any]:
    """Figures by scale, in one store that grows."""
    home, url, found = place / "home", new_database("scale"), {}
    for scale in scales:
        if loading.loaded(home).resources > 1.1 * number(scale):
            print(f"{scale}: the kept store is larger", flush=True)
            continue
        settings = register(home, url, loading.FACILITIES).settings
        held = loading.grow(home, settings, sent, number(scale))
        started = time.perf_counter()
        tidied(url)
        print(
            f"{scale}: {held.resources:,} resources, {held.per_s:,.0f} loaded a second; "
            f"tidied in {time.perf_counter() - started:.0f} s",
            flush=True,
        )
        with served(home, url, arguments.workers, loading.FACILITIES) as server:
            targets = {row["id"]: server.target(row["id"]) for row in loading.FACILITIES}
            figures = shapes.measure(targets, loading.draws(home), arguments.requests)
            figures["rss_mb"] = server.rss_mb()
        size = sizes.bytes_per_resource(url)
        found[scale] = figures | {"resources": held.resources, "load_per_s": held.per_s, "bytes_per_resource": size}
    return found


def _totals(by_scale: dict[str, Any]) -> dict[str, Any]:
    """What latest.json gets of one database."""
    found = {"search_by_scale": by_scale}
    for scale, name in (("1M", "search_1m_p50_ms"), ("1M", "search_1m_p95_ms"), ("100k", "search_100k_p95_ms")):
        found[name] = by_scale[scale][f"{name.rsplit('_', 2)[1]}_ms"]
    return found | {"search_measured": f"{time.strftime('%Y-%m-%d')}, {machine.line()}"}


def _show(engine: str, by_scale: dict[str, Any]) -> None:
    print(f"\n{engine}")
    print("\n".join(shapes.lines(by_scale)))
    for scale, figures in by_scale.items():
        size = figures["bytes_per_resource"]["without_audit"]
        print(f"{scale}: {size:.0f} bytes a resource on disk without audit; server memory {figures['rss_mb']:.0f} MiB")
    if {"100k", "1M"} <= by_scale.keys():
        times = [by_scale["1M"][name] / by_scale["100k"][name] for name in ("p50_ms", "p95_ms")]
        print(f"1 M takes {times[0]:.2f} times as long as 100 k at the median, {times[1]:.2f} times at p95")


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is None:
        with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
            Path(folder).chmod(0o755)  # PostgreSQL may run as another user
            yield Path(folder)
    else:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.absolute()


if __name__ == "__main__":
    main()
