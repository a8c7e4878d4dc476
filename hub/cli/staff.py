"""`hub staff`: who of the health office may do what, and one sign-in link for all of it."""

from typing import Annotated

import typer

from hub.admission.staff import DUTIES, set_staff, staff, staff_link
from hub.bootstrap import build, close
from hub.cli.output import NOTHING
from hub.config import read_config

app = typer.Typer(no_args_is_help=True)


@app.command("set")
def set_duties(
    person: Annotated[str, typer.Argument(help="a stable name, as the trail will show it")],
    duty: Annotated[list[str], typer.Option(help=f"one of: {', '.join(DUTIES)}; several times")],
) -> None:
    """Entrust a person with exactly these duties."""
    hub = build(read_config())
    try:
        print(f"{person}\t{', '.join(set_staff(hub, person, duty))}")
    finally:
        close(hub)


@app.command("remove")
def remove(person: str) -> None:
    """Withdraw all duties; open sessions end with the next request."""
    hub = build(read_config())
    try:
        set_staff(hub, person, ())
    finally:
        close(hub)


@app.command("list")
def list_staff() -> None:
    """Everybody with a duty."""
    hub = build(read_config())
    try:
        found = staff(hub)
    finally:
        close(hub)
    for person, duties in found.items():
        print(f"{person}\t{', '.join(duties)}")
    if not found:
        raise typer.Exit(NOTHING)


@app.command("link")
def link(person: str) -> None:
    """Mint a one-time sign-in link for all of a person's duties."""
    hub = build(read_config())
    try:
        print(staff_link(hub, person))
    finally:
        close(hub)
