"""NIK, BPJS card, phone, gender, choices."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.mapping.values import Doubtful, Unfit, bpjs, gender, nik, nik_fits, one_of, phones

GOOD = "6371014509900001"


@pytest.mark.parametrize(
    "text",
    [GOOD, "6371 0145 0990 0001", "6371.0145.0990.0001", "'6371014509900001", "6371-0145-0990-0001", f" {GOOD} "],
)
def test_nik_as_typed(text):
    assert nik(text) == GOOD


@pytest.mark.parametrize("text", ["0", "-"])
def test_nik_absent(text):
    assert nik(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("6371014509900000", "HUB-2061"),
        ("6,37101E+15", "HUB-2061"),
        ("6.37101450990000E+15", "HUB-2061"),
        ("637101450990001", "HUB-2060"),
        ("63710145099000012", "HUB-2060"),
        ("1111111111111111", "HUB-2062"),
        ("6371013213900001", "HUB-2063"),
        ("6371010013900001", "HUB-2063"),
        ("6371017509900001", "HUB-2063"),
        ("63710145O9900001", "HUB-2060"),
        ("٦٣٧١٠١٤٥٠٩٩٠٠٠٠١", "HUB-2065"),
        ("６３７１０１４５０９９０００１", "HUB-2065"),
    ],
)
def test_nik_refused(text, code):
    with pytest.raises(Unfit, match=code):
        nik(text)


@given(st.dates(date(1930, 1, 1), date(2026, 1, 1)), st.booleans(), st.integers(1, 99))
def test_a_well_formed_nik_is_taken_and_fits_its_person(birth, is_female, serial):
    text = f"637103{birth.day + 40 * is_female:02}{birth:%m%y}00{serial:02}"
    assert nik(text) == text
    sex = "female" if is_female else "male"
    assert nik_fits(text, birth, sex)
    assert not nik_fits(text, birth, "male" if is_female else "female")


def test_bpjs():
    assert bpjs("0001827364551") == "0001827364551"
    assert bpjs("000 1827 364 551") == "0001827364551"
    assert bpjs("1827364551") == Doubtful("0001827364551", "HUB-2067")
    assert bpjs("0") is None
    for text in ("12345", "00018273645512", "6371014509900001", "umum"):
        with pytest.raises(Unfit, match="HUB-2066"):
            bpjs(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("081200000000", ("+6281200000000",)),
        ("0812-0000.0000", ("+6281200000000",)),
        ("+62 812 0000 0000", ("+6281200000000",)),
        ("6281200000000", ("+6281200000000",)),
        ("81200000000", ("+6281200000000",)),
        ("+62 0812 0000 0000", ("+6281200000000",)),
        ("(0511) 3300000", ("+625113300000",)),
        ("0812 0000 0000 / 0511 3300000", ("+6281200000000", "+625113300000")),
        ("0", None),
        ("tidak ada", None),
    ],
)
def test_phones(text, expected):
    assert phones(text) == expected


def test_odd_phone_is_kept_with_a_warning():
    assert phones("0812 (anak)") == Doubtful(("0812 (anak)",), "HUB-2068")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("L", "lk", "Laki-laki", "LAKI LAKI", "Pria", "M", "1", "Laki2"), "male"),
        (("P", "pr.", "Perempuan", "Wanita", "W", "F", "2"), "female"),
    ],
)
def test_gender(words, expected):
    assert {gender(word) for word in words} == {expected}


def test_gender_refused():
    for text in ("X", "banci", "3", "L/P"):
        with pytest.raises(Unfit, match="HUB-2073"):
            gender(text)


def test_one_of():
    assert one_of("Ya", "Tidak")(" ya ") == "Ya"
    with pytest.raises(Unfit) as refusal:
        one_of("Ya", "Tidak")("mungkin")
    assert refusal.value.args_of_text == {"allowed": "Ya, Tidak"}
