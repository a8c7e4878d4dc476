"""Workbooks made to exhaust the reader: each is refused in words, none takes the memory it asks for."""

import io
import math
import struct
import zipfile

import pytest
import xlsxwriter

from hub.mapping import annotate, read_file, read_json
from hub.mapping.readers import Unreadable
from hub.mapping.readers.extent import check_extent
from hub.mapping.readers.sheets import cell_text, read_sheets
from hub.model import Issue

SHEET = "xl/worksheets/sheet1.xml"


def book(rows=2, text="ZZZ", name="Data", more=()):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        page = made.add_worksheet(name)
        for row in range(rows):
            page.write(row, 0, text)
            page.write(row, 1, 36.5)
        for other in more:
            made.add_worksheet(other).write(0, 0, "x")
    return out.getvalue()


def changed(data, *changes, renamed=None, added=None):
    source, out = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            for old, new in changes:
                content = content.replace(old, new)
            target.writestr((renamed or {}).get(name, name), content)
        for name, content in (added or {}).items():
            target.writestr(name, content)
    return out.getvalue()


def refusal(data):
    with pytest.raises(Unreadable) as caught:
        read_sheets(data, "x.xlsx")
    return caught.value.issue.code


@pytest.mark.parametrize(
    "place",
    [b"r='XFD1048576'", b's="0"\n r="XFD1048576"', b'r = "XFD1048576"', b'r="XFD&#49;048576"', b'r="xfd1048576"'],
)
def test_a_far_cell_is_seen_however_it_is_written(place):
    assert refusal(changed(book(), (b'r="A2"', place))) == "HUB-2002"


def test_a_far_row_and_a_sheet_under_another_name_are_seen():
    assert refusal(changed(book(), (b'<row r="2"', b'<row r="9999999"'), (b' r="A2"', b""))) == "HUB-2002"
    moved = ((b"worksheets/sheet1.xml", b"evil/s.png"), (b'r="A2"', b'r="XFD1048576"'))
    assert refusal(changed(book(), *moved, renamed={SHEET: "xl/evil/s.png"})) == "HUB-2002"


def test_a_long_text_shared_by_many_cells_is_counted_for_each():
    long = changed(book(300), (b"ZZZ", b"x" * 1_000_000))
    assert len(long) < 20_000
    assert refusal(long) == "HUB-2002"
    assert len(read_sheets(changed(book(20), (b"ZZZ", b"x" * 1000)))[0].rows) == 20


def test_sizes_are_counted_not_believed():
    bomb = changed(book(), added={"xl/media/a.bin": b" " * (101 << 20)})
    assert refusal(bomb) == "HUB-2002"
    lying = bomb.replace(struct.pack("<I", 101 << 20), struct.pack("<I", 100))
    assert refusal(lying) == "HUB-2002"


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04",
        book()[:2000],
        changed(book(), (b"<worksheet", b"<!DOCTYPE a []><worksheet")),
        changed(book(), (b'r="A2"', b'r="1A"')),
        changed(book(), (b"</row>", b"")),
        changed(book(), added={"content.xml": b"<x/>"}),
        changed(book(), added={"XL/workbook.xml": b"<x/>"}),
    ],
)
def test_damaged_and_two_faced_workbooks_are_refused(data):
    assert refusal(data) == "HUB-2005"


def test_cells_may_leave_their_places_out_and_texts_may_fall_between_two_reads():
    assert read_sheets(changed(book(), (b' r="A2"', b""), (b' r="B2"', b"")))[0].rows[1] == ["ZZZ", 36.5]
    check_extent(book(40_000))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 1e300])
def test_no_number_is_too_odd(number):
    assert cell_text(number)
    data = changed(book(), (b"<v>36.5</v>", f"<v>{number}</v>".encode()))
    assert read_sheets(annotate(data, "x.xlsx", []))[0].rows[0][0] == "ZZZ"


@pytest.mark.parametrize("name", ["a/b[c]:*?", "q" * 60, "'q'", "", "yyy", "History"])
def test_a_file_with_odd_sheet_names_comes_back(name):
    data = changed(book(name="ZZZ", more=["YYY"]), (b'name="ZZZ"', f'name="{name}"'.encode()))
    sheets = read_sheets(annotate(data, "x.xlsx", [Issue("HUB-2030", row=2, column="ZZZ")]))
    assert len({sheet.name.casefold() for sheet in sheets}) == 2
    assert sheets[0].rows[1][0] == "ZZZ"


def test_a_number_of_a_gigabyte_stays_short(clinic, facility):
    data = b'[{"no_kunjungan": "K1", "suhu": 1e999999999, "nadi": 1e-999999999}]'
    assert read_json(clinic, data, facility).records[0].raw()["suhu"] == "1E+999999999"


def test_a_refused_workbook_says_so(clinic, facility):
    table = read_file(clinic, changed(book(), (b'r="A2"', b"r='XFD1048576'")), "x.xlsx", facility)
    assert [issue.code for issue in table.issues] == ["HUB-2002"]


INLINE = b'<row><c t="inlineStr"><is><t>%s</t></is></c></row>'


@pytest.mark.parametrize(
    ("change", "limit"),
    [
        ((b"ZZZ", b"x" * ((1 << 20) + 1)), "1 MiB"),
        ((b"</sheetData>", INLINE % (b"x" * ((1 << 20) + 1)) + b"</sheetData>"), "1 MiB"),
        ((b"</sheetData>", INLINE % (b"x" * (1 << 20)) * 51 + b"</sheetData>"), "50 MiB"),
    ],
)
def test_the_text_of_a_cell_and_of_all_cells_is_bounded_before_it_is_held(change, limit):
    with pytest.raises(Unreadable) as caught:
        check_extent(changed(book(), change))
    assert (caught.value.issue.code, caught.value.issue.args["limit"]) == ("HUB-2002", limit)


def test_a_cell_as_long_as_a_program_writes_is_read():
    long = changed(book(), (b"</sheetData>", INLINE % (b"x" * 32_767) + b"</sheetData>"))
    assert read_sheets(long)[0].rows[2][0] == "x" * 32_767
