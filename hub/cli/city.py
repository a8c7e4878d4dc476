"""`hub city`: the city's released numbers."""

from typing import Annotated

import typer

from hub.bootstrap import opened
from hub.cli.output import NOTHING
from hub.config import read_config
from hub.upkeep.releasing_indicators import release_all

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _city() -> None:
    """The city's released numbers."""


@app.command("release")
def release(
    month: Annotated[str | None, typer.Option(help="no month after this one (YYYY-MM)")] = None,
) -> None:
    """Release every closed month that has data and is not released yet. What is released is never counted again."""
    with opened(read_config()) as hub:
        done = release_all(hub, month)
    for each in done:
        print(each)
    if not done:
        print("tidak ada bulan yang perlu diterbitkan")
        raise typer.Exit(NOTHING)
