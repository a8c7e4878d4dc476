"""One interpretation of a query, and no NIK in an address."""

import pytest

from hub.api.fhir.query import names_nik, pairs_of
from hub.errors import HubError


@pytest.mark.parametrize(
    ("data", "pairs"),
    [
        (b"", []),
        (b"name=Siti+Aisyah&name=%C3%A9", [("name", "Siti Aisyah"), ("name", "é")]),
        (b"a=1;b=2", [("a", "1;b=2")]),
        (b"a=1%26b%3D2", [("a", "1&b=2")]),
        (b"a&b=", [("a", ""), ("b", "")]),
    ],
)
def test_pairs(data, pairs):
    assert pairs_of(data) == pairs


@pytest.mark.parametrize("data", [b"a=%ff", "a=é".encode(), b"&".join([b"a=1"] * 41)])
def test_refused(data):
    with pytest.raises(HubError):
        pairs_of(data)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://fhir.kemkes.go.id/id/nik|6371012345678901", True),
        ("https://fhir.kemkes.go.id/id/nik-ibu|6371012345678901", True),
        ("https://fhir.kemkes.go.id/id/nik|", True),
        ("6371012345678901", True),
        ("|6371012345678901", True),
        ("a,6371012345678901", True),
        ("https://jukung.id/sid/klinik/pasien|6371012345678901", True),
        ("https://jukung.id/sid/klinik/pasien|RM-001", False),
        ("637101234567890", False),
        ("Patient/63710123456789016371012345678901", False),
    ],
)
def test_nik(value, expected):
    assert names_nik(value) is expected
