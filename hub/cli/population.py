"""`hub population`: whom the services are meant for."""

from collections.abc import Callable
from pathlib import Path

import typer

from hub.bootstrap import build, close
from hub.config import read_config
from hub.parts import Hub
from hub.upkeep.peopling import set_population, set_targets

app = typer.Typer(no_args_is_help=True)
_MOST_BYTES = 20_000_000


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
    with file.open("rb") as stream:
        data = stream.read(_MOST_BYTES + 1)
    try:
        if len(data) > _MOST_BYTES:
            raise ValueError
        text = data.decode("utf-8-sig")
    except ValueError:
        raise ValueError(f"{file} is larger than 20 MB or not text in UTF-8") from None
    hub = build(read_config())
    try:
        print(take(hub, text, file.name))
    finally:
        close(hub)
