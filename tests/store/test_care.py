"""What the decision stands on."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.store import Conflict, ConsentRow, Relationship, Store, TagRow
from tests.store.rows_made import source


def test_tags_keep_their_meaning(store: Store) -> None:
    with store.writing() as tx:
        tx.add_tags([TagRow(1, -5, 3, b"N"), TagRow(2, 6, 3, b"N"), TagRow(1, 4, 2, b"R")])
        tx.add_tags([TagRow(1, 4, 9, b"changed"), TagRow(3, 4, 2, b"N")])
        assert tx.tags([1, 3]) == [TagRow(1, -5, 3, b"N"), TagRow(1, 4, 2, b"R"), TagRow(3, 4, 2, b"N")]
        assert tx.tags([]) == []


def test_consents_in_the_order_of_acceptance(store: Store) -> None:
    with store.writing() as tx:
        tx.add_consents([ConsentRow(1, 5, 100, 2, True), ConsentRow(1, 6, 50, 0, False)])
        tx.add_consents([ConsentRow(1, 5, 40, 1, True)])
        assert tx.consents([1]) == [ConsentRow(1, 5, 40, 1, True), ConsentRow(1, 6, 50, 0, False)]


def test_relationships_hold_for_a_time_and_only_grow(store: Store) -> None:
    presence = Relationship(1, 3, "presence", 100, 200)
    with store.writing() as tx:
        tx.add_relationships([presence, Relationship(2, 3, "encounter", 150, 900)])
        tx.add_relationships([presence._replace(until_ms=300), presence._replace(until_ms=250)])
        tx.add_relationships([presence._replace(until_ms=120)])
        assert tx.relationships([1]) == [presence._replace(until_ms=300)]
        assert [row.compartment for row in tx.relationships([1, 2], at_ms=299)] == [1, 2]
        assert [row.compartment for row in tx.relationships([1, 2], at_ms=300)] == [2]
        assert tx.compartments_in_care(3, 120) == [1]
        assert tx.compartments_in_care(3, 160) == [1, 2]
        assert tx.compartments_in_care(4, 160) == []
        assert tx.end_relationships(2, 3, "encounter", 500) == 1
        assert tx.compartments_in_care(3, 600) == []


def test_a_presence_code_works_once_and_in_time(store: Store) -> None:
    code = source("code")
    with store.writing() as tx:
        tx.add_presence(code, 77, expires_ms=1_000)
    with pytest.raises(Conflict), store.writing() as tx:
        tx.add_presence(code, 78, expires_ms=1_000)

    def use(now_ms: int) -> int | None:
        with store.writing() as tx:
            return tx.use_presence(code, used_by="klinik-a", now_ms=now_ms)

    assert use(1_000) is None
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, [500] * 4), key=str) == [77, None, None, None]
