"""ICD-10 and ICD-9-CM as typed; names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.mapping.values import Coded, PersonName, Unfit, diagnosis, person_name, procedure


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("J06.9", "J06.9"),
        ("j069", "J06.9"),
        ("J06,9", "J06.9"),
        (" j 06.9 ", "J06.9"),
        ("I10", "I10"),
        ("I10.", "I10"),
        ("I10.-", "I10"),
        ("A17.0†", "A17.0"),
        ("A17.0+", "A17.0"),
        ("G01*", "G01"),
        ("S52.50", "S52.50"),
        ("U07.1", "U07.1"),
    ],
)
def test_diagnosis(text, code):
    assert diagnosis(text) == Coded(code)


@pytest.mark.parametrize("text", ["J06.9 - ISPA akut", "j069: ISPA akut", "J06.9 ISPA akut", "J06.9 (ISPA akut)"])
def test_diagnosis_with_words(text):
    assert diagnosis(text) == Coded("J06.9", "ISPA akut")


@pytest.mark.parametrize(
    ("text", "code", "suggestion"),
    [
        ("J6.9", "HUB-2075", "J06.9"),
        ("JO6.9", "HUB-2075", "J06.9"),
        ("J0G.9", "HUB-2070", None),
        ("080", "HUB-2075", "O80"),
        ("ISPA", "HUB-2070", None),
        ("J06.9; K30", "HUB-2071", None),
        ("A09,K30", "HUB-2071", None),
        ("D49", "HUB-2074", None),
        ("E91.0", "HUB-2074", None),
        ("T99", "HUB-2074", None),
        ("V00.1", "HUB-2074", None),
        ("J06.999", "HUB-2070", None),
    ],
)
def test_diagnosis_refused(text, code, suggestion):
    with pytest.raises(Unfit) as refusal:
        diagnosis(text)
    assert (refusal.value.code, refusal.value.args_of_text.get("suggestion")) == (code, suggestion)


@given(st.sampled_from("ABCFGIJKLMNQRZ"), st.integers(1, 90), st.integers(0, 9))
def test_forms_of_a_code_mean_the_same(letter, category, rest):
    code = f"{letter}{category:02}.{rest}"
    assert diagnosis(code) == diagnosis(code.lower()) == diagnosis(code.replace(".", "")) == Coded(code)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("89.52", Coded("89.52")),
        ("8952", Coded("89.52")),
        ("23.09 - Cabut gigi", Coded("23.09", "Cabut gigi")),
        ("89,5", Coded("89.5")),
        ("03.31", Coded("03.31")),
    ],
)
def test_procedure(text, expected):
    assert procedure(text) == expected


@pytest.mark.parametrize(
    ("text", "code"), [("331", "HUB-2072"), ("8.52", "HUB-2076"), ("EKG", "HUB-2072"), ("89.521", "HUB-2072")]
)
def test_procedure_refused(text, code):
    with pytest.raises(Unfit, match=code):
        procedure(text)


@pytest.mark.parametrize(
    ("text", "words", "prefix", "suffix"),
    [
        ("Siti Contoh", "Siti Contoh", "", ""),
        ("Hj. NORHAYATI  CONTOH", "NORHAYATI CONTOH", "Hj.", ""),
        ("dr. H. Faisal Contoh, Sp.PD", "Faisal Contoh", "dr. H.", "Sp.PD"),
        ("dr.Ida Contoh", "Ida Contoh", "dr.", ""),
        ("H.M. Noor", "M. Noor", "H.", ""),
        ("Ns. Sari, S.Kep", "Sari", "Ns.", "S.Kep"),
        ("Alm. Rusdi", "Rusdi", "Alm.", ""),
        ("Ny Aisyah binti Contoh", "Aisyah binti Contoh", "Ny", ""),
        ("Arbain", "Arbain", "", ""),
        ("Contoh, Rahmat", "Contoh Rahmat", "", ""),
        ("Rahmat, A.Md.Kep", "Rahmat", "", "A.Md.Kep"),
        ("Gt. Hidayat", "Gt. Hidayat", "", ""),
        ("An Nisa", "An Nisa", "", ""),
        ("Hj.", "Hj.", "", ""),
    ],
)
def test_names(text, words, prefix, suffix):
    expected = PersonName(text, tuple(words.split()), tuple(prefix.split()), tuple(suffix.split()))
    assert person_name(text) == expected


def test_newborn_has_only_the_mothers_name():
    name = person_name("By. Ny. Norhayati")
    assert name.is_newborn
    assert name.prefix == ("By.", "Ny.")


def test_a_name_of_signs_is_none():
    assert person_name("...") is None


@given(st.text(min_size=1))
def test_any_text_keeps_its_words_or_is_no_name(text):
    name = person_name(text)
    assert name is None or name.text == text.strip()
