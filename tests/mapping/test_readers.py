"""Files in every form a clinic sends, and the faults of a whole file."""

import datetime as dt
import io
import json
import zipfile

import pytest
import xlsxwriter

from hub.mapping import MAX_ROWS, read_file, read_json
from hub.mapping.readers.header import find_header
from hub.mapping.readers.sheets import cell_text
from hub.mapping.readers.suggest import GUESSED, suggest
from hub.mapping.readers.wording import words_of
from hub.model import Facility

HEAD = ["no_kunjungan", "tanggal_kunjungan", "nama_pasien", "jenis_kelamin", "tanggal_lahir", "nik"]
ROW = ["K1", "18/11/2026", "René Contoh", "L", "01/02/1990", ""]


def text_of(*rows, separator=";"):
    return "\r\n".join(separator.join(row) for row in rows) + "\r\n"


def workbook(*sheets):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets:
            page = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if isinstance(cell, dt.date):
                        page.write_datetime(r, c, cell, day)
                    elif cell != "":
                        page.write(r, c, cell)
    return out.getvalue()


def codes(table, severity=None):
    return [issue.code for issue in table.issues if severity is None or issue.severity == severity]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_separators_and_encodings(clinic, facility, separator, encoding):
    data = text_of(HEAD, ROW, separator=separator).encode(encoding)
    table = read_file(clinic, data, "x.csv", facility)
    assert table.issues == []
    assert table.records[0].cell("nama_pasien") == "René Contoh"
    assert table.records[0].row == 2


def test_latin1_beyond_cp1252(clinic, facility):
    data = text_of(HEAD, [*ROW[:2], "Ren\x81é", *ROW[3:]]).encode("latin-1")
    assert read_file(clinic, data, "x.csv", facility).records[0].cell("nama_pasien") == "Ren\x81é"


def test_utf8_encoded_twice_is_read_rightly(clinic, facility):
    data = text_of(HEAD, [*ROW[:2], "“René” – Çontoh", *ROW[3:]]).encode().decode("cp1252", "ignore").encode()
    twice = text_of(HEAD, ROW).encode().decode("cp1252").encode()
    assert read_file(clinic, twice, "x.csv", facility).records[0].cell("nama_pasien") == "René Contoh"
    assert codes(read_file(clinic, twice, "x.csv", facility)) == ["HUB-2013"]
    assert read_file(clinic, data, "x.csv", facility).records


def test_sep_line_is_hidden_as_excel_hides_it(clinic, facility):
    table = read_file(clinic, ("sep=;\r\n" + text_of(HEAD, ROW)).encode(), "x.csv", facility)
    assert table.records[0].row == 2
    assert table.issues == []


def test_rows_are_counted_as_excel_counts(clinic, facility):
    text = (
        "Laporan harian;;\n\n"
        + text_of(HEAD, ROW)
        + "\n"
        + text_of(["K2", *ROW[1:2], '"dua\nbaris"', *ROW[3:]], ["K3", *ROW[1:]])
    )
    table = read_file(clinic, text.encode(), "x.csv", facility)
    assert [record.row for record in table.records] == [4, 6, 7]
    assert table.records[1].cell("nama_pasien") == "dua\nbaris"
    assert codes(table) == ["HUB-2012"]


def test_workbook_with_excel_dates_and_numbers(clinic, facility):
    rows = [
        HEAD,
        ["K1", dt.date(2026, 11, 18), "A", "L", 32905, 6371014509900001],
        ["K2", 46344.5, "B", "P", "", 6371014509900010],
    ]
    table = read_file(clinic, workbook(("Catatan", [["x"]]), ("Data", rows)), "x.xlsx", facility)
    first, second = table.records
    assert first.cell("tanggal_kunjungan") == "2026-11-18"
    assert first.cell("tanggal_lahir") == "32905"
    assert first.cell("nik") == "6371014509900001"
    assert second.cell("nik").endswith("E+15")  # ends in 0: Excel may have rounded it
    assert second.cell("tanggal_kunjungan") == "46344.5"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (36.5, "36.5"),
        (120.0, "120"),
        (1e-05, "0.00001"),
        (True, "TRUE"),
        (None, ""),
        (dt.datetime(2026, 11, 20, 8, 15), "2026-11-20 08:15:00"),
        (dt.datetime(2026, 11, 20), "2026-11-20"),
        (dt.time(8, 15), "08:15:00"),
        (dt.timedelta(hours=1), "1:00:00"),
        (9171014509900002.0, "9.17101450990000E+15"),
    ],
)
def test_cell_text(cell, text):
    assert cell_text(cell) == text


