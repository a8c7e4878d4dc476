"""Submissions and quarantine."""

from dataclasses import replace

import pytest

from hub.store import Conflict, QuarantineRow, Store, Submission
from tests.store.rows_made import source

FILE = Submission("s1", "klinik-a", "klinik_csv", "received", 10, 10, {}, 0, b"sealed")


def test_a_submission_is_followed_to_its_end(store: Store) -> None:
    with store.writing() as tx:
        tx.add_submission(FILE)
        tx.add_submission(replace(FILE, id="s2", created_ms=20, body=None))
        tx.add_submission(replace(FILE, id="s3", facility="klinik-b"))
    with store.writing() as tx:
        tx.update_submission("s1", updated_ms=30, rows_done=500, counts={"accepted": 3_500}, state="running")
    with store.writing() as tx:
        done = replace(FILE, updated_ms=30, rows_done=500, counts={"accepted": 3_500}, state="running")
        assert tx.submission("s1") == done
        assert tx.submission("none") is None
        assert tx.submissions("klinik-a") == [
            replace(FILE, id="s2", created_ms=20, body=None),
            replace(done, body=None),
        ]
        assert [row.id for row in tx.unfinished(["running", "received"])] == ["s1", "s3", "s2"]
        tx.update_submission("s1", updated_ms=40, state="done", is_body_dropped=True)
        assert tx.submission("s1") == replace(done, updated_ms=40, state="done", body=None)
    with pytest.raises(Conflict), store.writing() as tx:
        tx.add_submission(FILE)
    with pytest.raises(Conflict), store.writing() as tx:
        tx.update_submission("none", updated_ms=1)


def test_the_same_row_is_quarantined_once_and_resolved_by_its_correction(store: Store) -> None:
    row = QuarantineRow("s1", 4, "klinik-a", source("visit 1"), "open", 10, None, b"sealed")
    nameless = row._replace(row=5, source=None)
    with store.writing() as tx:
        tx.add_quarantine([row, nameless])
        tx.add_quarantine([row, nameless])
        assert tx.quarantine("klinik-a") == [row, nameless]
        again = row._replace(submission="s2", created_ms=20)
        tx.add_quarantine([again, row._replace(submission="s2", row=9, facility="klinik-b", created_ms=20)])
        assert tx.quarantine("klinik-a") == [nameless, again]
        assert tx.quarantine("klinik-a", state="replaced") == [row._replace(state="replaced", resolved_ms=20)]
        assert tx.quarantine("klinik-a", submission="s1") == [nameless]
        assert tx.resolve_quarantine("klinik-a", [source("visit 1"), source("visit 2")], resolved_ms=30) == 1
        tx.close_quarantine("s1", 5, state="discarded", resolved_ms=31)
        assert tx.quarantine("klinik-a") == []
        assert len(tx.quarantine("klinik-b")) == 1
    with pytest.raises(Conflict), store.writing() as tx:
        tx.close_quarantine("s1", 5, state="discarded", resolved_ms=32)
