"""From sheets to records: header found, rows shaped, faults of the whole file named all at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from hub.mapping.adapter import Adapter
from hub.mapping.context import clock_issues, pairs
from hub.mapping.readers.extent import Unreadable
from hub.mapping.readers.header import Header, find_header, known_names, long_name
from hub.mapping.readers.sheets import Sheet, candidates, cell_text
from hub.mapping.readers.suggest import Suggestion, of_header, without_header
from hub.mapping.readers.suspicion import suspicions
from hub.mapping.record import Record
from hub.model import Facility, Issue

MAX_ROWS = 50_000
NAMELESS_ROWS = 60
"""Rows kept of a sheet without a header, to guess which line is one."""
ERROR_COLUMN = "CATATAN_KESALAHAN"
"""The column we add to a file we give back; ignored when the file returns."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file's records, and what is to be said about the whole file: after an error there are no records."""

    records: list[Record] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    names: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    suggestions: tuple[Suggestion, ...] = ()


def read_file(adapter: Adapter, data: bytes, filename: str, facility: Facility) -> Table:
    """The records of a CSV or workbook, known by its bytes and not its name.

    The facility's setting `columns` renames headers ("Tgl Periksa=tanggal_kunjungan; JK=jenis_kelamin").
    """
    known = known_names(adapter.manifest, pairs(facility.settings.get("columns", "")))
    best: tuple[Sheet, list[list[str]], Header] | None = None
    nameless: list[list[list[str]]] = []
    try:
        for sheet in candidates(data, filename):
            rows = [[cell_text(cell) for cell in row] for row in sheet.rows]
            header = find_header(rows, adapter.manifest, known, ERROR_COLUMN)
            if header and (best is None or len(header.names) > len(best[2].names)):
                best = (sheet, rows, header)
            if header and not header.missing and sheet.separator:
                break
            if header is None:
                nameless.append(rows[:NAMELESS_ROWS])
    except Unreadable as unreadable:
        return Table(issues=[unreadable.issue])
    if best is None:
        issue = Issue("HUB-2006", severity="fatal", args={"columns": ", ".join(adapter.manifest.required)})
        guesses = [without_header(adapter.manifest, rows) for rows in nameless]
        return Table(issues=[issue], suggestions=max(guesses, key=len, default=()))
    table = build_table(adapter, best[1], best[2], best[0].encoding, facility)
    return replace(table, suggestions=of_header(adapter.manifest, best[1], best[2]))


def build_table(
    adapter: Adapter,
    rows: Sequence[Sequence[str]],
    header: Header,
    encoding: str = "",
    facility: Facility | None = None,
) -> Table:
    """Records of the rows below the header, and every issue of the file."""
    issues = _header_issues(header, encoding)
    if any(issue.severity in ("error", "fatal") for issue in issues):
        return Table(issues=issues, names=header.names, encoding=encoding)
    records = [
        _record(number, cells, header) for number, cells in enumerate(rows[header.row :], header.row + 1) if any(cells)
    ]
    return finish(adapter, records, issues, header.names, encoding, facility)


def finish(
    adapter: Adapter,
    records: list[Record],
    issues: list[Issue],
    names: Mapping[str, str],
    encoding: str = "",
    facility: Facility | None = None,
) -> Table:
    """The checks that need all records: none, too many, the template's example, spoiled columns; and what was done to
    the facility's clock."""
    issues += clock_issues(facility) if facility else []
    if not records:
        issues.append(Issue("HUB-2001", severity="fatal"))
    if len(records) > MAX_ROWS:
        issues.append(Issue("HUB-2003", severity="fatal", args={"limit": str(MAX_ROWS), "found": str(len(records))}))
        return Table(issues=issues, names=names, encoding=encoding)
    records = _without_example(adapter, records, issues)
    issues += suspicions(adapter.manifest, records, names)
    if any(issue.severity in ("error", "fatal") for issue in issues):
        return Table(issues=issues, names=names, encoding=encoding)
    return Table(records, issues, names, encoding)


def _header_issues(header: Header, encoding: str) -> list[Issue]:
    row = header.row
    issues = [Issue("HUB-2007", row=row, column=name) for name in header.missing]
    issues += [Issue("HUB-2008", row=row, column=name) for name in header.doubled]
    issues += [long_name(row, str(place)) for place in header.long[:NAMELESS_ROWS]]
    if row > 1:
        issues.append(Issue("HUB-2012", severity="information", row=row))
    if encoding == "utf-8 twice":
        issues.append(Issue("HUB-2013", severity="information"))
    issues += [Issue("HUB-2011", severity="warning", row=row, column=name) for name in header.unknown]
    return issues


def _record(number: int, cells: Sequence[str], header: Header) -> Record:
    values = {}
    beyond = 0
    columns = header.columns
    for index, cell in enumerate(cells):
        if not cell:
            continue
        name = columns[index] if index < len(columns) else None
        if name:
            values[name] = cell
        elif name is None:
            beyond += 1
    shape = []
    if beyond:
        shape.append(Issue("HUB-2010", row=number, args={"cells": str(beyond)}))
    return Record(number, values, header.names, shape)


def _without_example(adapter: Adapter, records: list[Record], issues: list[Issue]) -> list[Record]:
    """Drop the template's example row when real rows stand beside it: nobody wants an invented patient stored."""
    example = {column.name: column.example for column in adapter.manifest.columns}
    names = adapter.manifest.key
    kept = [record for record in records if any(record.cell(name) != example[name] for name in names)]
    if kept and len(kept) < len(records):
        gone = next(record.row for record in records if record not in kept)
        issues.append(Issue("HUB-2014", severity="information", row=gone))
        return kept
    return records
