"""The template that senders fill in: made from the manifest, so that it cannot disagree with what the hub accepts."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from hub.mapping.adapter import Adapter
from hub.mapping.manifest import Column

ROWS = 2000
"""Rows that are formatted as text and have drop-down lists."""


def template(adapter: Adapter) -> bytes:
    """XLSX: a sheet to fill in (text columns, drop-downs, one example row) and the sheet "Kamus kolom".

    A source with groups is read from a database or sent as JSON: its template is the sheet "Kamus kolom" alone.
    """
    import xlsxwriter  # 2 MB that only a process that writes a workbook needs

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        if not adapter.manifest.groups:
            _form(book, adapter.manifest.columns)
        _dictionary(book, adapter)
    return out.getvalue()


def template_csv(adapter: Adapter) -> bytes:
    """The same as CSV: UTF-8 with BOM and semicolons, which an Indonesian Excel opens in columns."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.name for column in adapter.manifest.columns])
    writer.writerow([column.example for column in adapter.manifest.columns])
    return out.getvalue().encode("utf-8-sig")


def _form(book: Any, columns: Sequence[Column]) -> None:
    page = book.add_worksheet("Data")
    plain = book.add_format({"num_format": "@"})
    heads = {
        True: book.add_format({"bold": True, "bg_color": "#F2B880", "num_format": "@", "border": 1}),
        False: book.add_format({"bold": True, "bg_color": "#D9E6EE", "num_format": "@", "border": 1}),
    }
    for index, column in enumerate(columns):
        page.set_column(index, index, max(12, len(column.name) + 2), plain)
        page.write_string(0, index, column.name, heads[column.required])
        page.write_comment(0, index, f"{column.id}\n{column.en}")
        page.write_string(1, index, column.example, plain)
        if column.allowed:
            page.data_validation(1, index, ROWS, index, _choices(column))
    page.freeze_panes(1, 0)


def _choices(column: Column) -> dict[str, Any]:
    """A drop-down that advises and does not forbid: the hub understands more than the list."""
    return {
        "validate": "list",
        "source": list(column.allowed),
        "error_type": "information",
        "error_title": "Periksa isian",
        "error_message": "Isian di luar daftar; hub mungkin tidak mengenalinya.",
    }


def _dictionary(book: Any, adapter: Adapter) -> None:
    page = book.add_worksheet("Kamus kolom")
    bold = book.add_format({"bold": True, "bg_color": "#D9E6EE"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    heads = ("Kolom", "Wajib", "Jenis", "Keterangan", "Description", "Contoh", "Pilihan", "Nama lain yang diterima")
    for index, (head, width) in enumerate(zip(heads, (20, 8, 10, 50, 50, 22, 30, 45), strict=True)):
        page.set_column(index, index, width, wrap)
        page.write_string(0, index, head, bold)
    named = [(column.name, column) for column in adapter.manifest.columns]
    named += [
        (f"{group.name}[].{column.name}", column) for group in adapter.manifest.groups for column in group.columns
    ]
    for row, (name, column) in enumerate(named, 1):
        cells = (
            f"[{name}]",
            "ya" if column.required else "",
            column.type,
            column.id,
            column.en,
            column.example,
            ", ".join(column.allowed),
            ", ".join(column.aliases),
        )
        for index, cell in enumerate(cells):
            page.write_string(row, index, cell, wrap)
    last = len(named) + 2
    groups = " / ".join(" + ".join(group) for group in adapter.manifest.identity)
    if groups:
        page.write_string(last, 0, "Identitas", bold)
        page.write_string(last, 3, f"Tiap baris perlu salah satu: {groups}", wrap)
    page.freeze_panes(1, 0)
