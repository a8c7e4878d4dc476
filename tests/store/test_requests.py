"""The queue of requests: sorted by its clock, changed one step at a time, counted by facility."""

import pytest

from hub.store import Conflict, RequestRow, Store

ROW = RequestRow("PM-1", "klinik-a", 7, "open", 100, 200, None, 1, b"sealed")


def test_what_waits_comes_first_due_first_and_the_closed_newest_first(store: Store) -> None:
    with store.writing() as tx:
        tx.add_request(ROW)
        tx.add_request(ROW._replace(id="PM-2", due_ms=150, pseudonym=None))
        tx.add_request(ROW._replace(id="PM-3", facility="klinik-b", pseudonym=8))
        for number, closed_ms in ((4, 300), (5, 400)):
            tx.add_request(ROW._replace(id=f"PM-{number}", state="released", closed_ms=closed_ms))
    with store.reading() as tx:
        assert [row.id for row in tx.requests("klinik-a")] == ["PM-2", "PM-1"]
        assert [row.id for row in tx.requests("klinik-a", is_closed=True)] == ["PM-5", "PM-4"]
        assert [row.id for row in tx.requests("klinik-a", is_closed=True, limit=1)] == ["PM-5"]
        assert [row.id for row in tx.requests_of([7, 8])] == ["PM-1", "PM-3", "PM-4", "PM-5"]
        assert tx.requests_of([9]) == []
        assert tx.request("PM-1") == ROW
        assert tx.request("PM-9") is None
        assert tx.waiting_requests(150) == [("klinik-a", 2, 0), ("klinik-b", 1, 0)]
        assert tx.waiting_requests(151) == [("klinik-a", 2, 1), ("klinik-b", 1, 0)]
    with pytest.raises(Conflict), store.writing() as tx:
        tx.add_request(ROW)


def test_a_step_needs_the_version_before_it_and_a_closed_request_stays_closed(store: Store) -> None:
    second = ROW._replace(state="checked", version=2, body=b"second")
    with store.writing() as tx:
        tx.add_request(ROW)
        tx.change_request(second)
    with pytest.raises(Conflict), store.writing() as tx:
        tx.change_request(second)
    closed = second._replace(state="released", closed_ms=180, version=3)
    again = closed._replace(version=4, body=b"printed again")
    with store.writing() as tx:
        tx.change_request(closed)
        tx.change_request(again)
    for later in (again._replace(version=5, closed_ms=None), again._replace(version=5, closed_ms=190)):
        with pytest.raises(Conflict), store.writing() as tx:
            tx.change_request(later)
    with store.reading() as tx:
        assert tx.request("PM-1") == again
