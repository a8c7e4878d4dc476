"""Suggestions for unknown words: the right one first for the misspellings of prescriptions; nothing invented."""

from pathlib import Path

import pytest

from hub.mapping import load_adapters, read_kfa, suggest
from hub.mapping.codes import CodeMap, Coding, normalised
from hub.mapping.kfa import add_kfa, kfa_key
from hub.mapping.likeness import LEAST

ADAPTERS = load_adapters(Path(__file__).parents[2] / "adapters")
KLINIK = ADAPTERS["klinik_csv"].codes

MISSPELT = [
    ("obat", "parasetamoll 500 mg", "N02BE01"),
    ("obat", "amoxilin 500mg kaps", "J01CA04"),
    ("obat", "amoksycilin", "J01CA04"),
    ("obat", "siprofloxacin 500", "J01MA02"),
    ("obat", "metformine hcl 500 mg", "A10BA02"),
    ("obat", "amlodipin besilat 10mg", "C08CA01"),
    ("obat", "kaptopril 25", "C09AA01"),
    ("obat", "asam mefenamatt", "M01AG01"),
    ("obat", "ibuprofene 400", "M01AE01"),
    ("obat", "deksametason 0,5 mg", "H02AB02"),
    ("obat", "simvastatine", "C10AA01"),
    ("obat", "ranitidin hcl", "A02BA02"),
]


@pytest.mark.parametrize(("kind", "text", "code"), MISSPELT)
def test_the_right_medicine_comes_first(kind, text, code):
    found = suggest(KLINIK, kind, normalised(text))
    assert found
    assert found[0].coding.code == code
    assert found[0].score >= LEAST


def test_suggestions_stay_in_their_kind_and_are_few():
    found = suggest(KLINIK, "lab", "gula darah puasaa")
    assert 0 < len(found) <= 3
    assert all(each.coding.system == "http://loinc.org" for each in found)
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)


@pytest.mark.parametrize("text", ["", "xyzzy", "jamu pegal linu cap kuda", "123"])
def test_what_is_like_nothing_gets_no_suggestion(text):
    assert suggest(KLINIK, "obat", normalised(text)) == []


def test_a_suggestion_is_never_applied():
    assert KLINIK.find("obat", "parasetamoll 500 mg") is None


def test_every_lookup_is_told_to_whoever_asked():
    asked = []
    codes = CodeMap({("obat", "a"): Coding("s", "1", "A")}, {}).bound({("obat", "b"): "a"}, asked)
    codes.find("obat", "A"), codes.find("obat", "b"), codes.find("lab", "c")
    assert [(each.kind, each.text, each.coding and each.coding.code) for each in asked] == [
        ("obat", "a", "1"),
        ("obat", "b", "1"),
        ("lab", "c", None),
    ]


LIST = """kode,nama
92999001,Contohamol 500 mg Tablet
92999002,"Contohamol 120 mg/5 mL Sirup"
92999003,"Asam Contoh 0,4 mg Tablet"
92999004,Kembar 5 mg Tablet
92999005,Kembar 5 mg Tablet
"""


@pytest.fixture
def kfa(tmp_path):
    path = tmp_path / "kfa.csv"
    path.write_text(LIST, encoding="utf-8")
    return read_kfa(path)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Contohamol 500 mg Tablet", "92999001"),
        ("contohamol 500mg tab", "92999001"),
        ("CONTOHAMOL 120 mg/5 ml syr", "92999002"),
        ("Asam contoh 0.4 mg tab", "92999003"),
        ("contohamol", None),
        ("contohamol 250 mg tablet", None),
        ("Kembar 5 mg tablet", None),
    ],
)
def test_a_medicine_has_a_kfa_code_only_by_its_whole_name(kfa, text, code):
    codes = KLINIK.joined(kfa)
    medicine = {"resourceType": "MedicationRequest", "medicationCodeableConcept": {"text": text}}
    add_kfa([medicine, {"resourceType": "Patient"}], codes)
    found = [each["code"] for each in medicine["medicationCodeableConcept"].get("coding", ())]
    assert found == ([code] if code else [])
    assert kfa_key(kfa_key(text)) == kfa_key(text)


def test_a_kfa_code_stands_beside_the_one_there_is(kfa):
    concept = {"text": "Contohamol 500 mg Tablet", "coding": [{"system": "http://www.whocc.no/atc", "code": "N02BE01"}]}
    add_kfa([{"medicationCodeableConcept": concept}], KLINIK.joined(kfa))
    assert [each["code"] for each in concept["coding"]] == ["N02BE01", "92999001"]


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "kode,nama\n12345678,Obat\n", "kode,nama\n93000001,\n"])
def test_a_list_that_is_none_is_refused_by_the_name_of_its_setting(tmp_path, content):
    path = tmp_path / "kfa.csv"
    path.write_text(content)
    with pytest.raises(ValueError, match="HUB_KFA"):
        read_kfa(path)
    with pytest.raises(ValueError, match="HUB_KFA"):
        read_kfa(tmp_path / "tidak-ada.csv")
