"""`hub screen`: the wall's screens and their tokens."""

from typing import Annotated

import typer

from hub.admission.screens import add_screen, end_screen, screens
from hub.bootstrap import opened
from hub.cli.output import listed
from hub.config import read_config

app = typer.Typer(no_args_is_help=True)


@app.command("add")
def add(name: Annotated[str, typer.Argument(help="for example balai-kota-1; a known one gets a new token")]) -> None:
    """Give a screen its address. It is shown once: open it on the screen."""
    with opened(read_config()) as hub:
        print(f"{hub.config.base_url}/papan#layar={add_screen(hub, name)}")


@app.command("list")
def list_screens() -> None:
    """Every screen, and whether its token is good."""
    with opened(read_config()) as hub:
        found = screens(hub)
    listed(f"{name}{'' if is_active else '  (diakhiri)'}" for name, is_active in found.items())


@app.command("end")
def end(name: str) -> None:
    """From the next minute on the screen shows nothing new."""
    with opened(read_config()) as hub:
        if not end_screen(hub, name):
            raise ValueError(f"no such screen: {name}")
