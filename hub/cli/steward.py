"""`hub identity queue`: the doubts about identity that wait, without content."""

from datetime import datetime
from typing import Annotated, Any

import typer

from hub.bootstrap import opened
from hub.cli.output import show
from hub.clock import city_zone
from hub.config import read_config

app = typer.Typer(no_args_is_help=True)
_DAY_MS = 86_400_000
MOST = 500


@app.callback()
def identity() -> None:
    """The patient index."""


@app.command("queue")
def queue(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the open doubts, oldest first: since when, days, score, the two facilities. No names, no numbers."""
    with opened(read_config()) as hub:
        now = hub.clock()
        with hub.store.reading() as tx:
            count = tx.open_reviews()
            rows = tx.reviews(limit=MOST)
            authors = tx.compartments({end for row in rows for end in row[:2]})
        found: list[dict[str, Any]] = [
            {
                "since": datetime.fromtimestamp(row.created_ms / 1000, city_zone()).isoformat(timespec="minutes"),
                "days": max(0, (now - row.created_ms) // _DAY_MS),
                "score": row.score,
                "facilities": [hub.numbers[authors[end].author].id for end in row[:2]],
            }
            for row in rows
        ]
    if as_json:
        show({"open": count, "doubts": found})
        return
    for one in found:
        print(f"{one['since']}\t{one['days']}\t{one['score']:.2f}\t{' | '.join(one['facilities'])}")
    print(f"{count} open")
