"""The same rows as JSON: an object per row with the columns' names, alone or in a list."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hub.errors import HubError
from hub.fhir import json
from hub.mapping.adapter import Adapter
from hub.mapping.context import pairs
from hub.mapping.readers.header import is_ours, known_names, plain
from hub.mapping.readers.sheets import MAX_BYTES, MAX_CELL
from hub.mapping.readers.table import ERROR_COLUMN, Table, finish
from hub.mapping.record import Record
from hub.model import Facility, Issue

LONGEST_NUMBER = 100
"""Digits before or after the point."""


def read_json(adapter: Adapter, data: bytes, facility: Facility | None = None) -> Table:
    """The records of a JSON list of objects, or of one object. Rows are counted from 1; null is blank.

    A 16-digit number keeps its digits here: JSON numbers are read exactly.
    """
    if len(data) > MAX_BYTES:
        return _refused("HUB-2002", limit=f"{MAX_BYTES // 1048576} MiB")
    try:
        tree = json.read(data)
    except HubError as error:
        return Table(issues=list(error.issues))
    rows = [tree] if isinstance(tree, dict) else tree
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return _refused("HUB-2020")
    known = known_names(adapter.manifest, pairs(facility.settings.get("columns", "")) if facility else {})
    names: dict[str, str] = {}
    issues: list[Issue] = []
    records = [_record(number, row, known, names) for number, row in enumerate(rows, 1)]
    for name, column in names.items():
        if column == "":
            issues.append(Issue("HUB-2011", severity="warning", column=name))
    headers = {column: name for name, column in names.items() if column}
    return finish(adapter, records, issues, headers)


def _refused(code: str, **args: str) -> Table:
    return Table(issues=[Issue(code, severity="fatal", args=args)])


def _record(number: int, row: Mapping[str, Any], known: Mapping[str, str], names: dict[str, str]) -> Record:
    values: dict[str, str] = {}
    headers: dict[str, str] = {}
    shape = []
    for name, value in row.items():
        if is_ours(name, ERROR_COLUMN):
            continue
        column = known.get(plain(name))
        names.setdefault(name, column or "")
        target = column or name
        text = _text(value)
        if text is None or len(text) > MAX_CELL:
            shape.append(
                Issue("HUB-2020" if text is None else "HUB-2004", row=number, column=name, args={"line": str(number)})
            )
            continue
        if target in headers:
            shape.append(Issue("HUB-2008", row=number, column=name))
            continue
        headers[target] = name
        if text:
            values[target] = text
    return Record(number, values, headers, shape)


def _text(value: Any) -> str | None:
    """A scalar as text; None for a list or object, which no column takes."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        # 1e999999999 would be a text of a gigabyte; such numbers stay as they are written, and no column takes them
        return f"{value:f}" if abs(value.adjusted()) < LONGEST_NUMBER else str(value)
    if isinstance(value, int):
        return str(value)
    return None
