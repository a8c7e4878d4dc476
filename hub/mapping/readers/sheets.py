"""A file as sheets of cells: every separator, every encoding, XLSX/XLS. No meaning yet.

A row's number is what the sender's program shows: Excel counts blank lines and hides a first line `sep=;`.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import python_calamine

from hub.mapping.readers.encoding import decode
from hub.mapping.readers.extent import MAX_CELL, MAX_CELLS, Unreadable, check_extent

MAX_BYTES = 10 * 1024 * 1024
SEPARATORS = ",;\t|"

csv.field_size_limit(MAX_CELL)  # the module has only this process-wide limit; ours is the only reader of CSV


@dataclass(frozen=True, slots=True)
class Sheet:
    """Cells by row; `rows[0]` is row 1. CSV cells are str; a workbook's are str, float, bool, date, datetime, time."""

    name: str
    rows: Sequence[Sequence[Any]]
    encoding: str = ""
    separator: str = ""


def read_sheets(data: bytes, filename: str = "") -> list[Sheet]:
    """The sheets of a file (a CSV has one). For a CSV the separator is the one that makes the most even table."""
    found = list(candidates(data, filename))
    return found if is_workbook(data) else found[:1]


def candidates(data: bytes, filename: str = "") -> Iterator[Sheet]:
    """The sheets of a workbook, or one CSV read with each separator, the likeliest first (tab for *.tsv).

    Raises `Unreadable`.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable("HUB-2002", limit=f"{MAX_BYTES // 1048576} MiB")
    if not data.strip(b"\0\r\n\t ;,|\xef\xbb\xbf"):
        raise Unreadable("HUB-2001")
    if is_workbook(data):
        yield from _workbook(data)
        return
    head = data[:2048].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml", b"%pdf", b"<meta")):
        raise Unreadable("HUB-2005", found="PDF" if head.startswith(b"%pdf") else "HTML/XML")
    if b"\0" in data and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable("HUB-2005", found="biner")
    text, encoding = decode(data)
    first, _, rest = text.partition("\n")
    if len(first.strip()) == 5 and first.lower().startswith("sep="):
        yield _csv(rest, first.strip()[4], encoding)
        return
    start = text[:65536]
    is_tabbed = filename.casefold().endswith(".tsv")
    for separator in sorted(SEPARATORS, key=lambda mark: (not (mark == "\t" and is_tabbed), -_evenness(start, mark))):
        if separator in start or separator == ",":
            yield _csv(text, separator, encoding)


def is_workbook(data: bytes) -> bool:
    """True for XLSX (zip) and XLS (OLE)."""
    return data[:4] == b"PK\x03\x04" or data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _evenness(text: str, separator: str) -> int:
    """How often the commonest number of separators occurs in a line, weighted by that number."""
    counts = [line.count(separator) for line in text.splitlines()[:50] if line.strip()]
    best = max(set(counts), key=lambda number: (counts.count(number) * number, number), default=0)
    return counts.count(best) * best


def _csv(text: str, separator: str, encoding: str) -> Sheet:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        if "limit" in str(error):
            raise Unreadable("HUB-2004", line=str(len(rows) + 1)) from error
        raise Unreadable("HUB-2005", found="CSV") from error
    return Sheet("", rows, encoding, separator)


def _workbook(data: bytes) -> Iterator[Sheet]:
    if data[:2] == b"PK":
        check_extent(data)
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in workbook.sheet_names:
            page = workbook.get_sheet_by_name(name)
            if page.total_height * page.total_width > MAX_CELLS:  # an XLS: at most 65536 x 256, so it can be opened
                raise Unreadable("HUB-2002", limit=f"{MAX_CELLS} sel/cells")
            yield Sheet(name, page.to_python(skip_empty_area=False))
    except python_calamine.PasswordError as error:
        raise Unreadable("HUB-2009") from error
    except (python_calamine.CalamineError, OSError) as error:
        raise Unreadable("HUB-2005", found="XLSX") from error


def cell_text(cell: Any) -> str:
    """A cell as text. Dates as ISO, numbers without exponent; a 16-digit number that ends in 0 shows its exponent:
    Excel keeps 15 digits, so the last one is unknown and no conversion may take it for a NIK."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (float, int)):
        return _number_text(cell)
    if isinstance(cell, datetime):
        at_midnight = not (cell.hour or cell.minute or cell.second or cell.microsecond)
        return cell.date().isoformat() if at_midnight else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


def _number_text(cell: float) -> str:
    exact = Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell)
    if not exact.is_finite():
        return str(cell)
    if abs(exact) >= 10**15 and (abs(exact) > 2**53 or exact % 10 == 0):
        return f"{exact:.14E}"
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
