"""Every kind of dirt and every kind of lookalike, one named case each."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from pairs import patient

from hub.fhir.systems import KK
from hub.identity import demographics, judge

ADULT = {
    "name": "Muhammad Syahrani Hidayat",
    "birth": "1985-03-02",
    "sex": "L",
    "phone": "081011110003",
    "kel": "6371041009",
    "addr": "Jl. Kuin No. 12 RT 05",
}
WOMAN = ADULT | {"name": "Salasiah Lestari", "sex": "P", "birth": "1979-06-14"}
TWIN_NIK = "6371010405199021"
NIK, OTHER_NIK = "6371010203859102", "6371040203859415"
CHILD = {"name": "Hasan Saputra", "birth": "2019-05-04", "sex": "L", "phone": "081011110003", "addr": ADULT["addr"]}
SITI = {"name": "Siti Aminah", "birth": "1985-03-02", "sex": "P"}
NEWBORN = {"name": "By. Ny. Salasiah", "birth": "2026-04-01", "sex": "L", "nik_ibu": "6371015406799121"}

Fields = dict[str, str]
CASES: list[tuple[str, str, Fields, Fields]] = [
    ("titles", "positive", ADULT, {"name": "H. MUHAMMAD SYAHRANI HIDAYAT, S.Kep"}),
    ("the late", "positive", ADULT, {"name": "Alm. Muhammad Syahrani Hidayat"}),
    ("bin", "positive", ADULT, {"name": "M. Syahrani Hidayat bin H. Rusdi"}),
    ("binti", "positive", WOMAN, {"name": "Salasiah Lestari binti Idris"}),
    ("single name", "positive", ADULT | {"name": "Suparman"}, {"name": "SUPARMAN", "kel": ""}),
    ("Muhammad shortened", "positive", ADULT, {"name": "Mohd. Syahrani Hidayat"}),
    ("Muhammad left out", "positive", ADULT, {"name": "Syahrani Hidayat"}),
    ("old spelling", "positive", ADULT | {"name": "Joko Cahyono"}, {"name": "Djoko Tjahjono"}),
    ("old spelling, oe", "positive", ADULT | {"name": "Suharto"}, {"name": "Soeharto"}),
    ("by ear", "positive", WOMAN | {"name": "Fitriani Zainab"}, {"name": "Pitriyani Jainab"}),
    ("joined", "positive", WOMAN | {"name": "Nur Hayati"}, {"name": "Nurhayati"}),
    ("word dropped", "positive", WOMAN | {"name": "Salasiah Dewi Lestari"}, {}),
    ("initial", "positive", WOMAN, {"name": "Salasiah L."}),
    ("typo behind", "positive", WOMAN, {"name": "Salasiah Lestrai"}),
    ("day and month", "positive", ADULT, {"birth": "1985-02-03"}),
    ("year slip", "positive", ADULT, {"birth": "1986-03-02"}),
    ("day slip", "positive", ADULT, {"birth": "1985-03-12"}),
    ("placeholder birth", "positive", ADULT, {"birth": "1985-01-01"}),
    ("year alone", "positive", ADULT, {"birth": "1985"}),
    ("NIK at one side", "positive", ADULT | {"nik": NIK}, {"nik": ""}),
    ("NIK says the birth", "positive", ADULT | {"nik": NIK, "birth": "1985-01-01"}, {"nik": "", "birth": "1985-03-02"}),
    ("NIK cut by Excel", "positive", ADULT | {"nik": NIK}, {"nik": NIK[:15] + "0"}),
    ("NIK cut on both", "positive", ADULT | {"nik": NIK[:15] + "0"}, {}),
    ("NIK slip in the date", "positive", ADULT | {"nik": NIK}, {"nik": "6371010203859102"[:9] + "4" + NIK[10:]}),
    ("NIK alone with name", "positive", {"nik": NIK, "name": ADULT["name"]}, {}),
    (
        "BPJS only",
        "positive",
        {"bpjs": "0001234567891", "name": "Salasiah", "birth": "1979-06-14"},
        {"name": "Salasia"},
    ),
    ("mother's NIK as one's own", "positive", CHILD | {"nik": TWIN_NIK}, {"nik": "6371015406799121"}),
    ("shared telephone", "positive", ADULT | {"addr": "", "kel": ""}, {}),
    ("moved", "positive", WOMAN, {"kel": "6371021006", "addr": "Gg. Damai No. 3 RT 09"}),
    ("husband's name behind", "positive", WOMAN, {"name": "Salasiah Lestari Rusdi"}),
    ("newborn twice, single", "positive", NEWBORN | {"single": "1"}, {"name": "BAYI NY SALASIAH"}),
    ("newborn then named", "positive", NEWBORN | {"single": "1"}, {"name": "Ahmad Zaki", "single": ""}),
    ("newborn, maybe a twin", "unsure", NEWBORN, {"name": "Ahmad Zaki"}),
    ("newborn with the mother's NIK", "unsure", NEWBORN, {"nik": NEWBORN["nik_ibu"], "nik_ibu": ""}),
    ("husband's name alone", "unsure", WOMAN | {"nik": "6371015406799121"}, {"name": "Ny. Abdul Gani"}),
    ("wrong sex", "positive", ADULT, {"sex": "P"}),
    ("two NIKs", "unsure", ADULT | {"nik": NIK}, {"nik": OTHER_NIK}),
    ("NIK same, all else other", "unsure", ADULT | {"nik": NIK}, {"birth": "1985-06-28", "phone": "", "addr": ""}),
    ("twins", "negative", CHILD, {"name": "Husin Saputra"}),
    ("twins, one letter", "negative", CHILD | {"name": "Deni Saputra"}, {"name": "Dani Saputra"}),
    (
        "twins, NIK beside",
        "negative",
        CHILD | {"nik": TWIN_NIK},
        {"nik": "6371010405199022", "name": "Husin"},
    ),
    ("twins, one NIK", "unsure", CHILD | {"nik": TWIN_NIK}, {"name": "Husin Saputra"}),
    ("twins, both cut", "negative", CHILD | {"nik": "6371010405199020"}, {"name": "Husin Saputra"}),
    ("twins, numbered", "negative", NEWBORN | {"name": "By. Ny. Salasiah I"}, {"name": "By. Ny. Salasiah II"}),
    ("boy and girl", "negative", NEWBORN, {"sex": "P"}),
    ("siblings", "negative", CHILD, {"name": "Rahman Saputra", "birth": "2015-11-20"}),
    ("newborns of two years", "negative", NEWBORN, {"birth": "2024-09-12"}),
    ("father and son", "negative", ADULT, {"birth": "2010-11-23"}),
    ("father and son, one NIK", "negative", ADULT | {"nik": NIK}, {"birth": "2010-11-23"}),
    ("father and son, one birthday", "unsure", ADULT, {"birth": "2010-03-02"}),
    ("mother and newborn", "negative", WOMAN, NEWBORN),
    ("mother and child", "negative", WOMAN | {"nik": "6371015406799121"}, CHILD | {"nik_ibu": "6371015406799121"}),
    ("wife with his NIK", "negative", ADULT | {"nik": NIK}, {"name": "Salasiah", "sex": "P", "birth": "1988-01-30"}),
    ("cousins", "negative", ADULT, {"name": "Muhammad Syahrani", "birth": "1987-09-13", "phone": ""}),
    (
        "namesakes of a year",
        "negative",
        {"name": "Siti Aminah", "birth": "1985-03-02", "sex": "P"},
        {"birth": "1985-07-14"},
    ),
    (
        "namesakes of a day",
        "negative",
        {"name": "Siti Aminah", "birth": "1985-03-02", "sex": "P", "phone": "081011110009"},
        {"phone": "081011110008"},
    ),
    ("somebody's telephone", "negative", ADULT, {"name": "Rudi Hartono", "birth": "1971-12-05", "addr": "", "kel": ""}),
    ("a name and a year", "negative", {"name": "Muhammad Rizki", "birth": "2001", "sex": "L"}, {}),
]


@pytest.mark.parametrize(("expected", "a", "b"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_kind(expected: str, a: Fields, b: Fields) -> None:
    one, other = demographics(patient(a)), demographics(patient(a | b))
    assert (judge(one, other).judgement, judge(one, other).rule) == (expected, judge(other, one).rule)


def test_a_family_card_is_the_family_s() -> None:
    kk = {"system": KK, "value": "6371010101109001"}
    father, son = patient(ADULT), patient(ADULT | {"birth": "2010-11-23"})
    for record in (father, son):
        record["identifier"].append(kk)
    assert judge(demographics(father), demographics(son)).judgement == "negative"


def test_the_mothers_name_tells_namesakes_apart() -> None:
    namesake = {"name": "Siti Aminah", "birth": "2001-03-02", "sex": "P"}
    coding = [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "MTH"}]

    def child(mother: str) -> dict[str, object]:
        return patient(namesake) | {"contact": [{"relationship": [{"coding": coding}], "name": {"text": mother}}]}

    one, same, other = (demographics(child(name)) for name in ("Masliani Rahayu", "MASLIANI RAHAJU", "Kursiah"))
    assert judge(one, same).judgement == "positive"
    assert judge(one, other).judgement == "negative"
