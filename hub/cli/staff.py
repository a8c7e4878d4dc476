"""`hub staff`: who of the health office (or of a facility) may do what, and one sign-in link for all of it."""

from typing import Annotated

import typer

from hub.admission.staff import DUTIES, set_staff, staff, staff_link
from hub.bootstrap import opened
from hub.cli.output import listed
from hub.config import read_config

app = typer.Typer(no_args_is_help=True)


@app.command("set")
def set_duties(
    person: Annotated[str, typer.Argument(help="a stable name, as the trail will show it")],
    duty: Annotated[list[str], typer.Option(help=f"one of: {', '.join(DUTIES)}; several times")],
    facility: Annotated[str, typer.Option(help="staff of this facility, whose one duty is clinician")] = "",
) -> None:
    """Entrust a person with exactly these duties; sessions of a duty that is not among them end."""
    with opened(read_config()) as hub:
        print(f"{person}\t{', '.join(set_staff(hub, person, duty, facility))}")


@app.command("remove")
def remove(
    person: Annotated[str, typer.Argument(help="the name of the sign-in link, as the trail shows it")],
    facility: Annotated[str, typer.Option(help="staff of this facility")] = "",
) -> None:
    """Withdraw all duties: open sessions end with the next request, links not yet used open nothing."""
    with opened(read_config()) as hub:
        set_staff(hub, person, (), facility)


@app.command("list")
def list_staff() -> None:
    """Everybody with a duty."""
    with opened(read_config()) as hub:
        found = staff(hub)
    listed(
        "\t".join(filter(None, (person, ", ".join(duties), facility))) for (person, facility), duties in found.items()
    )


@app.command("link")
def link(person: str) -> None:
    """Mint a one-time sign-in link for all of a person's duties."""
    with opened(read_config()) as hub:
        print(staff_link(hub, person))
