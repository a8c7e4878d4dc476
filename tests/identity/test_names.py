"""Names as written, and what is read out of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.identity import read_name
from hub.identity.compare import name
from hub.identity.spelling import is_near, sound

READ = [
    ("H. Muhammad Noor, S.Pd", ("muhammad", "nur")),
    ("M. Rizky", ("muhammad", "rizky")),
    ("MOCH. RISKI", ("muhammad", "riski")),
    ("dr. Siti Aisyah Sp.A", ("siti", "aisyah")),
    ("drg. Rina Marlina, Sp.KG", ("rina", "marlina")),
    ("Nurul Huda S.Kep. Ns", ("nurul", "huda")),
    ("Nurhayati A.Md.Keb", ("nurhayati",)),
    ("Hj. St. Rahmah", ("siti", "rahmah")),
    ("AMINAH, NY", ("aminah",)),
    ("Alm. Kasim", ("kasim",)),
    ("Kasim (Alm)", ("kasim",)),
    ("Soeharto", ("suharto",)),
    ("Djoko Tjahjono", ("joko", "cahjono")),
    ("Abdurrahman", ("abdul", "rahman")),
    ("Abd. Rahman", ("abdul", "rahman")),
    ("Abdullah", ("abdullah",)),
    ("Isma'il", ("ismail",)),
    ("  siti   aminah ", ("siti", "aminah")),
    ("H", ("h",)),
    ("", ()),
    ("-", ()),
]


@pytest.mark.parametrize(("text", "tokens"), READ)
def test_tokens(text: str, tokens: tuple[str, ...]) -> None:
    assert read_name(text).tokens == tokens


@pytest.mark.parametrize(
    ("text", "tokens", "order"),
    [
        ("By. Ny. Siti Aminah", ("siti", "aminah"), None),
        ("BY NY SITI AMINAH II", ("siti", "aminah"), 2),
        ("Bayi Ny. Siti Aminah 1", ("siti", "aminah"), 1),
        ("Bayi Aminah", ("aminah",), None),
    ],
)
def test_newborns(text: str, tokens: tuple[str, ...], order: int | None) -> None:
    read = read_name(text)
    assert (read.is_baby, read.tokens, read.order) == (True, tokens, order)


def test_bin_and_binti_set_the_father_aside() -> None:
    assert read_name("Ahmad bin H. Hasan").patronymic == ("hasan",)
    assert read_name("Masliani binti Idris").tokens == ("masliani",)
    assert read_name("Bin Hasan").patronymic == ()


ALIKE = [
    *(
        "Fitri/Pitry",
        "Rizki/Riski",
        "Zainab/Jainab",
        "Yusuf/Joesoef",
        "Ahmad/Akhmad",
        "Aisyah/Aisya",
        "Sumiati/Sumiyati",
    ),
    *("Norhayati/Nurhayati", "Rachmat/Rahmad", "Sjamsoedin/Syamsudin", "Cahjono/Tjahyono", "Julkifli/Zulkifli"),
]
APART = ["Deni/Dani", "Hasan/Husin", "Dina/Dini", "Rudi/Rina", "Rahma/Rahmi", "Budi/Bude"]


@pytest.mark.parametrize("pair", ALIKE)
def test_said_alike(pair: str) -> None:
    a, b = pair.lower().split("/")
    assert sound(a) == sound(b)


@pytest.mark.parametrize("pair", APART)
def test_said_apart(pair: str) -> None:
    a, b = pair.lower().split("/")
    assert sound(a) != sound(b)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("Siti Aminah", "Aminah Siti", "same"),
        ("Siti Aminah", "St. Amina", "alike"),
        ("Nur Hayati", "Nurhayati", "alike"),
        ("Muhammad Rizki", "Rizky", "shortened"),
        ("Siti Aminah", "Siti Amniah", "typo"),
        ("Anisa Putri", "Anita Putri", "near"),
        ("Dina Lestari", "Dini Lestari", "near"),
        ("Dina Lestari", "Dina Lestri", "typo"),
        ("Zubaidah", "Subaidah", "typo"),
        ("A. Fauzi", "Ahmad Fauzi", "initial"),
        ("Budi S.", "Budi Santoso", "initial"),
        ("B. Santoso", "Budi Santoso", "initial-lead"),
        ("Sitijamilah", "Siti Jamilah", "same"),
        ("Yusuf Aziz", "Joesoef Aziz", "alike"),
        ("Budi", "Budi Santoso", "contained"),
        ("Budi Santoso", "Budi Hartono", "lead"),
        ("Budi Santoso", "Agus Santoso", "partial"),
        ("Siti Rahmah", "Nur Rahmah", "partial"),
        ("By. Ny. Siti Aminah", "By Ny Aminah", "newborn"),
        ("By. Ny. Siti Aminah", "By. Ny. Rusmini", "newborn-other"),
        ("Ahmad bin Hasan", "Ahmad bin Umar", "partial"),
        ("Siti Aminah", "Siti Zubaidah", "different"),
        ("Muhammad", "Muhammad Rizki", "different"),
        ("By. Ny. Siti", "Siti", "unknown"),
    ],
)
def test_comparing(a: str, b: str, expected: str) -> None:
    found, _ = name(read_name(a), read_name(b))
    assert found == expected


WORDS = st.text(alphabet="abdehijknorstuy", max_size=9)


@given(WORDS, WORDS)
def test_near_is_symmetric(a: str, b: str) -> None:
    assert is_near(a, b) == is_near(b, a)


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    read = read_name(text)
    assert all(token for token in read.tokens)


@given(st.lists(WORDS, max_size=4), st.lists(WORDS, max_size=4))
def test_comparing_is_symmetric(a: list[str], b: list[str]) -> None:
    one, other = read_name(" ".join(a)), read_name(" ".join(b))
    assert name(one, other) == name(other, one)
