"""Facts and sums: the same again changes nothing."""

import pytest

from hub.store import Conflict, FactRow, Store, SumRow


def test_the_newest_version_of_a_fact_stays(store: Store) -> None:
    with store.writing() as tx:
        tx.add_facts([FactRow(1, 2, 1, b"a"), FactRow(1, 2, 3, b"c"), FactRow(-4, 2, 1, b"x"), FactRow(1, 2, 2, b"b")])
        tx.add_facts([FactRow(1, 2, 2, b"b"), FactRow(-4, 2, 1, b"x")])
        tx.add_facts([])
        assert tx.facts() == [FactRow(-4, 2, 1, b"x"), FactRow(1, 2, 3, b"c")]
        assert tx.facts(after=(-4, 2)) == [FactRow(1, 2, 3, b"c")]
        assert len(tx.facts(limit=1)) == 1


def test_facts_are_found_by_their_month_and_by_their_item(store: Store) -> None:
    with store.writing() as tx:
        tx.add_facts(
            [FactRow(n, 7, 1, b"a", 11) for n in range(5)] + [FactRow(9, 7, 1, b"b", 12), FactRow(9, 8, 1, b"c")]
        )
        assert [row.pseudonym for row in tx.month_facts(11)] == [0, 1, 2, 3, 4]
        assert [row.pseudonym for row in tx.month_facts(11, after=(1, 7), limit=2)] == [2, 3]
        assert tx.month_facts(0) == [FactRow(9, 8, 1, b"c", 0)]
        tx.add_facts([FactRow(2, 7, 2, b"d", 12)])
        assert [row.pseudonym for row in tx.month_facts(12)] == [2, 9], "a corrected date moves it to another month"
        assert sorted(tx.facts_of([(2, 7), (9, 8), (77, 1)])) == [FactRow(2, 7, 2, b"d", 12), FactRow(9, 8, 1, b"c", 0)]
        assert tx.facts_of([]) == []


def test_a_row_is_rewritten_only_as_it_was_read(store: Store) -> None:
    one, two, three = FactRow(1, 7, 1, b"a", 11), FactRow(1, 8, 1, b"b", 12), FactRow(2, 7, 1, b"c", 11)
    with store.writing() as tx:
        tx.put_facts([three, one, two])
        assert sorted(tx.facts_in([(1, 11), (2, 11), (2, 12)])) == [one, three]
        assert tx.facts_in([]) == []
    later = [one._replace(version=2, body=b"d", month=-1), three._replace(version=2, body=b"e")]
    with store.writing() as tx:
        tx.replace_facts(later, [11])
    for stale in (later, [two._replace(version=3)]):
        with pytest.raises(Conflict), store.writing() as tx:
            tx.replace_facts(stale, [11])
    with store.reading() as tx:
        assert tx.facts() == sorted([later[0], two, later[1]])


def test_sums_add_up_and_can_be_taken_back(store: Store) -> None:
    with store.writing() as tx:
        tx.add_sums([SumRow("63.71.01", "2026-10", "HIV", 1)] * 3)
        tx.add_sums([SumRow("63.71.01", "2026-10", "HIV", -1), SumRow("63.71.02", "2026-10", "HIV", 1)])
        assert tx.sums() == [SumRow("63.71.01", "2026-10", "HIV", 2), SumRow("63.71.02", "2026-10", "HIV", 1)]
