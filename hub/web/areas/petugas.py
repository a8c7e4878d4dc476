"""/petugas: officers of the health office and of the hub."""

from hub.web.areas import OFFICER, Table
from hub.web.pages import officer

TABLE: Table = (
    ("GET", "/petugas", officer.board, OFFICER),
    ("POST", "/petugas/periksa", officer.check_trail, ("privacy-officer",)),
)
