"""The sender's own file back: every cell where it was, our column beside it, and it can be sent again."""

import io

import pytest
import python_calamine

from hub.mapping import ERROR_COLUMN, annotate, check_report, map_record, read_file, template, template_csv
from hub.mapping.annotate import as_text
from hub.mapping.goldens import RECEIVED_MS, sample_facility, samples
from hub.model import Issue


def cells(data, sheet=0):
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return book.get_sheet_by_index(sheet).to_python(skip_empty_area=False)


def all_issues(adapter, path):
    sender = sample_facility(adapter, path.name)
    data = path.read_bytes()
    table = read_file(adapter, data, path.name, sender)
    context = adapter.context(sender, path.name, RECEIVED_MS)
    return data, [*table.issues, *(i for record in table.records for i in map_record(adapter, record, context).issues)]


def test_samples_come_back_whole_with_notes(clinic):
    for path in samples(clinic):
        if path.suffix == ".json":
            continue
        sender = sample_facility(clinic, path.name)
        data, issues = all_issues(clinic, path)
        back = annotate(data, path.name, issues)
        before, after = read_file(clinic, data, path.name, sender), read_file(clinic, back, "back.xlsx", sender)
        assert [record.row for record in after.records] == [record.row for record in before.records]
        assert [record.raw() for record in after.records] == [record.raw() for record in before.records]
        rows = cells(back)
        at = next(row.index(ERROR_COLUMN) for row in rows if ERROR_COLUMN in row)
        for issue in issues:
            if issue.row and issue.code not in ("HUB-2011", "HUB-2012"):
                assert issue.code in rows[issue.row - 1][at]
        noted = {number for number, row in enumerate(rows, 1) if row[at] and row[at] != ERROR_COLUMN}
        assert noted <= {issue.row for issue in issues}


def test_annotating_twice_keeps_one_column(clinic):
    path = samples(clinic)[-1]
    data, issues = all_issues(clinic, path)
    twice = annotate(annotate(data, path.name, issues), "back.xlsx", issues[:1])
    header = cells(twice)[0]
    assert header.count(ERROR_COLUMN) == 1
    at = header.index(ERROR_COLUMN)
    assert sum(1 for row in cells(twice)[1:] if row[at]) == 1


def test_fix_and_send_again(clinic, facility):
    head = b"no_kunjungan,tanggal_kunjungan,nama_pasien,jenis_kelamin,tanggal_lahir,suhu\n"
    data = head + b"K1,18/11/2026,=1+1,P,05/09/1990,%s\n"
    context = clinic.context(facility, "x", RECEIVED_MS)
    record = read_file(clinic, data % b"365", "x.csv", facility).records[0]
    back = annotate(data % b"36.5", "x.csv", map_record(clinic, record, context).issues)
    again = read_file(clinic, back, "x.xlsx", facility)
    assert again.issues == []
    outcome = map_record(clinic, again.records[0], context)
    assert outcome.issues == []
    assert outcome.mapped[0].resource["name"][0]["text"] == "=1+1"
    assert b"<f>" not in back


def test_workbook_cells_keep_their_kind(clinic):
    path = next(path for path in samples(clinic) if path.suffix == ".xlsx")
    data, issues = all_issues(clinic, path)
    before, after = cells(data), cells(annotate(data, path.name, issues, "en"))
    for old, new in zip(before, after, strict=True):
        assert new[: len(old)] == old
    assert cells(annotate(data, path.name, issues), 1) == cells(data, 1)


@pytest.mark.parametrize("note", ["=cmd()", "+1", "-1", "@x", "\tx"])
def test_our_text_is_never_a_formula(note):
    assert as_text(note) == f"'{note}"
    assert as_text("HUB-2040 x") == "HUB-2040 x"


def test_whole_file_issue_and_language(clinic, facility):
    data = b"no_kunjungan,nama_pasien\nK1,A\n"
    table = read_file(clinic, data, "x.csv", facility)
    back = annotate(data, "x.csv", [*table.issues, Issue("HUB-2030", row=2, column="nama_pasien")], "en")
    title, note = (row[2] for row in cells(back))
    assert title.startswith(ERROR_COLUMN)
    assert "required column" in title
    assert "must be filled" in note
    assert read_file(clinic, back, "x.xlsx", facility).issues == table.issues


def test_template_passes_its_own_check_and_comes_back(clinic, facility):
    for name, data in (("t.xlsx", template(clinic)), ("t.csv", template_csv(clinic))):
        report = check_report(clinic, data, name, facility, received_ms=RECEIVED_MS)
        assert (report.rows, report.accepted, report.issues, report.is_clean) == (1, 1, [], True)
    names = [column.name for column in clinic.manifest.columns]
    assert cells(template(clinic))[0] == names
    dictionary = cells(template(clinic), 1)
    assert [row[0] for row in dictionary[1 : len(names) + 1]] == [f"[{name}]" for name in names]


def test_forgotten_example_row_is_skipped(clinic, facility):
    lines = template_csv(clinic).decode("utf-8-sig").splitlines()
    real = lines[1].replace("CONTOH-0001", "K-9")
    table = read_file(clinic, "\r\n".join([*lines, real]).encode(), "x.csv", facility)
    assert [record.cell("no_kunjungan") for record in table.records] == ["K-9"]
    assert [(issue.code, issue.row) for issue in table.issues] == [("HUB-2014", 2)]
