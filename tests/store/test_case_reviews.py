"""Case reviews: newest first, one step at a time, a refused one for good."""

import pytest

from hub.store import CaseReviewRow, Conflict, Store

ROW = CaseReviewRow("AM-1", "klinik-a", "asked", 100, 200, 1, b"sealed")


def test_the_office_lists_all_and_a_facility_its_own_newest_first(store: Store) -> None:
    with store.writing() as tx:
        tx.add_case_review(ROW)
        tx.add_case_review(ROW._replace(id="AM-2", created_ms=150))
        tx.add_case_review(ROW._replace(id="AM-3", facility="klinik-b", created_ms=120))
    with store.reading() as tx:
        assert [row.id for row in tx.case_reviews()] == ["AM-2", "AM-3", "AM-1"]
        assert [row.id for row in tx.case_reviews(limit=1)] == ["AM-2"]
        assert [row.id for row in tx.case_reviews(facility="klinik-a")] == ["AM-2", "AM-1"]
        assert tx.case_reviews(facility="klinik-c") == []
        assert tx.case_reviews(facility="klinik-a", is_told=True, limit=1) == []
        assert tx.case_review("AM-1") == ROW
        assert tx.case_review("AM-9") is None
    with pytest.raises(Conflict), store.writing() as tx:
        tx.add_case_review(ROW)


def test_a_step_needs_the_version_before_it_and_a_refused_case_stays_refused(store: Store) -> None:
    opened = ROW._replace(state="open", expires_ms=900, version=2, body=b"second")
    with store.writing() as tx:
        tx.add_case_review(ROW)
        tx.add_case_review(ROW._replace(id="AM-2", created_ms=150))
        tx.change_case_review(opened)
        tx.change_case_review(ROW._replace(id="AM-2", created_ms=150, state="refused", version=2))
    for late in (opened, opened._replace(version=4), ROW._replace(id="AM-2", state="open", version=3)):
        with pytest.raises(Conflict), store.writing() as tx:
            tx.change_case_review(late)
    with store.reading() as tx:
        told = tx.case_reviews(facility="klinik-a", is_told=True, limit=1)
        assert told == [opened], "before a newer one that was refused"
        assert tx.case_review("AM-1") == opened
