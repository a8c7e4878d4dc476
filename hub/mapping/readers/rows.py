"""The same rows as JSON: an object per row with the columns' names, alone or in a list.

A group of the manifest is a list of objects: `"diagnosa": [{"kode": "J06.9"}]` becomes the cell `diagnosa[1].kode`.
`"_removed": true` says that the source no longer has the row whose key columns stand beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from sys import intern
from typing import Any

from hub.errors import HubError
from hub.fhir import json
from hub.mapping.adapter import Adapter
from hub.mapping.context import pairs
from hub.mapping.readers.extent import MAX_CELL
from hub.mapping.readers.header import IGNORED, LONGEST_NAME, is_ours, known_names, long_name, plain
from hub.mapping.readers.sheets import MAX_BYTES
from hub.mapping.readers.suggest import LOOKED_AT, suggest
from hub.mapping.readers.table import ERROR_COLUMN, Table, finish
from hub.mapping.record import Record, unknown_name
from hub.model import Facility, Issue

LONGEST_NUMBER = 100
"""Digits before or after the point."""
REMOVED = "_removed"


@dataclass(frozen=True, slots=True)
class _Known:
    """Accepted names of columns, and of the columns of each group; `used`: the sender's names to ours ("" unknown)."""

    columns: Mapping[str, str]
    groups: Mapping[str, tuple[str, Mapping[str, str]]]
    used: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Cells:
    """The cells of one row as they are gathered."""

    row: int
    values: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    shape: list[Issue] = field(default_factory=list)

    def fault(self, code: str, column: str, **args: str) -> None:
        self.shape.append(Issue(code, row=self.row, column=column, args=args))


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
    known = _known(adapter, facility)
    records = [_record(number, row, known) for number, row in enumerate(rows, 1)]
    unknown = [name for name, column in known.used.items() if not column]
    issues = [Issue("HUB-2011", severity="warning", column=name) for name in unknown]
    headers = {column: name for name, column in known.used.items() if column}
    own = [name for name in unknown if "[]" not in name]  # a column of a group is none that a facility can rename
    values = {name: [record.cell(name) for record in records[:LOOKED_AT]] for name in own}
    suggestions = suggest(adapter.manifest, own, headers, values)
    return replace(finish(adapter, records, issues, headers, facility=facility), suggestions=suggestions)


def _refused(code: str, **args: str) -> Table:
    return Table(issues=[Issue(code, severity="fatal", args=args)])


def _known(adapter: Adapter, facility: Facility | None) -> _Known:
    renames = pairs(facility.settings.get("columns", "")) if facility else {}
    groups = {plain(group.name): (group.name, known_names(group, {})) for group in adapter.manifest.groups}
    return _Known(known_names(adapter.manifest, renames), groups)


def _record(number: int, row: Mapping[str, Any], known: _Known) -> Record:
    cells = _Cells(number)
    is_removed = False
    for place, (name, value) in enumerate(row.items(), 1):
        if is_ours(name, ERROR_COLUMN):
            continue
        if len(name) > LONGEST_NAME:
            cells.shape.append(long_name(number, str(place)))
            continue
        if name == REMOVED:
            is_removed = value is True
            if not isinstance(value, bool):
                cells.fault("HUB-2020", name)
        elif (group := known.groups.get(plain(name))) is not None:
            _add_group(cells, name, value, group[0], group[1], known.used)
        else:
            column = known.columns.get(plain(name))
            if column == IGNORED:
                continue
            theirs = name if column else unknown_name(name)
            known.used.setdefault(theirs, column or "")
            _add(cells, column or theirs, theirs, value)
    headers = {target: name for target, name in cells.headers.items() if target != name}
    return Record(number, cells.values, headers, cells.shape, is_removed=is_removed)


def _add_group(
    cells: _Cells, theirs: str, members: Any, ours: str, columns: Mapping[str, str], used: dict[str, str]
) -> None:
    """The cells of a list of objects, numbered from 1; an object without a filled cell leaves nothing behind."""
    if members is None:
        return
    if not isinstance(members, list) or not all(isinstance(member, dict) for member in members):
        cells.fault("HUB-2020", theirs)
        return
    for number, member in enumerate(members, 1):
        for place, (name, value) in enumerate(member.items(), 1):
            if len(name) > LONGEST_NAME:
                cells.shape.append(long_name(cells.row, f"{place} ({theirs}[{number}])"))
                continue
            column = columns.get(plain(name))
            name = name if column else unknown_name(name)
            used.setdefault(f"{theirs}[].{name}", f"{ours}[].{column}" if column else "")
            # one text for all rows: a hospital's 500 visits have 70,000 cells in groups
            target = intern(f"{ours}[{number}].{column or name}")
            _add(cells, target, f"{theirs}[{number}].{name}", value)


def _add(cells: _Cells, target: str, name: str, value: Any) -> None:
    """One cell, or why it cannot be one."""
    text = _text(value)
    if text is None or len(text) > MAX_CELL:
        cells.fault("HUB-2020" if text is None else "HUB-2004", name, line=str(cells.row))
    elif target in cells.headers:
        cells.fault("HUB-2008", name)
    else:
        cells.headers[target] = name
        if text:
            cells.values[target] = text


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
