"""Names, codes and TOML files made to break what reads them: each is refused by name, or read as what it is."""

import io
import json

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import fix, kind, text
from hub.mapping import Incomplete, Record, annotate, load_adapter, read_file, read_json, read_kfa
from hub.mapping.manifest import read_manifest
from hub.mapping.readers.extent import Unreadable
from hub.mapping.record import unknown_name
from hub.mapping.source import read_source
from hub.model import Issue
from tests.mapping.conftest import ROOT
from tests.mapping.test_groups import FOLDER, VISIT


@pytest.fixture(scope="module")
def rawat():
    return load_adapter(FOLDER)


@given(st.dictionaries(st.text(max_size=4) | st.from_regex(r"§\w{0,3}", fullmatch=True), st.text(max_size=30)))
def test_any_raw_gives_a_record(raw):
    record = Record.from_raw(3, raw)
    assert Record.from_raw(3, record.raw()).raw() == record.raw()


@given(st.recursive(st.none() | st.integers() | st.text(max_size=9), lambda each: st.lists(each, max_size=3)))
def test_a_fault_with_any_part_is_dropped_or_read(value):
    good = {"code": "HUB-2020", "severity": "error", "args": {}, "column": "x", "value": None}
    for part in good:
        record = Record.from_raw(3, {"§0": json.dumps(good | {part: value})})
        assert all(isinstance(text(issue), str) for issue in record.issues)


@given(st.text(max_size=12))
def test_an_unknown_name_never_looks_like_ours(name):
    found = unknown_name(f"§{name}")
    assert found
    assert not found.startswith("§")
    assert unknown_name(found) == found
    assert unknown_name("Berat [kg]") == "Berat [kg]"


def test_a_flat_key_is_no_field_of_a_group(rawat, facility):
    data = json.dumps([VISIT | {"diagnosa[1].kd": "J06.9", "diagnosa": [{"§kd": "I10", "§x": "1"}]}]).encode()
    table = read_json(rawat, data)
    (record,) = table.records
    (member,) = record.group("diagnosa")
    assert (member.cell("kd"), member.cell("x")) == ("I10", "1"), "a mark before a known name does not count"
    assert [issue.column for issue in table.issues] == ["diagnosa(1).kd", "diagnosa[].x"]
    names = [*VISIT, "diagnosa[1].kd", "§removed"]
    lines = [";".join(names), ";".join([*VISIT.values(), "J06.9", "1"])]
    (record,) = read_file(rawat, "\n".join(lines).encode(), "x.csv", facility).records
    assert (record.group("diagnosa"), record.is_removed) == ([], False)
    assert not Record.from_raw(1, record.raw()).is_removed


@pytest.mark.parametrize("code", ["HUB-0000", "{evil}", "", "HUB-20200"])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_code_that_nobody_knows_has_a_neutral_text(code, lang):
    issue = Issue(code)
    assert ("HUB-0000" if code == "HUB-0000" else "HUB-?") in text(issue, lang)
    assert fix(issue, lang)
    assert kind(issue) == "processing"


def test_a_workbook_without_rows_is_refused(clinic):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet("Kosong")
        filled = book.add_worksheet("Data")
        filled.write_string(0, 0, "isi")
    assert annotate(out.getvalue(), "x.xlsx", [Issue("HUB-2006", severity="fatal")])
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet("Kosong")
    with pytest.raises(Unreadable) as refused:
        annotate(out.getvalue(), "x.xlsx", [])
    assert refused.value.issue.code == "HUB-2001"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('name = "diagnosa"', "name = 5", "group: name must be a text"),
        ('name = "nama"', 'name = ["a"]', "column: name must be a text"),
        ('name = "nama"', 'name = "nama"\naliases = [1]', "column nama: aliases must be a list of texts"),
        ('name = "nama"', 'name = "§nama"', "keeps for itself"),
        ("[expect]", f"x = {'[' * 5000}{']' * 5000}\n[expect]", "nested too deeply"),
        ("Patient = [1, 1]", "Patient = 1", "expect Patient must be two whole numbers"),
        ("identity = ", "identity = 5 #", "identity must be a list"),
        ("title = ", "title = 5 #", "title must be a text"),
    ],
)
def test_a_manifest_of_wrong_kinds_is_refused_by_name(tmp_path, old, new, fault):
    good = (FOLDER / "adapter.toml").read_text(encoding="utf-8")
    assert old in good
    (tmp_path / "adapter.toml").write_text(good.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Incomplete, match=fault):
        read_manifest(tmp_path / "adapter.toml")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('key = "no_rawat"', "key = 5", "visits: key must be a text"),
        ('since = "%Y/%m/%d"', 'since = "%Q%"', "since is a form of day"),
        ('columns = ["no_rawat", "kd"', 'columns = [1, "kd"', "tables diagnosa: columns must be a list"),
        ("[[children]]", "[children]", r"children must be written as \[\[children\]\]"),
        ("k.cabang", "SLEEP(9) AS cabang", "one SELECT"),
        ("k.cabang", "BENCHMARK (9, MD5(1)) AS cabang", "one SELECT"),
        ("k.cabang", "LOAD_FILE('/etc/passwd') AS cabang", "one SELECT"),
        ("k.cabang", "SLEEP/**/(9) AS cabang", "one SELECT"),
        ("LIMIT :batch", "LIMIT :batch INTO OUTFILE 'x'", "one SELECT"),
        ("LIMIT :batch", "LIMIT :batch INTO DUMPFILE 'x'", "one SELECT"),
        ("LIMIT :batch", "LIMIT :batch; SELECT 1", "one SELECT"),
    ],
)
def test_a_source_of_wrong_kinds_or_with_more_than_a_select_is_refused(rawat, tmp_path, old, new, fault):
    good = (FOLDER / "source.toml").read_text(encoding="utf-8")
    assert old in good
    (tmp_path / "source.toml").write_text(good.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Incomplete, match=fault):
        read_source(tmp_path / "source.toml", rawat.manifest)


@pytest.mark.parametrize("content", ["[visits]\nsql = 5\nkey = 'no_rawat'", "visits = 3", "x = " + "[" * 9000, "\x00"])
def test_a_source_that_is_none_is_refused(rawat, tmp_path, content):
    (tmp_path / "source.toml").write_text(content, encoding="utf-8")
    with pytest.raises(Incomplete, match=r"source\.toml: "):
        read_source(tmp_path / "source.toml", rawat.manifest)


def test_the_adapters_of_the_house_still_read():
    assert read_source(ROOT / "simrs_khanza" / "source.toml", load_adapter(ROOT / "simrs_khanza").manifest)


@pytest.mark.parametrize("name", ["***", "()", "- -", ".", '""""'])
def test_a_medicine_without_a_name_is_refused(tmp_path, name):
    path = tmp_path / "kfa.csv"
    path.write_text(f"kode,nama\n92999001,{name}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"HUB_KFA: kfa\.csv line 2"):
        read_kfa(path)
