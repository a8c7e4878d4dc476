"""`hub facility columns FACILITY ["Header=kolom; …"]`: list, confirm and take back what a facility's headers mean."""

from typing import Annotated

import typer

from hub.bootstrap import opened
from hub.config import read_config
from hub.mapping.context import pairs
from hub.model import Principal
from hub.upkeep.columns import confirm_columns, confirmed_columns, forget_column

_OPERATOR = Principal("system", "cli", "HOPERAT")


def facility_columns(
    facility_id: str,
    columns: Annotated[str, typer.Argument(help='"Tgl Periksa=tanggal; JK=jenis_kelamin"; nothing: list them.')] = "",
    remove: Annotated[list[str] | None, typer.Option(help="A header to take back; may be given several times.")] = None,
) -> None:
    """Say what the headers of a facility's files mean, beside what was confirmed before."""
    chosen = pairs(columns)
    if columns.strip() and not chosen:
        raise ValueError('write "Header=kolom", several separated by semicolons')
    with opened(read_config()) as hub:
        if facility_id not in hub.facilities:
            raise ValueError(f"no such facility: {facility_id}")
        for header in remove or ():
            forget_column(hub, _OPERATOR, facility_id, header)
        if chosen:
            confirm_columns(hub, _OPERATOR, facility_id, chosen)
        for header, column in confirmed_columns(hub, facility_id).items():
            print(f"{header}\t{column}")
