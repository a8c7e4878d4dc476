"""The index finds candidates; links join and part without changing anything else."""

import pytest

from hub.store import Conflict, Link, ReviewRow, Store
from tests.store.rows_made import source


def link(a: int, b: int, link_id: int = 1, judgement: str = "positive") -> Link:
    return Link(a, b, link_id, judgement, 0.97, b"sealed", "machine", link_id * 10)


def test_tokens_find_compartments(store: Store) -> None:
    with store.writing() as tx:
        tx.add_mpi([(source("nik"), 5), (source("nik"), 3), (source("name"), 5)])
        tx.add_mpi([(source("nik"), 5)])
        tx.add_mpi([])
    with store.writing() as tx:
        assert tx.mpi([source("nik"), source("other")]) == {source("nik"): [3, 5]}
        tx.set_mpi(5, add=[source("other")], remove=[source("nik")])
        found = tx.mpi([source("nik"), source("other"), source("name")])
        assert found == {source("nik"): [3], source("other"): [5], source("name"): [5]}


def test_a_person_is_what_positive_links_join(store: Store) -> None:
    with store.writing() as tx:
        tx.add_links([link(1, 2), link(2, 3, 2), link(5, 4, 3), link(3, 4, 4, "negative")])
    with store.reading() as tx:
        assert tx.person([1]) == tx.person([3]) == {1, 2, 3}
        assert tx.person([4]) == {4, 5}
        assert tx.person([9]) == {9}
        assert [row.other for row in tx.links([2])] == [1, 3]


def test_unlinking_restores_what_was_before_and_keeps_the_record(store: Store) -> None:
    with store.writing() as tx:
        tx.add_links([link(1, 2)])
    with store.writing() as tx:
        tx.end_link(2, 1, 1, ended_ms=99, ended_by="officer")
        assert tx.person([1]) == {1}
        assert tx.links([1, 2]) == []
        assert [(row.ended_ms, row.ended_by) for row in tx.links([1, 2], is_ended=True)] == [(99, "officer")] * 2
    with pytest.raises(Conflict), store.writing() as tx:
        tx.end_link(1, 2, 1, ended_ms=100, ended_by="officer")
    with store.writing() as tx:
        tx.add_links([link(1, 2, 7)])
        assert tx.person([1]) == {1, 2}


def test_the_review_queue(store: Store) -> None:
    pair = ReviewRow(1, 2, 0.6, "open", 10, None, None, b"sealed")
    with store.writing() as tx:
        tx.add_reviews([pair._replace(compartment=0, created_ms=20), pair])
        tx.add_reviews([pair._replace(score=0.1)])
        assert [(row.compartment, row.score) for row in tx.reviews()] == [(1, 0.6), (0, 0.6)]
        tx.decide_review(1, 2, state="positive", decided_ms=30, decided_by="officer")
        assert [row.compartment for row in tx.reviews()] == [0]
        assert tx.reviews("positive") == [pair._replace(state="positive", decided_ms=30, decided_by="officer")]
    with pytest.raises(Conflict), store.writing() as tx:
        tx.decide_review(1, 2, state="negative", decided_ms=31, decided_by="officer")


def test_a_network_holds_every_link_in_force_of_everybody_joined(store: Store) -> None:
    with store.writing() as tx:
        tx.add_links([link(1, 2), link(2, 3, 2), link(3, 4, 3, "negative"), link(4, 5, 4), link(6, 7, 5)])
    with store.reading() as tx:
        assert {row.id for row in tx.network([1])} == {1, 2, 3}
        assert {row.id for row in tx.network([4])} == {3, 4}
        assert tx.network([9]) == []
    with store.writing() as tx:
        tx.end_link(1, 2, 1, ended_ms=99, ended_by="officer")
        assert tx.network([1]) == []


def test_a_doubt_the_hub_settled_waits_again_but_a_persons_decision_stays(store: Store) -> None:
    pair = ReviewRow(1, 2, 0.6, "open", 10, None, None, b"sealed")
    other = pair._replace(other=3)
    with store.writing() as tx:
        tx.add_reviews([pair, other])
        tx.settle_reviews([(1, 2), (1, 9)], decided_ms=20)
        tx.set_review(other._replace(state="negative", decided_ms=20, decided_by="steward:x"))
        assert tx.open_reviews() == 0
        tx.add_reviews([pair._replace(created_ms=30, score=0.7), other._replace(created_ms=30)])
        assert tx.review([(1, 2), (1, 3), (1, 9)]) == {
            (1, 2): pair._replace(created_ms=30, score=0.7),
            (1, 3): other._replace(state="negative", decided_ms=20, decided_by="steward:x"),
        }
        assert tx.open_reviews() == 1
