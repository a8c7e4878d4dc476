"""`python -m bench.monitor [--facts 10000000] [--home FOLDER]`: what it costs to count a city's indicators.

Facts of invented visits are sealed into a database of their own as the way in would have left them; then the parts of
`hub monitor run` work on them: sealed facts to columns, columns to cells, one more day of facts, and reading the cells.
"""

import argparse
import json
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from decimal import Decimal
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from hub.access.facts import cells, persons, stored
from hub.access.monitoring import month_mark, seal_items
from hub.bootstrap import build, close
from hub.config import read_config
from hub.model import Facility
from hub.monitor import Fact
from hub.monitor.ages import age_band
from hub.monitor.engines import run
from hub.monitor.engines.columns import joined
from hub.monitor.indicators import definitions
from hub.parts import Hub
from hub.registry import areas
from hub.store import FactRow
from hub.upkeep.indicators import count_indicators, places
from hub.upkeep.registering import register_facility

FACILITIES, PERSONS, MONTHS = 200, 400_000, 24
END = 2026 * 12 + 10
"""The month after the last (counted from year 0)."""
DIAGNOSES = ("J06.9", "I10", "E11.9", "A09", "K30", "J18.9", "M54.5", "A15.0", "J00", "L30.9", "R50.9", "N39.0")
_made: list[Hub] = []


def main() -> None:
    """Reads the arguments, makes what is missing and measures."""
    parser = argparse.ArgumentParser(prog="python -m bench.monitor", description=__doc__)
    parser.add_argument("--facts", type=int, default=10_000_000)
    parser.add_argument("--home", type=Path, help="kept, and used again")
    parser.add_argument("--engine", default="duckdb")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="definitions whose id begins so, or so: spm-,inm-")
    parser.add_argument("--each", action="store_true", help="seconds of each definition")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        hub = build(read_config({"HUB_HOME": str(arguments.home or name)}))
        try:
            print(json.dumps(_measured(hub, arguments), indent=2))
        finally:
            close(hub)


def _measured(hub: Hub, arguments: argparse.Namespace) -> dict[str, Any]:
    if len(hub.facilities) < FACILITIES:
        fill(hub, arguments.facts, arguments.processes)
    found: dict[str, Any] = {"processes": arguments.processes, "engine": arguments.engine}
    with hub.store.reading() as tx:
        is_new = not tx.block_versions()
    if is_new:
        ran = count_indicators(hub, arguments.engine, processes=arguments.processes)
        assert ran is not None
        found["sealed facts to columns, s"], found["all months, s"] = ran.opening_s, ran.counting_s
    with hub.store.reading() as tx:
        marks = sorted(tx.block_versions())
    took, table = timed(lambda: joined((block for mark in marks for block in stored(hub, mark)), persons(hub)))
    found["facts"], found["columns read, s"] = table.num_rows, took
    shipped = [each for each in definitions() if each.sql and each.id.startswith(tuple(arguments.only.split(",")))]
    found["definitions"] = len(shipped)
    work = partial(run, arguments.engine, table, places(hub))
    took, counted = timed(partial(work, shipped))
    found["all indicators, s"], found["cells"] = took, len(counted)
    if arguments.engine != "duckdb":
        return found | {"the same as DuckDB's": counted == run("duckdb", table, places(hub), shipped)}
    if arguments.each:
        found |= {f"  {each.id}, s": timed(partial(work, [each]))[0] for each in shipped}
    del table, work, counted
    with hub.store.writing() as tx:
        tx.put_facts(rows(hub, random.Random(time.time_ns()), END - 1, 2_000))
    took, ran = timed(partial(count_indicators, hub, arguments.engine))
    found["a day more, s"], found["of it counting, s"] = took, ran.counting_s if ran else 0
    months = [_name(number) for number in range(END - 12, END)]
    for each in shipped:
        found[f"cells of 12 months ({each.id}), s"] = timed(partial(cells, hub, each.id, months))[0]
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return found | {"peak, MB": peak / 1024}


def fill(hub: Hub, facts: int, processes: int) -> None:
    """Seal about so many facts of invented visits, MONTHS months of them."""
    for number in range(FACILITIES):
        is_public = number % 4 == 0
        kind, owner = ("puskesmas", "public") if is_public else ("klinik", "private")
        register_facility(hub, Facility(0, f"{kind}-{number}", f"{kind.title()} {number}", kind, owner))
    visits = round(facts / MONTHS / 9.2)
    jobs = [
        (number, min(20_000, visits - start))
        for number in range(END - MONTHS, END)
        for start in range(0, visits, 20_000)
    ]
    _made.append(hub)
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        for made in pool.map(_make, enumerate(jobs)):
            with hub.store.writing() as tx:
                tx.put_facts(made)


def _make(job: tuple[int, tuple[int, int]]) -> list[FactRow]:
    seed, (month, visits) = job
    return list(rows(_made[-1], random.Random(seed), month, visits))


def rows(hub: Hub, source: random.Random, month: int, visits: int) -> Iterator[FactRow]:
    """Visits of a month, each a row as the way in writes it."""
    first = (date(month // 12, month % 12 + 1, 1) - date(1970, 1, 1)).days
    mark = month_mark(hub, first)
    codes = [area.code for area in areas()]
    for _ in range(visits):
        patient = int(source.random() ** 1.5 * PERSONS)
        about = random.Random(patient)
        sex, area, home = about.choice(("male", "female")), about.choice(codes), about.randrange(FACILITIES) + 1
        birth, is_member = f"{about.randint(1940, 2026)}-{about.randint(1, 12):02}-15", about.random() < 0.7
        chronic = about.choice(DIAGNOSES)
        facility = home if source.random() < 0.8 else source.randrange(FACILITIES) + 1
        on = first + source.randrange(28)
        band = age_band(birth, on)
        age = max(0, (on - (date.fromisoformat(birth) - date(1970, 1, 1)).days) // 365)

        def fact(kind: str, code: str, value: str | None = None, case: str = "", lag: int | None = None) -> Fact:
            number = None if value is None else Decimal(value)
            return Fact(kind, code, on, facility, area, band, sex, number, case, lag, age)  # noqa: B023

        found = [fact("encounter", "AMB", lag=source.randrange(4)), fact("wait", "AMB", str(source.randrange(120)))]
        if is_member:
            found.append(fact("payer", "JKN"))
        found.append(fact("diagnosis", chronic if source.random() < 0.5 else source.choice(DIAGNOSES), case="new"))
        found.append(fact("vital", "8480-6", str(source.randrange(100, 180))))
        found.append(fact("vital", "8462-4", str(source.randrange(60, 110))))
        found.append(fact("vital", "29463-7", str(source.randrange(3, 90))))
        found.append(fact("vital", "8310-5", f"36.{source.randrange(9)}"))
        if source.random() < 0.3:
            found.append(fact("lab", source.choice(("2345-7", "4548-4", "1558-6")), str(source.randrange(5, 200))))
        found.append(fact("medicine", source.choice(("93000123", "J01CA04", "C08CA01", "N02BE01"))))
        if source.random() < 0.2:
            found.append(fact("immunization", source.choice(("08", "03", "10"))))
        if source.random() < 0.05:
            found.append(fact("referral", ""))
        number = source.getrandbits(62)
        yield FactRow(hub.blinder.pseudonym(patient), number, 1, seal_items(hub, number, {number: found}), mark)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds by the wall clock, and what came of it."""
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


def _name(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02}"


if __name__ == "__main__":
    main()
