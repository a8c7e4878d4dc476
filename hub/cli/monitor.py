"""`hub monitor`: counting the indicators."""

import os
import sys
import threading
from typing import Annotated

import typer

from hub.bootstrap import opened
from hub.cli.output import NOTHING, USAGE, fail, show
from hub.config import read_config
from hub.upkeep.beside import DUTIES
from hub.upkeep.indicators import count_indicators
from hub.upkeep.releasing_indicators import release_indicators

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _monitor() -> None:
    """The city's indicators."""


@app.command("run")
def run(
    engine: Annotated[str, typer.Option(help="duckdb, or spark (with the extra of that name, and Java)")] = "duckdb",
    full: Annotated[bool, typer.Option("--full", help="Open and count everything anew.")] = False,
    processes: Annotated[int | None, typer.Option(min=1, max=64, help="To open facts; default: one per core.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Count the indicators whose facts, persons or definitions changed, and release those of closed months that are not
    released yet. A serving hub starts this by itself."""
    try:
        with opened(read_config()) as hub:
            ran = count_indicators(hub, engine, is_full=full, processes=processes or _cores())
            release_indicators(hub)
    except ImportError as error:
        fail(f"{engine}: {error.name} is not installed (pip install 'jukung[{engine}]')", USAGE)
    if ran is None:
        print("proses lain sedang menghitung")
        raise typer.Exit(NOTHING)
    if as_json:
        show(ran._asdict())
        return
    print(f"{ran.months} bulan dibuka ({ran.opening_s:.1f} s), {ran.counted} tabel dihitung ({ran.counting_s:.1f} s)")


@app.command("beside", hidden=True)
def beside(name: Annotated[str, typer.Argument(help=", ".join(DUTIES))]) -> None:
    """What a serving hub does beside the requests, once: gently, and no longer than standard input."""
    if name not in DUTIES:
        fail(f"{name}: {', '.join(DUTIES)}", USAGE)
    os.nice(10)
    threading.Thread(target=_end_with_input, daemon=True).start()
    with opened(read_config()) as hub:
        DUTIES[name].work(hub)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(USAGE)
