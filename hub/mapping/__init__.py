"""The adapter port: what a source sends, read, converted and built into FHIR R4. The only package an adapter sees.

`docs/adapters.md` is its manual. Contract of an adapter's mapping.py: `map_record(record, context) -> list of resources`,
pure; it reads every field first, returns [] when `record.refused`, and builds then.
"""

from hub.mapping.adapter import Adapter, load_adapter, load_adapters
from hub.mapping.codes import CodeMap, Coding
from hub.mapping.context import Context
from hub.mapping.manifest import Column, Incomplete, Manifest
from hub.mapping.mapper import Outcome, map_record
from hub.mapping.readers import ERROR_COLUMN, MAX_BYTES, MAX_ROWS, Table, read_file, read_json
from hub.mapping.record import Record

__all__ = [
    "ERROR_COLUMN",
    "MAX_BYTES",
    "MAX_ROWS",
    "Adapter",
    "CodeMap",
    "Coding",
    "Column",
    "Context",
    "Incomplete",
    "Manifest",
    "Outcome",
    "Record",
    "Table",
    "load_adapter",
    "load_adapters",
    "map_record",
    "read_file",
    "read_json",
]
