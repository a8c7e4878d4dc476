"""/petugas: officers of the health office and of the hub."""

from hub.web.areas import OFFICER, Table
from hub.web.pages import officer, persons

STEWARD = ("steward",)

TABLE: Table = (
    ("GET", "/petugas", officer.board, OFFICER),
    ("POST", "/petugas/periksa", officer.check_trail, ("privacy-officer",)),
    ("GET", "/petugas/orang", persons.doubts, STEWARD),
    ("POST", "/petugas/orang/cari", persons.search, STEWARD),
    ("GET", "/petugas/orang/catatan/{id}", persons.person, STEWARD),
    ("POST", "/petugas/orang/catatan/{id}", persons.other, STEWARD),
    ("GET", "/petugas/orang/{one}/{other}", persons.pair, STEWARD),
    ("POST", "/petugas/orang/{one}/{other}", persons.decide, STEWARD),
)
