"""`hub facility details FILE` and `hub facility show ID`: facilities' papers in, and as they are known."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from hub.access.papers import details, expiring
from hub.bootstrap import opened
from hub.cli.output import listed, read_json, read_text, show
from hub.config import read_config
from hub.registry.papers import details_to_dict, rows_of_csv
from hub.upkeep.papering import set_details


def facility_details(
    file: Annotated[Path, typer.Argument(help="JSON (an object or a list) or CSV; docs/connectors.md has both.")],
) -> None:
    """Load facilities' papers: opening and closing day, address and point, services, licence, accreditation, SATUSEHAT,
    practitioners' permits. Only what the file names is changed; a file with a mistake changes nothing."""
    if file.suffix.lower() == ".csv":
        rows = rows_of_csv(read_text(file))
    else:
        found = read_json(file)
        rows = found if isinstance(found, list) else [found]
        if not all(isinstance(row, dict) for row in rows):
            raise ValueError(f"{file} must hold objects")
    with opened(read_config()) as hub:
        for one in set_details(hub, rows):
            print(f"{one.facility}\t{', '.join(one.fields) or '='}")


def facility_show(facility_id: str) -> None:
    """Everything known of one facility's papers, as JSON that can be loaded again."""
    with opened(read_config()) as hub:
        if facility_id not in hub.facilities:
            raise ValueError(f"no such facility: {facility_id}")
        show(details_to_dict(details(hub, facility_id), facility_id))


def facility_due(
    day: Annotated[str, typer.Option(help="as of this day (YYYY-MM-DD); default today")] = "",
) -> None:
    """Papers that have ended or end within 90 days, the longest ended first."""
    with opened(read_config()) as hub:
        due = expiring(hub, date.fromisoformat(day) if day else None)
    listed(
        f"{one.stage}\t{'-' if one.days is None else one.days}\t{one.facility}\t{one.paper}\t{one.number}\t{one.holder}"
        for one in due
    )
