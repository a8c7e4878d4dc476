import pytest

from hub.model import Seen
from hub.web.looks import PAGE, Filter, by_kind, kind_of, matching, of_page, read_filter

DAY = 86_400_000
NIGHT = 1_795_366_800_000  # 22 November 2026, 17.00 UTC: already the 23rd in Banjarmasin


def look(at_ms=NIGHT, facility="Klinik A", role="clinician", purpose="TREAT", is_a_person=True) -> Seen:
    return Seen(at_ms, facility, role, purpose, "read", "permit", "Membuka catatan", "", is_a_person)


LOOKS = [
    look(),
    look(NIGHT - DAY, facility="Klinik B", purpose="ETREAT"),
    look(NIGHT - 2 * DAY, role="clinic-client", is_a_person=False),
    look(NIGHT - 3 * DAY, role="patient", purpose="PATRQT"),
]


def test_the_patients_own_looks_are_apart_from_those_of_others():
    assert [kind_of(one) for one in LOOKS] == ["orang", "orang", "otomatis", "sendiri"]
    own = look(facility="Jukung", role="clinic-client", is_a_person=False)
    assert kind_of(own, "Jukung") == "sendiri"
    assert [len(found) for found in by_kind([*LOOKS, own], "Jukung").values()] == [2, 2, 1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [0, 1, 2, 3]),
        ({"jenis": "orang"}, [0, 1]),
        ({"jenis": "otomatis"}, [2]),
        ({"jenis": "sendiri"}, [3]),
        ({"jenis": "<x>"}, [0, 1, 2, 3]),
        ({"faskes": "Klinik B"}, [1]),
        ({"keperluan": "TREAT"}, [0, 2]),
        ({"dari": "2026-11-23"}, [0]),
        ({"sampai": "2026-11-21"}, [2, 3]),
        ({"dari": "2026-11-21", "sampai": "2026-11-22"}, [1, 2]),
        ({"dari": "kemarin"}, [0, 1, 2, 3]),
        ({"keperluan": "x"}, []),
    ],
)
def test_filters(query, expected):
    assert matching(LOOKS, read_filter(query)) == [LOOKS[n] for n in expected]


@pytest.mark.parametrize(("text", "page"), [("2", 2), ("0", 1), ("-1", 1), ("x", 1), ("9" * 40, 1), ("", 1)])
def test_the_page_number_is_a_number(text, page):
    assert read_filter({"hal": text}).page == page


def test_pages_follow_one_another():
    looks = [look(NIGHT - n) for n in range(PAGE + 3)]
    assert len(of_page(looks, Filter())) == PAGE
    assert of_page(looks, Filter(page=2)) == looks[PAGE:]
    assert of_page(looks, Filter(page=3)) == []
