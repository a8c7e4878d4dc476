"""The sender's own file back, as XLSX with one more column that says what is wrong in each row.

Every row and cell comes back where it was; texts are written as texts (a cell "=1+1" stays text and is not calculated).
Our own text is kept from being read as a formula even when the file is saved as CSV later. The reader ignores the
column, so the corrected file can be sent as it is.
"""

import io
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from hub.errors import fix, text
from hub.mapping.readers.extent import Unreadable
from hub.mapping.readers.header import is_ours, plain
from hub.mapping.readers.sheets import Sheet, is_workbook, read_sheets
from hub.mapping.readers.table import ERROR_COLUMN
from hub.model import Issue

_LABELS = {"id": ("Kolom", "Peringatan", "Seluruh file"), "en": ("Column", "Warning", "Whole file")}
_NO_TIME = time(0)


def annotate(data: bytes, filename: str, issues: Iterable[Issue], lang: str = "id") -> bytes:
    """XLSX bytes of the file with CATATAN_KESALAHAN. Raises `Unreadable` when the file cannot be read at all, or holds
    no row (HUB-2001)."""
    import xlsxwriter  # as in hub.mapping.template

    found = list(issues)
    by_row: dict[int, list[Issue]] = defaultdict(list)
    for issue in found:
        by_row[issue.row or 0].append(issue)
    sheets = read_sheets(data, filename)
    if not any(sheet.rows for sheet in sheets):
        raise Unreadable("HUB-2001")
    main = _main_sheet(sheets, found)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        formats = _formats(book)
        names = _page_names(sheets)
        for index, sheet in enumerate(sheets):
            page = book.add_worksheet(names[index])
            ours = _our_column(sheet, _header_row(sheet, found)) if index == main else None
            _write_cells(page, sheet, formats, skipped=ours)
            if ours is not None:
                _write_notes(page, sheet, by_row, formats, lang, ours)
    return out.getvalue()


def as_text(note: str) -> str:
    """Our text, safe in any spreadsheet: a leading sign that starts a formula gets an apostrophe before it."""
    return f"'{note}" if note.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else note


def _page_names(sheets: Iterable[Sheet]) -> list[str]:
    """The sheets' names as Excel takes them: at most 31 characters, without its signs, each only once."""
    names: list[str] = []
    taken: set[str] = set()
    for number, sheet in enumerate(sheets, 1):
        name = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "_", sheet.name)[:31].strip("'") or "Data"
        if name.casefold() in taken:
            name = f"{name[:24]} ({number})"
        taken.add(name.casefold())
        names.append(name)
    return names


def _formats(book: Any) -> Mapping[str, Any]:
    return {
        "date": book.add_format({"num_format": "dd/mm/yyyy"}),
        "datetime": book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"}),
        "time": book.add_format({"num_format": "hh:mm:ss"}),
        "text": book.add_format({"num_format": "@"}),
        "bad": book.add_format({"num_format": "@", "bg_color": "#F8D7B0"}),
        "note": book.add_format({"text_wrap": True, "bg_color": "#FBE9D3"}),
        "title": book.add_format({"bold": True, "bg_color": "#F8D7B0"}),
    }


def _main_sheet(sheets: Sequence[Sheet], issues: Sequence[Issue]) -> int:
    """The sheet whose header holds the columns the issues speak of; the first that has rows when they name none."""
    names = {plain(issue.column) for issue in issues if issue.column}
    scores = [
        len(names & {plain(cell) for row in sheet.rows[:30] for cell in row if isinstance(cell, str)})
        for sheet in sheets
    ]
    return scores.index(max(scores)) if any(scores) else next(at for at, sheet in enumerate(sheets) if sheet.rows)


def _header_row(sheet: Sheet, issues: Iterable[Issue]) -> int:
    """The row that holds most of the columns named by issues, else the first row that is at least 60 % filled."""
    names = {plain(issue.column) for issue in issues if issue.column}
    rows = sheet.rows[:30]
    scores = [len(names & {plain(cell) for cell in row if isinstance(cell, str)}) for row in rows]
    if any(scores):
        return scores.index(max(scores))
    width = max((len(row) for row in sheet.rows), default=1)
    for index, row in enumerate(rows):
        if sum(1 for cell in row if cell not in ("", None)) >= max(2, 0.6 * width):
            return index
    return 0


def _our_column(sheet: Sheet, header: int) -> int:
    """Where our column stands in a file that comes back, else the first free one."""
    for index, cell in enumerate(sheet.rows[header]):
        if isinstance(cell, str) and is_ours(cell, ERROR_COLUMN):
            return index
    return max(len(row) for row in sheet.rows)


def _write_cells(page: Any, sheet: Sheet, formats: Mapping[str, Any], skipped: int | None) -> None:
    for row, cells in enumerate(sheet.rows):
        for column, cell in enumerate(cells):
            if column != skipped:
                _write(page, row, column, cell, formats)


def _write(page: Any, row: int, column: int, cell: Any, formats: Mapping[str, Any], style: str | None = None) -> None:
    if cell in ("", None):
        return
    if isinstance(cell, str):
        page.write_string(row, column, cell[:32767], formats[style or "text"])
    elif isinstance(cell, bool):
        page.write_boolean(row, column, cell)
    elif isinstance(cell, (int, float)) and math.isfinite(cell):
        page.write_number(row, column, cell)
    elif isinstance(cell, datetime):
        page.write_datetime(row, column, cell, formats["date" if cell.time() == _NO_TIME else "datetime"])
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell, formats["date"])
    elif isinstance(cell, time):
        page.write_datetime(row, column, cell, formats["time"])
    else:
        page.write_string(row, column, str(cell), formats["text"])


def _write_notes(
    page: Any, sheet: Sheet, by_row: Mapping[int, Sequence[Issue]], formats: Mapping[str, Any], lang: str, at: int
) -> None:
    header = _header_row(sheet, (issue for found in by_row.values() for issue in found))
    titles = [plain(cell) if isinstance(cell, str) else "" for cell in sheet.rows[header]]
    whole = [
        issue for issue in (*by_row.get(0, ()), *by_row.get(header + 1, ())) if issue.severity in ("error", "fatal")
    ]
    notes = "".join(f"\n{_LABELS[lang][2]}: {_note(issue, lang)}" for issue in whole)
    page.write_string(header, at, f"{ERROR_COLUMN}{notes}"[:32767], formats["title"])
    page.set_column(at, at, 80)
    for number, issues in by_row.items():
        if not 1 <= number <= len(sheet.rows) or number == header + 1:
            continue
        notes = "\n".join(_note(issue, lang) for issue in issues)
        page.write_string(number - 1, at, as_text(notes)[:32767], formats["note"])
        for issue in issues:
            column = titles.index(plain(issue.column)) if issue.column and plain(issue.column) in titles else None
            cells = sheet.rows[number - 1]
            if column is not None and column < len(cells) and isinstance(cells[column], str) and cells[column]:
                _write(page, number - 1, column, cells[column], formats, "bad")


def _note(issue: Issue, lang: str) -> str:
    column, warning, _ = _LABELS[lang]
    mark = "" if issue.severity in ("error", "fatal") else f"({warning}) "
    where = f"{column} {issue.column}: " if issue.column else ""
    return f"{mark}{issue.code} {where}{text(issue, lang)} {fix(issue, lang)}"


def is_annotatable(data: bytes) -> bool:
    """True when the file is a table that can be given back (a workbook or text), False for JSON."""
    return is_workbook(data) or data.lstrip()[:1] not in (b"[", b"{")
