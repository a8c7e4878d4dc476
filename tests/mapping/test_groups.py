"""Rows that have many of something: groups in the manifest, in JSON, in a record, in issues, in a replay."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.mapping import Incomplete, Record, load_adapter, map_record, read_file, read_json, template, template_csv
from hub.mapping.contract import contract_faults
from hub.mapping.goldens import RECEIVED_MS
from hub.mapping.manifest import read_manifest
from hub.mapping.readers import read_sheets
from hub.mapping.report import check_report
from hub.validation import check_resource

FOLDER = Path(__file__).parents[1] / "agent" / "adapters" / "rawat"
VISIT = {
    "no_rawat": "2026/11/18/000001",
    "tgl": "2026-11-18",
    "jam": "08:15:00",
    "nama": "Siti Contoh",
    "jk": "P",
    "lahir": "1990-09-05",
}


@pytest.fixture(scope="module")
def rawat():
    return load_adapter(FOLDER)


def read(rawat, *rows):
    return read_json(rawat, json.dumps(list(rows)).encode())


def codes(issues):
    return [(issue.code, issue.column) for issue in issues]


def test_the_contract_holds_for_a_grouped_adapter(rawat):
    assert contract_faults(rawat, check_resource) == []


def test_a_list_of_objects_becomes_numbered_cells(rawat):
    table = read(rawat, {**VISIT, "diagnosa": [{"kd": "J06.9", "urutan": 1}, {}, {"KD": " I10 "}]})
    (record,) = table.records
    assert table.issues == []
    assert record.cell("diagnosa[1].kd") == "J06.9"
    first, third = record.group("diagnosa")  # an object that holds nothing leaves nothing behind
    assert (first.cell("kd"), first.text("urutan"), third.take("kd", str.lower)) == ("J06.9", "1", "i10")
    assert third.full_name("kd") == "diagnosa[3].kd"
    assert record.group("obat") == []
    assert set(record.leftovers) == {*VISIT, "diagnosa[1].kd"}
    first.ignore("kd")
    assert "diagnosa[1].kd" not in record.leftovers


def test_what_is_found_in_a_member_is_said_of_the_row_under_the_senders_name(rawat):
    (record,) = read(rawat, {**VISIT, "Diagnosa": [{"kd": "I10"}, {"Kd": "J6.9"}]}).records
    member = record.group("diagnosa")[1]
    member.warn("kd", "HUB-2080", kind="x")
    assert not record.refused
    member.refuse("kd", "HUB-2075", suggestion="J06.9")
    assert record.refused
    assert member.refused
    assert codes(record.issues) == [("HUB-2080", "Diagnosa[2].Kd"), ("HUB-2075", "Diagnosa[2].Kd")]
    assert record.issues[1].value == "J6.9"
    assert record.issues[1].row == 1


def test_a_whole_visit_with_its_diagnoses(rawat, facility):
    (record,) = read(
        rawat, {**VISIT, "diagnosa": [{"kd": "J06.9", "status": "Baru"}, {"kd": "I10", "urutan": 9}]}
    ).records
    outcome = map_record(rawat, record, rawat.context(facility, "x.json", RECEIVED_MS))
    assert (outcome.issues, outcome.leftovers) == ([], ())
    assert [item.type for item in outcome.mapped] == ["Patient", "Encounter", "Condition", "Condition", "Provenance"]


def test_issues_come_in_the_order_of_columns_and_members(rawat, facility):
    row = {**VISIT, "jk": "X", "diagnosa": [{"urutan": 1}, {"kd": "J6.9"}], "lain": [1], "tgl": "31/11/2026"}
    table = read(rawat, row)
    outcome = map_record(rawat, table.records[0], rawat.context(facility, "x.json", RECEIVED_MS))
    assert codes(outcome.issues) == [
        ("HUB-2020", "lain"),
        ("HUB-2040", "tgl"),
        ("HUB-2073", "jk"),
        ("HUB-2030", "diagnosa[1].kd"),
        ("HUB-2075", "diagnosa[2].kd"),
    ]
    assert codes(table.issues) == [("HUB-2011", "lain")]
    assert outcome.mapped == []


@pytest.mark.parametrize(
    ("value", "column"),
    [
        ("J06.9", "diagnosa"),
        ({"kd": "J06.9"}, "diagnosa"),
        (["J06.9"], "diagnosa"),
        ([{"kd": ["I10"]}], "diagnosa[1].kd"),
    ],
)
def test_a_group_that_is_no_list_of_objects_is_refused(rawat, value, column):
    (record,) = read(rawat, {**VISIT, "diagnosa": value}).records
    assert codes(record.issues) == [("HUB-2020", column)]


def test_unknown_names_in_a_group_are_reported_once_and_show_as_unused(rawat, facility):
    rows = [
        {**VISIT, "no_rawat": str(n), "diagnosa": [{"kd": "I10", "x": "1"}, {"kd": "I11", "x": "2"}]} for n in (1, 2)
    ]
    data = json.dumps(rows).encode()
    assert codes(read_json(rawat, data).issues) == [("HUB-2011", "diagnosa[].x")]
    report = check_report(rawat, data, "x.json", facility, received_ms=RECEIVED_MS)
    assert report.unused == {"diagnosa[].x": 2}


def test_a_column_named_twice_in_a_member_is_refused(rawat):
    (record,) = read(rawat, {**VISIT, "diagnosa": [{"kd": "I10", "Kd": "I11"}]}).records
    assert codes(record.issues) == [("HUB-2008", "diagnosa[1].Kd")]


def test_null_is_no_group(rawat):
    (record,) = read(rawat, {**VISIT, "diagnosa": None}).records
    assert (record.issues, record.group("diagnosa")) == ([], [])


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["kd", "urutan", "status"]), st.sampled_from(["", "-", "I10", "J6.9", "1"])),
        max_size=12,
    )
)
def test_a_record_and_its_replay_are_the_same(rawat, facility, members):
    (record,) = read(rawat, {**VISIT, "diagnosa": members}).records
    again = Record.from_raw(record.row, record.raw())
    assert len(again.group("diagnosa")) == sum(any(member.values()) for member in members)
    context = rawat.context(facility, "x.json", RECEIVED_MS)
    first, second = map_record(rawat, record, context), map_record(rawat, again, context)
    assert first.mapped == second.mapped
    assert [issue.code for issue in first.issues] == [issue.code for issue in second.issues]
    assert bool(first.mapped) != any(issue.severity == "error" for issue in first.issues)


def test_a_removed_row(rawat, facility):
    table = read(rawat, {"no_rawat": "2026/11/18/000001", "_removed": True}, {**VISIT, "_removed": False})
    gone, there = table.records
    assert (gone.is_removed, there.is_removed) == (True, False)
    assert gone.raw() == {"no_rawat": "2026/11/18/000001", "§removed": "1"}
    assert Record.from_raw(1, gone.raw()).is_removed
    assert gone.fresh().is_removed
    outcome = map_record(rawat, gone, rawat.context(facility, "x.json", RECEIVED_MS))
    assert (outcome.mapped, outcome.issues, outcome.key) == ([], [], "2026/11/18/000001")


def test_a_removed_row_needs_its_key_and_a_truth_value(rawat, facility):
    nameless, wordy = read(rawat, {"nama": "x", "_removed": True}, {**VISIT, "_removed": "ya"}).records
    context = rawat.context(facility, "x.json", RECEIVED_MS)
    assert codes(map_record(rawat, nameless, context).issues) == [("HUB-2030", "no_rawat")]
    assert codes(wordy.issues) == [("HUB-2020", "_removed")]
    assert not wordy.is_removed


def test_the_template_of_a_grouped_source_is_its_dictionary(rawat, facility):
    (page,) = read_sheets(template(rawat), "t.xlsx")
    assert page.name == "Kamus kolom"
    assert [row[0] for row in page.rows][1:12] == [
        *(f"[{column.name}]" for column in rawat.manifest.columns),
        "[diagnosa[].kd]",
        "[diagnosa[].status]",
        "",
    ]
    table = read_file(rawat, template_csv(rawat), "t.csv", facility)  # as CSV, without groups
    assert [record.cell("no_rawat") for record in table.records] == ["2026/01/15/000001"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('name = "kd"\n', 'name = "urutan"\n', "column diagnosa.urutan is listed twice"),
        (
            '[[group.column]]\nname = "kd"\ntype = "code"',
            '[[group.column]]\nname = "kd"\ntype = "kode"',
            "unknown type kode",
        ),
        ('[[group]]\nname = "diagnosa"', '[[group]]\nname = "nama"', "group nama needs a name"),
        ('[[group]]\nname = "diagnosa"', '[[group]]\nname = "a[1]"', "needs a name of letters"),
        ('id = "Diagnosis kunjungan."\n', "", "group diagnosa needs a description"),
        (
            'reason = "Urutan baris sudah mengatakannya."',
            'reason = ""',
            "ignored column diagnosa.urutan needs a reason",
        ),
        ('id = "Diagnosis kunjungan."', 'nama = "x"', "group diagnosa: unknown entry nama"),
    ],
)
def test_faults_of_a_group_are_named(tmp_path, old, new, fault):
    good = (FOLDER / "adapter.toml").read_text(encoding="utf-8")
    assert old in good
    path = tmp_path / "adapter.toml"
    path.write_text(good.replace(old, new), encoding="utf-8")
    with pytest.raises(Incomplete) as incomplete:
        read_manifest(path)
    assert fault in str(incomplete.value)
