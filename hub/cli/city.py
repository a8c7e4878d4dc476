"""`hub city`: the city's released numbers."""

from typing import Annotated

import typer

from hub.bootstrap import build, close
from hub.cli.output import NOTHING
from hub.config import read_config
from hub.upkeep.releasing import release_closed
from hub.upkeep.releasing_indicators import release_indicators

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _city() -> None:
    """The city's released numbers."""


@app.command("release")
def release(
    month: Annotated[str | None, typer.Option(help="no month after this one (YYYY-MM)")] = None,
) -> None:
    """Release every closed month that has data and is not released yet. What is released is never counted again."""
    hub = build(read_config())
    try:
        done = release_closed(hub, month)
        release_indicators(hub)
    finally:
        close(hub)
    for each in done:
        print(each)
    if not done:
        print("tidak ada bulan yang perlu diterbitkan")
        raise typer.Exit(NOTHING)
