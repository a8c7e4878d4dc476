"""The adapter port: what a source sends, read, converted and built into FHIR R4. The only package an adapter sees.

`docs/adapters.md` is its manual. Contract of an adapter's mapping.py: `map_record(record, context) -> list of
resources`, pure; it reads every field first, returns [] when `record.refused`, and builds then.
"""

from hub.mapping.adapter import Adapter, load_adapter, load_adapters
from hub.mapping.annotate import annotate
from hub.mapping.codes import Asked, CodeMap, Coding
from hub.mapping.concept_maps import concept_map, spellings
from hub.mapping.context import Context
from hub.mapping.kfa import add_kfa, read_kfa
from hub.mapping.likeness import Likely, suggest
from hub.mapping.manifest import Column, Group, Incomplete, Manifest
from hub.mapping.mapper import Outcome, map_record
from hub.mapping.readers import ERROR_COLUMN, MAX_BYTES, MAX_ROWS, Table, read_file, read_json
from hub.mapping.record import Record
from hub.mapping.report import Report, check_report
from hub.mapping.scaffold import new_adapter
from hub.mapping.template import template, template_csv

__all__ = [
    "ERROR_COLUMN",
    "MAX_BYTES",
    "MAX_ROWS",
    "Adapter",
    "Asked",
    "CodeMap",
    "Coding",
    "Column",
    "Context",
    "Group",
    "Incomplete",
    "Likely",
    "Manifest",
    "Outcome",
    "Record",
    "Report",
    "Table",
    "add_kfa",
    "annotate",
    "check_report",
    "concept_map",
    "load_adapter",
    "load_adapters",
    "map_record",
    "new_adapter",
    "read_file",
    "read_json",
    "read_kfa",
    "spellings",
    "suggest",
    "template",
    "template_csv",
]
