"""Taking in the big invented city as it would have come in: week by week, each file on the day it was sent.

The hub's clock is set to that day, so that what is late is late. Two processes share the facilities; both finish a
week before the next begins.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from datetime import time as clock_time
from functools import partial
from itertools import groupby
from multiprocessing import get_context
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from hub.bootstrap import build, opened, settle
from hub.cli.loading import pull_here
from hub.clock import city_zone
from hub.config import Config
from hub.model import Principal
from hub.parts import Hub
from hub.pipeline import submit
from hub.upkeep.indicators import count_indicators
from hub.upkeep.papering import set_details
from hub.upkeep.peopling import set_population, set_targets
from hub.upkeep.releasing_indicators import release_all
from hub.upkeep.reporting import keep_reporting
from hub.upkeep.signalling import survey

if TYPE_CHECKING:  # a server has no use for invented people
    from fixtures.bigcity import BigCity, Delivery

PROCESSES = 2
_WINDOW_DAYS = 21
"""How far back a hospital's agent looks for what has changed."""


class Taken(NamedTuple):
    """Rows accepted and refused."""

    accepted: int = 0
    refused: int = 0


def load_weeks(hub: Hub, city: "BigCity", console: Console, processes: int = PROCESSES) -> Taken:
    """Take in every delivery in order of its day, the facilities' papers, population and targets; `processes` 1 loads
    here."""
    started = time.monotonic()
    set_details(hub, city.papers, by="demo")
    for take, name in ((set_population, "penduduk.csv"), (set_targets, "sasaran.csv")):
        take(hub, (city.folder / name).read_text(encoding="utf-8"), name)
    shares = _shares(city, processes)
    whole = Taken()
    weeks = [list(each) for _, each in groupby(city.deliveries, lambda one: one.day - timedelta(one.day.weekday()))]
    context = get_context("spawn")
    pools = [ProcessPoolExecutor(1, context, _begin, (hub.config,)) for _ in range(processes if processes > 1 else 0)]
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[state]}"), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console) as bars:
            bar = bars.add_task(f"{len(city.facilities)} faskes", total=len(weeks), state="")
            for week in weeks:
                if pools:
                    parts = [[each for each in week if each.facility in share] for share in shares]
                    jobs = [pool.submit(_take, part) for pool, part in zip(pools, parts, strict=True)]
                    done = [job.result() for job in jobs]
                else:
                    done = [_take_in(hub, week)]
                whole = Taken(*map(sum, zip(whole, *done, strict=True)))
                state = f"{week[-1].day} · {whole.accepted} diterima · {whole.refused} karantina"
                bars.update(bar, advance=1, state=state)
    finally:
        for pool in pools:
            pool.shutdown()
    console.print(
        f"[bold]{len(city.city_truth)} kunjungan dari {len(city.facilities)} faskes dimuat dalam "
        f"{time.monotonic() - started:.1f} detik[/bold]"
    )
    return whole


def prepare_figures(hub: Hub) -> list[str]:
    """What a serving hub does by itself in the course of a day: closed months released (they are returned), indicators
    counted and released, weeks of reporting and surveillance made up."""
    count_indicators(hub)
    months = release_all(hub)
    keep_reporting(hub)
    survey(hub)
    return months


def prepare_apart(config: Config) -> list[str]:
    """The same in a process of its own."""
    with opened(config) as hub:
        return prepare_figures(hub)


def _shares(city: "BigCity", processes: int) -> list[set[str]]:
    """The facilities in parts of about the same work: the bytes of their files, a hospital's database once."""
    work: dict[str, int] = {}
    for one in city.deliveries:
        size = one.path.stat().st_size
        before = work.get(one.facility, 0)
        work[one.facility] = max(before, size) if one.path.suffix == ".db" else before + size
    shares: list[set[str]] = [set() for _ in range(max(1, processes))]
    loads = [0] * len(shares)
    for facility in sorted(work, key=lambda each: -work[each]):
        least = loads.index(min(loads))
        shares[least].add(facility)
        loads[least] += work[facility]
    return shares


_hub: list[Hub] = []
"""The hub of a loading process."""


def _begin(config: Config) -> None:
    _hub[:] = [build(config)]
    settle()


def _take(deliveries: Sequence["Delivery"]) -> Taken:
    return _take_in(_hub[0], deliveries)


def _take_in(hub: Hub, deliveries: Sequence["Delivery"]) -> Taken:
    """Each file as its facility sends it, the hub's clock at eight in the morning of that day."""
    accepted = refused = 0
    for one in deliveries:
        moment = datetime.combine(one.day, clock_time(8), city_zone())
        then = min(int(moment.timestamp() * 1000), hub.clock())
        at = replace(hub, clock=partial(int, then))
        who = Principal("clinic-client", f"{one.facility}-rme", "TREAT", facility=one.facility)
        if one.path.suffix == ".db":
            counts = dict(pull_here(at, who, one.path, _WINDOW_DAYS).hub)
        else:
            counts = submit(at, who, hub.facilities[one.facility].adapter, one.path.read_bytes(), one.path.name).counts
        accepted += counts["accepted"]
        refused += counts["quarantined"]
    return Taken(accepted, refused)
