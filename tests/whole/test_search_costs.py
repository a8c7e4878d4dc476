"""What would look at too much is refused as such, and what narrows a search makes it possible."""

import pytest

from hub.access.costs import MOST_OPENED, MOST_SCANNED
from hub.errors import HubError
from hub.fhir import type_number
from tests.store.rows_made import sealed
from tests.whole.sending import A, client_of, found
from tests.whole.ward import Ward, asked, names, ward_of


@pytest.fixture
def ward(hub):
    return ward_of(hub, client_of(A))


def crowd(ward: Ward, type_: str, number: int) -> None:
    """Rows of the clinic that nobody can open: only how many there are matters, for they are refused before."""
    author = ward.hub.facilities[A].number
    rows = [sealed(7_000_000 + n, 2, type=type_number(type_), author=author) for n in range(number)]
    with ward.hub.store.writing() as tx:
        tx.put(rows)


def refused(ward: Ward, text: str) -> list[tuple[str, str]]:
    type_, pairs = asked(ward, text)
    with pytest.raises(HubError) as error:
        found(ward.hub, ward.who, type_, *pairs)
    assert error.value.category == "unprocessable"
    return [(issue.code, issue.args["limit"]) for issue in error.value.issues]


def test_what_would_open_too_much_is_refused_as_such(ward):
    crowd(ward, "Observation", MOST_OPENED - 2)
    for text in ("value-quantity=gt1", "_sort=value-quantity", "value-quantity=gt1&_summary=count", "code:text=a"):
        assert refused(ward, f"Observation?{text}") == [("HUB-4105", str(MOST_OPENED))], text
    assert refused(ward, "Patient?_has:Observation:patient:status:not=unknown") == [("HUB-4105", str(MOST_OPENED))]
    assert sorted(names(ward, "Observation?code=8310-5&value-quantity=gt37.5")) == ["o3"], "the code narrows"
    assert names(ward, "Observation?patient={id_ani}&_sort=value-quantity") == ["o1", "o3", "o2"]


def test_what_would_look_through_too_much_is_refused_or_answered_in_parts(ward):
    with ward.hub.store.writing() as tx:  # as if there were so many
        tx.count_up({(ward.hub.facilities[A].number, type_number("Observation")): MOST_SCANNED})
    assert refused(ward, "Observation?status=amended") == [("HUB-4105", str(MOST_SCANNED))]
    assert refused(ward, "Observation?code:not=8310-5") == [("HUB-4105", str(MOST_SCANNED))]
    assert refused(ward, "Observation?status=amended&_total=none&_sort=value-quantity") == [
        ("HUB-4105", str(MOST_SCANNED))
    ]
    type_, pairs = asked(ward, "Observation?status=amended&_total=none")
    assert ward.names(found(ward.hub, ward.who, type_, *pairs)) == ["o4"]
    for text, name in (
        ("status=amended&date=2026-02-10", "o4"),
        ("status=amended&patient={id_budi}", "o4"),
        ("status=amended&code=8310-5", "o4"),
        ("status=amended&encounter={v3}", "o4"),
        ("status=amended&_lastUpdated=gt2020-01-01", "o4"),
    ):
        assert names(ward, f"Observation?{text}") == [name], text
    more_than_a_thousand_included(ward)


def more_than_a_thousand_included(ward: Ward) -> None:
    home = ward.hub.ids.decode(ward.id("ani")).compartment
    author = ward.hub.facilities[A].number
    rows = [sealed(home, 900 + n, type=type_number("Flag"), author=author) for n in range(1_001)]
    with ward.hub.store.writing() as tx:
        tx.put(rows)
    assert refused(ward, "Patient?_id={id_ani}&_revinclude=Flag:patient") == [("HUB-4107", "1000")]
