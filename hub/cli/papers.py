"""`hub facility details FILE` and `hub facility show ID`: facilities' papers in, and as they are known."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from hub.access.papers import details, expiring
from hub.bootstrap import build, close
from hub.cli.output import NOTHING, read_json, show
from hub.config import read_config
from hub.registry.papers import details_to_dict, rows_of_csv
from hub.upkeep.papering import set_details


def facility_details(
    file: Annotated[Path, typer.Argument(help="JSON (an object or a list) or CSV; docs/connectors.md has both.")],
) -> None:
    """Load facilities' papers: opening and closing day, address and point, services, licence, accreditation, SATUSEHAT,
    practitioners' permits. Only what the file names is changed; a file with a mistake changes nothing."""
    if file.suffix.lower() == ".csv":
        rows = rows_of_csv(file.read_text(encoding="utf-8-sig"))
    else:
        found = read_json(file)
        rows = found if isinstance(found, list) else [found]
        if not all(isinstance(row, dict) for row in rows):
            raise ValueError(f"{file} must hold objects")
    hub = build(read_config())
    try:
        for one in set_details(hub, rows):
            print(f"{one.facility}\t{', '.join(one.fields) or '='}")
    finally:
        close(hub)


def facility_show(facility_id: str) -> None:
    """Everything known of one facility's papers, as JSON that can be loaded again."""
    hub = build(read_config())
    try:
        if facility_id not in hub.facilities:
            raise ValueError(f"no such facility: {facility_id}")
        show(details_to_dict(details(hub, facility_id), facility_id))
    finally:
        close(hub)


def facility_due(
    day: Annotated[str, typer.Option(help="as of this day (YYYY-MM-DD); default today")] = "",
) -> None:
    """Papers that have ended or end within 90 days, the longest ended first."""
    hub = build(read_config())
    try:
        due = expiring(hub, date.fromisoformat(day) if day else None)
    finally:
        close(hub)
    for one in due:
        left = "-" if one.days is None else str(one.days)
        print("\t".join([one.stage, left, one.facility, one.paper, one.number, one.holder]))
    if not due:
        raise typer.Exit(NOTHING)
