"""What is counted beforehand is what counting would give: after any writes, and for a code in any of its forms."""

import random

import pytest

from hub.model import Reach, Selection
from hub.store import Store, TooSlow
from tests.store.rows_made import sealed, token


def test_counters_are_true_after_any_writes(store: Store) -> None:
    dice = random.Random(7)
    now: dict[tuple[int, int], tuple[int, int, int]] = {}
    for step in range(25):
        part = []
        for rid in dice.sample(range(1, 40), 8):
            home = 1 + rid % 3
            version, author, type_ = now.get((home, rid), (0, dice.randint(1, 3), dice.randint(1, 3)))
            is_deleted = version > 0 and dice.random() < 0.4
            part.append(
                sealed(
                    home, rid, version=version + 1, author=author, type=type_, is_deleted=is_deleted, updated_ms=step
                )
            )
            now[home, rid] = (version + 1, author, type_)
        with store.writing() as tx:
            tx.put(part)
    with store.reading() as tx:
        assert tx.miscounted() == []
        for author in (1, 2, 3):
            for type_ in (1, 2, 3):
                selection = Selection(type_, (Reach(author, None, None),), limit=99)
                assert tx.count(selection) == tx.held(author, type_) == len(tx.select(selection).rows)
    with store.writing() as tx:
        tx.count_up({(1, 1): 5})
        assert [(author, type_, more - true) for author, type_, more, true in tx.miscounted()] == [(1, 1, 5)]
        tx.recount()
        assert tx.miscounted() == []


def test_a_code_of_one_system_is_counted_by_its_index_rows(store: Store) -> None:
    loose, exact, other = token("*|1"), token("a|1"), token("b|1")
    groups = Reach(1, None, None, ((loose,), (exact,)), (True, False), is_coded=True)
    selection = Selection(1, (groups,))
    with store.writing() as tx:
        tx.put([sealed(1, n, tokens=(loose, exact), index=(loose,)) for n in range(1, 6)])
        assert tx.count(selection) == 5
        tx.add_forms([(loose, exact, 1)])
        tx.add_forms([(loose, exact, 1)])
        assert tx.count(selection) == 5
        tx.put([sealed(2, n, tokens=(loose, other), index=(loose,)) for n in range(1, 4)])
        tx.add_forms([(loose, other, 1)])
        assert tx.forms([loose]) == {(loose, exact, 1), (loose, other, 1)}
        assert tx.count(selection) == 5, "another system's rows do not count"
        tx.put([sealed(3, 1, type=2, tokens=(loose, exact), index=(loose,))])
        tx.add_forms([(loose, exact, 2)])
        assert tx.count(selection) == 5, "nor do another type's"


def test_codes_are_counted_together_by_their_index_rows_each_row_once(store: Store) -> None:
    one, other, alone = ((token(f"*|{n}"), token(f"a|{n}")) for n in (1, 2, 3))
    reach = Reach(1, None, None, ((one[0], other[0]), (one[1], other[1])), (True, False), is_coded=True)
    loose = Reach(1, None, None, ((one[0], other[0]),), (True,), is_coded=True)
    with store.writing() as tx:
        for home, codes in ((1, (one,)), (2, (other,)), (3, (one, other)), (4, (alone,)), (5, (one, alone))):
            tokens = tuple(form for code in codes for form in code)
            tx.put([sealed(home, 1, tokens=tokens, index=tuple(code[0] for code in codes))])
        tx.add_forms([(one[0], one[1], 1), (other[0], other[1], 1), (alone[0], alone[1], 1)])
        for asked in (reach, loose):
            assert tx.count(Selection(1, (asked,))) == 4
            assert sorted(tx.homes(Selection(1, (asked,)))) == [1, 2, 3, 5]
            first = tx.select(Selection(1, (asked,), limit=2))
            assert [row.compartment for row in first.rows] == [1, 2]
            assert first.total == 4
            rest = tx.select(Selection(1, (asked,), limit=2, after=first.after))
            assert [row.compartment for row in rest.rows] == [3, 5]
        tx.put([sealed(6, 1, type=2, tokens=one, index=(one[0],)), sealed(7, 1, tokens=(one[0],), index=(one[0],))])
        tx.add_forms([(one[0], one[1], 2), (one[0], 0, 1)])
        assert tx.count(Selection(1, (loose,))) == 5, "another type's rows do not count"
        assert tx.count(Selection(1, (reach,))) == 4, "nor do those without the system"
        assert sorted(tx.homes(Selection(1, (reach,)))) == [1, 2, 3, 5]


def test_a_reference_that_leads_out_says_from_where(store: Store) -> None:
    reference = token("encounter", "Encounter/1")
    with store.writing() as tx:
        tx.put([sealed(7, 1, tokens=(reference,), index=(reference,)), sealed(8, 1, tokens=(reference,))])
        assert tx.homes_of([reference, token("x")]) == {7}
        tx.add_forms([(0, 0, 0)])
        assert tx.homes_of([reference]) is None, "older rows may be without their index rows"


def test_a_reader_ends_when_its_time_is_over(store: Store) -> None:
    endless = (
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 900000000) SELECT count(*) FROM c"
    )
    with pytest.raises(TooSlow), store.reading(most_ms=80) as tx:
        tx.db.rows(endless)
    with store.reading() as tx:
        assert tx.db.rows(
            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 9) SELECT count(*) FROM c"
        )
    with store.reading(most_ms=5_000) as tx:
        assert tx.held(1, 1) == 0