def test_headers_by_alias_sign_unit_and_facility_setting(clinic):
    head = ["NO. KUNJUNGAN", "Tgl Periksa", "Nama Lengkap *", "L/P", "Tgl. Lahir", "Suhu (°C)", "Kode Kita"]
    data = text_of(head, ["K1", "18/11/2026", "A", "L", "01/02/1990", "36,5", "J06.9"]).encode()
    sender = Facility(1, "a", "A", settings={"columns": "Kode Kita=diagnosis_1"})
    table = read_file(clinic, data, "x.csv", sender)
    assert codes(table) == []
    assert table.records[0].raw() == {
        "no_kunjungan": "K1",
        "tanggal_kunjungan": "18/11/2026",
        "nama_pasien": "A",
        "jenis_kelamin": "L",
        "tanggal_lahir": "01/02/1990",
        "suhu": "36,5",
        "diagnosis_1": "J06.9",
    }
    assert table.records[0].issue("suhu", "HUB-2050").column == "Suhu (°C)"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "HUB-2001"),
        (b"\xef\xbb\xbf\r\n;;;\r\n", "HUB-2001"),
        (text_of(HEAD).encode(), "HUB-2001"),
        (b"a,b,c\n1,2,3\n", "HUB-2006"),
        (b"<html><table><tr><td>x</td></tr></table></html>", "HUB-2005"),
        (b"%PDF-1.7 abc", "HUB-2005"),
        (b"PK\x03\x04not a zip", "HUB-2005"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "HUB-2005"),
        (b"no_kunjungan;nik\n\0\0;x\n", "HUB-2005"),
        (b"x" * (10 * 1024 * 1024 + 1), "HUB-2002"),
        ((text_of(HEAD, ROW) + '"' + "x" * (1024 * 1024 + 10)).encode(), "HUB-2004"),
    ],
)
def test_unreadable_files(clinic, facility, data, expected):
    table = read_file(clinic, data, "x.csv", facility)
    assert codes(table, "fatal") == [expected]
    assert table.records == []


def test_a_small_workbook_that_would_fill_memory_is_refused(clinic, facility):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEAD)
        page.write(1048575, 16383, "x")
    assert codes(read_file(clinic, out.getvalue(), "x.xlsx", facility)) == ["HUB-2002"]


def test_other_zip_files_are_refused(clinic, facility):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("content.xml", "x")
    assert codes(read_file(clinic, out.getvalue(), "x.ods", facility)) == ["HUB-2005"]


def test_every_fault_of_a_header_at_once(clinic, facility):
    data = text_of(["no_kunjungan", "No RM", "no_rm", "poli", "Warna"], ["K1", "1", "2", "Umum", "x"]).encode()
    table = read_file(clinic, data, "x.csv", facility)
    errors = [(issue.code, issue.column) for issue in table.issues if issue.severity == "error"]
    assert errors == [
        ("HUB-2007", "tanggal_kunjungan"),
        ("HUB-2007", "nama_pasien"),
        ("HUB-2007", "jenis_kelamin"),
        ("HUB-2007", "tanggal_lahir"),
        ("HUB-2008", "no_rm"),
    ]
    assert ("HUB-2011", "Warna") in [(issue.code, issue.column) for issue in table.issues]
    assert table.records == []


def test_ragged_rows(clinic, facility):
    data = text_of(HEAD, [*ROW, "lebih", "lagi"], ["K2", "18/11/2026", "B"]).encode()
    long, short = read_file(clinic, data, "x.csv", facility).records
    assert [(issue.code, issue.row, issue.args["cells"]) for issue in long.issues] == [("HUB-2010", 2, "2")]
    assert short.issues == []
    assert type(long).from_raw(2, long.raw()).issues == long.issues


