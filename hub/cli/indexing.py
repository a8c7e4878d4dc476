"""`hub index`: what the search index is complete for, and building what it lacks."""

from typing import Annotated

import typer

from hub.bootstrap import opened
from hub.cli.output import show
from hub.config import read_config
from hub.upkeep.indexing import Progress, build_indexes, index_progress

app = typer.Typer(no_args_is_help=True)


@app.command("status")
def status(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Say which parameters can't be searched yet, and how far their build is."""
    with opened(read_config()) as hub:
        found = index_progress(hub)
    if as_json:
        show({"complete": not found.lacking, **found._asdict()})
        return
    for name, params in found.lacking.items():
        print(f"{name}\t{', '.join(params)}")
    print(_sentence(found))


@app.command("build")
def build_now() -> None:
    """Build what is lacking, at full speed; a serving hub does the same by itself, beside the requests."""
    told = -1
    with opened(read_config()) as hub:
        for percent in build_indexes(hub):
            if percent != told:
                told = percent
                print(f"{percent} %", flush=True)
        print(_sentence(index_progress(hub)))


def _sentence(found: Progress) -> str:
    if not found.lacking:
        return "the search index is complete"
    if not found.total:
        return "not begun: start the server with these parameters first; it builds, and `hub index build` at full speed"
    return f"{found.percent} % ({found.done} of {found.total} resources)"
