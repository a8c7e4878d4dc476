"""Readers: bytes of a file in, records out. They know forms of files, never a facility's meaning."""

from hub.mapping.readers.extent import Unreadable
from hub.mapping.readers.rows import read_json
from hub.mapping.readers.sheets import MAX_BYTES, Sheet, read_sheets
from hub.mapping.readers.suggest import Suggestion
from hub.mapping.readers.table import ERROR_COLUMN, MAX_ROWS, Table, read_file

__all__ = [
    "ERROR_COLUMN",
    "MAX_BYTES",
    "MAX_ROWS",
    "Sheet",
    "Suggestion",
    "Table",
    "Unreadable",
    "read_file",
    "read_json",
    "read_sheets",
]