def test_too_many_rows(clinic, facility):
    line = "K;1;A;L;1;\n"
    data = (text_of(HEAD) + line * (MAX_ROWS + 1)).encode()
    assert codes(read_file(clinic, data, "x.csv", facility)) == ["HUB-2003"]


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("nik", [f"63710145099000{n}0" for n in (1, 2, 3, 4, 5)], "HUB-2017"),
        ("nik", [f"63710145099000{n}" for n in (10, 20, 30, 40, 51)], None),
        ("nik", ["6371014509900010"] * 8, None),
        ("tanggal_kunjungan", ["03/25/2026", "04/05/2026", "01/02/2026"], "HUB-2018"),
        ("tanggal_kunjungan", ["25/03/2026", "04/05/2026", "03/25/2026"], None),
        ("jenis_kelamin", ["P", "W", "P"], "HUB-2019"),
        ("jenis_kelamin", ["P", "W", "L"], None),
        (
            "tanggal_lahir",
            [f"{d}/03/1990" for d in range(13, 19)] + [f"1990-03-{d:02}" for d in range(1, 7)],
            "HUB-2021",
        ),
        ("tanggal_lahir", [f"{d}/03/1990" for d in range(8, 19)] + [f"1990-03-{d:02}" for d in range(1, 7)], None),
    ],
)
def test_spoiled_columns_refuse_the_file(clinic, facility, column, values, expected):
    at = HEAD.index(column)
    rows = [[f"K{n}", *ROW[1:at], value, *ROW[at + 1 :]] for n, value in enumerate(values)]
    table = read_file(clinic, text_of(HEAD, *rows).encode(), "x.csv", facility)
    assert codes(table) == ([expected] if expected else [])
    assert bool(table.records) is (expected is None)


def test_json_rows(clinic, facility):
    data = b'[{"No Kunjungan": "K1", "suhu": 36.50, "nik": 6371014509900010, "no_hp": null, "CATATAN_KESALAHAN": "x"}]'
    record = read_json(clinic, data, facility).records[0]
    assert record.raw() == {"no_kunjungan": "K1", "suhu": "36.50", "nik": "6371014509900010"}
    assert read_json(clinic, b'{"no_kunjungan": "K1"}').records[0].row == 1


@pytest.mark.parametrize("data", [b"1", b'["a"]', b"[1, {}]", b"{", b'{"a": 1, "a": 2}', b"[]"])
def test_json_refused(clinic, data):
    table = read_json(clinic, data)
    assert table.records == []
    assert codes(table, "fatal")


def test_json_nested_value_refuses_its_row(clinic):
    record = read_json(clinic, b'[{"no_kunjungan": {"x": 1}}]').records[0]
    assert [issue.code for issue in record.issues] == ["HUB-2020"]


def test_a_name_too_long_to_be_one_is_refused_by_its_place(clinic, facility):
    long = "[" * 600
    table = read_file(clinic, text_of([*HEAD, long], [*ROW, "x"]).encode(), "a.csv", facility)
    found = next(issue for issue in table.issues if issue.code == "HUB-2027")
    assert (found.row, found.args, found.severity) == (1, {"place": "7", "limit": "500"}, "error")
    assert long not in str(table)
    row = dict(zip(HEAD, ROW, strict=True))
    table = read_json(clinic, json.dumps([row | {long: "x"}]).encode(), facility)
    assert [(issue.code, issue.args["place"]) for issue in table.records[0].issues] == [("HUB-2027", "7")]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Suhu (°C)", ("suhu",)),
        ("Nama [lengkap] (KTP)", ("nama",)),
        ("(Nama)", ("nama",)),
        ("Nama (a (b) c", ("nama", "a", "c")),  # no look goes past the next opening: many cost one look each
        ("Nama [a [b] c", ("nama", "a", "c")),
    ],
)
def test_a_unit_in_brackets_is_no_word_of_a_header(name, words):
    assert words_of(name) == words


def test_a_cell_of_many_brackets_is_no_header_and_only_so_many_headers_are_guessed_at(clinic):
    known = {"nik": "nik", "nama": "nama"}
    brackets = "[" * 600
    assert find_header([[f"NIK{brackets}", "NAMA", "NIK"]], clinic.manifest, known, "X").columns == (
        None,
        "nama",
        "nik",
    )
    assert len(suggest(clinic.manifest, [f"kolom {i}" for i in range(1000)], (), {})) == GUESSED
    assert suggest(clinic.manifest, ["k" * 100], (), {}) == ()
