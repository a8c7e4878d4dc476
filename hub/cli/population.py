"""`hub population`: whom the services are meant for."""

from collections.abc import Callable
from pathlib import Path

import typer

from hub.bootstrap import opened
from hub.cli.output import read_text
from hub.config import read_config
from hub.parts import Hub
from hub.upkeep.peopling import set_population, set_targets

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _population() -> None:
    """The population and targets of services (docs/indicators.md)."""


@app.command("load")
def load(file: Path) -> None:
    """Take a population: year,area,sex,band,people. The years it names are replaced."""
    _take(file, set_population)


@app.command("targets")
def load_targets(file: Path) -> None:
    """Take targets of indicators: year,indicator,area,facility,people. Those it names are replaced."""
    _take(file, set_targets)


def _take(file: Path, take: Callable[[Hub, str, str], int]) -> None:
    text = read_text(file)
    with opened(read_config()) as hub:
        print(take(hub, text, file.name))
