"""What stands beside facilities and records comes back as it went in, on both databases."""

import pytest

from hub.store import CheckRow, Conflict, FeedRow, ReleasedRow, Store


def test_details_are_replaced_and_tell_that_they_changed(store: Store) -> None:
    with store.reading() as tx:
        assert tx.details_mark() == (0, 0)
    with store.writing() as tx:
        tx.set_facility_details([(3, 10, b"three"), (2, 10, b"two")])
    with store.writing() as tx:
        tx.set_facility_details([(2, 20, b"new")])
    with store.reading() as tx:
        assert tx.facility_details() == {2: b"new", 3: b"three"}
        assert tx.facility_details(3) == {3: b"three"}
        assert tx.facility_details(9) == {}
        assert tx.details_mark() == (2, 20)


def test_a_connection_keeps_its_newest_state(store: Store) -> None:
    with store.writing() as tx:
        tx.set_connection("eperizinan", 1, b"a")
    with store.writing() as tx:
        tx.set_connection("eperizinan", 2, b"b")
    with store.reading() as tx:
        assert tx.connection("eperizinan") == (2, b"b")
        assert tx.connection("lain") is None


def test_checks_are_kept_and_the_newest_counts(store: Store) -> None:
    with store.writing() as tx:
        tx.add_civil_check(CheckRow(7, 1, b"kk", b"old"))
        tx.add_civil_check(CheckRow(8, 1, b"kk", b"x"))
        tx.add_civil_check(CheckRow(9, 1, None, b"y"))
    with store.reading() as tx:
        assert tx.household(b"kk") == [7, 8]
    with store.writing() as tx:
        tx.add_civil_check(CheckRow(7, 2, None, b"new"))
    with store.reading() as tx:
        assert tx.civil_checks([7, 9, 5]) == {7: CheckRow(7, 2, None, b"new"), 9: CheckRow(9, 1, None, b"y")}
        assert tx.household(b"kk") == [8]
    with pytest.raises(Conflict), store.writing() as tx:
        tx.add_civil_check(CheckRow(7, 2, None, b"again"))


def test_staff_and_subscribers(store: Store) -> None:
    with store.writing() as tx:
        tx.set_staff(b"p", 1, b"one")
        tx.set_staff(b"q", 1, b"two")
        tx.set_subscriber("disdik", ["b", "a"], 1)
    with store.writing() as tx:
        tx.set_staff(b"p", 2, b"changed")
        tx.set_subscriber("disdik", [], 2)
    with store.reading() as tx:
        assert tx.staff() == {b"p": b"changed", b"q": b"two"}
        assert tx.staff(b"q") == {b"q": b"two"}
        assert tx.staff(b"r") == {}
        assert tx.subscribers() == {"disdik": ()}


def test_the_feed_has_each_place_and_each_table_once(store: Store) -> None:
    rows = [FeedRow(1, "2026-09", "visits-area", 5, b"a"), FeedRow(2, "2026-09", "indicator:x", 5, b"b")]
    with store.writing() as tx:
        tx.add_feed([*rows, FeedRow(3, "2026-10", "visits-area", 6, b"c")])
    with store.reading() as tx:
        assert tx.feed(["visits-area", "indicator:x"], 0, 2) == rows
        assert [row.sequence for row in tx.feed(["visits-area"], 1, 10)] == [3]
        assert (tx.feed_last(), tx.feed_head(["indicator:x"]), tx.feed_cubes()) == (
            3,
            2,
            ["indicator:x", "visits-area"],
        )
        assert tx.fed() == {("2026-09", "visits-area"), ("2026-09", "indicator:x"), ("2026-10", "visits-area")}
    for other in (FeedRow(3, "2026-11", "visits-area", 7, b"d"), FeedRow(4, "2026-10", "visits-area", 7, b"d")):
        with pytest.raises(Conflict), store.writing() as tx:
            tx.add_feed([other])


def test_released_tables_are_found_by_how_they_begin(store: Store) -> None:
    names = ("public:visits-area", "publicity", "indicator:a", "indicator-public:a", "PUBLIC:x", "public")
    with store.writing() as tx:
        tx.release([ReleasedRow(month, name, 1, b"") for month in ("2026-10", "2026-09") for name in names])
    with store.reading() as tx:
        assert tx.released_names("public:") == [("2026-09", "public:visits-area"), ("2026-10", "public:visits-area")]
        assert [name for _, name in tx.released_names("indicator-public:")] == ["indicator-public:a"] * 2
