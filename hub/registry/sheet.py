"""A CSV file somebody wrote: a line of headings, then rows, separated by commas or semicolons."""

import csv
import io
from collections.abc import Iterator


def sheet(text: str) -> tuple[list[str], Iterator[tuple[int, dict[str, str]]]]:
    """The headings in small letters, and each row with its line: cells without space at their ends, "" where one is
    missing. ValueError says at which line it is no CSV, or which column stands there twice."""
    rows = _rows(text.removeprefix("\ufeff"))
    headings = [heading.lower() for heading in next(rows, (1, []))[1]]
    if twice := sorted({each for each in headings if each and headings.count(each) > 1}):
        raise ValueError(f"line 1: the column {twice[0][:40]} stands there twice")
    return headings, ((line, dict(zip(headings, cells + [""] * len(headings), strict=False))) for line, cells in rows)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from None
