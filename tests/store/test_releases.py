"""Released tables are written once and never changed."""

import pytest

from hub.store import Conflict, ReleasedRow, Store


def test_a_month_is_released_once(store: Store) -> None:
    with store.writing() as tx:
        tx.release([ReleasedRow("2026-09", "b", 5, b"x"), ReleasedRow("2026-09", "a", 5, b"y")])
    with pytest.raises(Conflict), store.writing() as tx:
        tx.release([ReleasedRow("2026-10", "a", 6, b"z"), ReleasedRow("2026-09", "a", 6, b"other")])
    with store.writing() as tx:
        tx.release([ReleasedRow("2026-10", "a", 7, b"z")])
    with store.reading() as tx:
        assert tx.released_months() == ["2026-10", "2026-09"]
        assert tx.released("2026-09", "a") == ReleasedRow("2026-09", "a", 5, b"y")
        assert tx.released("2026-09", "c") is None
        assert [row.month for row in tx.releases("a", 5)] == ["2026-10", "2026-09"]
        assert [row.month for row in tx.releases("a", 1)] == ["2026-10"]


def test_a_matrix_is_replaced(store: Store) -> None:
    with store.writing() as tx:
        assert tx.reporting("live") is None
        tx.set_reporting("live", 1, b"a")
        tx.set_reporting("live", 2, b"b")
        assert tx.reporting("live") == (2, b"b")
