"""Searching gives what a plain loop over all rows gives: totals, order, pages."""

import random
from contextlib import suppress
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model import After, DayRange, Key, Page, Reach, Sealed, Selection
from hub.store import Store
from hub.store.records import unpacked
from tests.store.rows_made import sealed, token

ORDERS = ("rid", "day", "-day", "updated", "-updated")
PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
BY_AUTHOR = {author: tuple(token("value", author, n) for n in range(5)) for author in (1, 2)}
"""As the real ones: the same value is another token at another author."""
TOKENS = BY_AUTHOR[1]
INDEXED = frozenset(BY_AUTHOR[1][:3] + BY_AUTHOR[2][:3])
few = st.integers(1, 4)


def rarely(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """None three times out of four: with every condition at once nothing would ever be found."""
    return st.integers(0, 3).flatmap(lambda n: strategy if n == 3 else st.none())


@st.composite
def rows(draw: st.DrawFn) -> list[Sealed]:
    """Up to 60 rows, dense in every column."""
    dice = random.Random(draw(st.integers(0, 2**32)))
    keys = {(dice.randint(1, 4), dice.randint(1, 30)) for _ in range(draw(st.integers(0, 60)))}
    made = []
    for compartment, rid in sorted(keys):
        author = dice.choice([1, 1, 2])
        tokens = tuple(dice.sample(BY_AUTHOR[author], dice.randint(1, 5)))
        day = dice.randint(0, 6)
        made.append(
            sealed(
                compartment,
                rid,
                type=dice.choice([1, 1, 2]),
                author=author,
                tag=dice.randint(1, 3),
                day=day,
                day_end=day + dice.randint(0, 3) if day else 0,
                updated_ms=dice.randint(1, 5),
                tokens=tokens,
                index=tuple(INDEXED & set(tokens)),
                is_deleted=dice.random() < 0.1,
            )
        )
    return made


@st.composite
def reaches(draw: st.DrawFn) -> Reach:
    author = draw(st.integers(1, 2))
    values = st.sampled_from(BY_AUTHOR[author])
    groups = draw(rarely(st.lists(st.lists(values, min_size=1, max_size=3, unique=True), max_size=3)))
    refused = st.lists(st.lists(values, min_size=1, max_size=2).map(tuple), max_size=2)
    keys = st.builds(Key, few, st.integers(1, 30))
    return Reach(
        author=author,
        compartments=draw(rarely(st.lists(few, max_size=3).map(tuple))),
        tags=draw(rarely(st.lists(st.integers(1, 3), max_size=3).map(tuple))),
        tokens=tuple(map(tuple, groups or [])),
        indexed=tuple(INDEXED.issuperset(group) for group in groups or []),
        permitted=draw(rarely(st.lists(keys, max_size=60).map(tuple))),
        excluded=tuple(draw(rarely(refused)) or ()),
    )


@st.composite
def selections(draw: st.DrawFn) -> Selection:
    spans = st.tuples(st.sampled_from(PREFIXES), st.integers(1, 8), st.integers(0, 2))
    day = spans.map(lambda span: DayRange(span[0], span[1], span[1] + span[2]))  # type: ignore[arg-type]
    keys = st.builds(Key, few, st.integers(1, 30))
    days = draw(rarely(st.lists(st.lists(day, min_size=1, max_size=2), max_size=2)))
    return Selection(
        type=draw(st.integers(1, 2)),
        reaches=tuple(draw(st.lists(reaches(), min_size=1, max_size=3))),
        days=tuple(map(tuple, days or [])),
        updated=tuple(draw(rarely(st.lists(st.tuples(st.integers(0, 3), st.integers(2, 5)), max_size=2))) or []),
        ids=draw(rarely(st.lists(keys, max_size=60).map(tuple))),
        order=draw(st.sampled_from(ORDERS)),  # type: ignore[arg-type]
        limit=draw(st.integers(2, 9)),
        not_after_ms=draw(rarely(st.integers(0, 5))),
    )


def day_holds(wanted: DayRange, day: int, end: int) -> bool:
    """https://www.hl7.org/fhir/R4/search.html#prefix, word for word."""
    first, last = wanted.first, wanted.last
    contains = first <= day and end <= last
    match wanted.prefix:
        case "eq":
            return contains
        case "ne":
            return not contains
        case "gt":
            return end > last
        case "lt":
            return day < first
        case "ge":
            return end > last or contains
        case "le":
            return day < first or contains
        case "sa":
            return day > last
        case "eb":
            return end < first
        case _:
            return day <= last and end >= first


def reached(reach: Reach, s: Sealed) -> bool:
    tokens = set(unpacked(s.keys))
    return (
        s.author == reach.author
        and (reach.compartments is None or s.key.compartment in reach.compartments)
        and (reach.tags is None or s.tag in reach.tags)
        and (reach.permitted is None or s.key in reach.permitted)
        and all(tokens & set(group) for group in reach.tokens)
        and not any(tokens & set(group) for group in reach.excluded)
    )


def expected(selection: Selection, stored: list[Sealed]) -> list[Key]:
    """All keys of the selection in its order."""
    found = [
        s
        for s in stored
        if s.type == selection.type
        and not s.is_deleted
        and any(reached(reach, s) for reach in selection.reaches)
        and all(s.day and any(day_holds(d, s.day, s.day_end) for d in group) for group in selection.days)
        and all(low <= s.updated_ms <= high for low, high in selection.updated)
        and (selection.ids is None or s.key in selection.ids)
        and (selection.not_after_ms is None or s.updated_ms <= selection.not_after_ms)
    ]
    column = selection.order.removeprefix("-")
    if column == "rid":
        return [s.key for s in sorted(found, key=lambda s: (s.key.rid, s.key.compartment))]
    value = {"day": lambda s: s.day, "updated": lambda s: s.updated_ms}[column]
    place = lambda s: (value(s), s.key.rid, s.key.compartment)  # noqa: E731
    ordered = sorted(found, key=place, reverse=selection.order.startswith("-"))
    return [s.key for s in ordered]


def pages(tx: Any, selection: Selection) -> list[Page]:
    """Every page of a selection."""
    found = [tx.select(selection)]
    while found[-1].after is not None:
        found.append(tx.select(replace(selection, after=found[-1].after)))
        assert len(found) < 50
    return found


class UndoError(Exception):
    """Ends the transaction of an example without a trace."""


@settings(max_examples=120)
@given(stored=rows(), wanted=st.lists(selections(), min_size=1, max_size=4))
def test_a_search_is_a_loop_over_all_rows(store: Store, stored: list[Sealed], wanted: list[Selection]) -> None:
    with suppress(UndoError), store.writing() as tx:
        tx.put(stored)
        for selection in wanted:
            keys = expected(selection, stored)
            found = pages(tx, selection)
            assert [Key(row.compartment, row.rid) for page in found for row in page.rows] == keys
            assert {page.total for page in found} == {len(keys)}
            assert tx.count(selection) == len(keys)
            assert tx.keys(selection) == keys[: selection.limit + 1]
            every = replace(selection, limit=999)
            assert set(tx.homes(every)) == {key.compartment for key in keys}
            held = {s.key for s in stored if not s.is_deleted and set(TOKENS[:2]) & set(unpacked(s.keys))}
            assert tx.holding(every, TOKENS[:2]) == [key for key in keys if key in held]
            place = tx.place_of(selection, 2)
            assert (place is None) == (len(keys) < 3)
            if place is not None:
                page = tx.select(replace(every, until=place))
                assert [Key(row.compartment, row.rid) for row in page.rows] == keys[:3]
                assert page.total == len(keys)
        raise UndoError


def test_a_row_with_two_of_the_wanted_values_counts_once(store: Store) -> None:
    one, two, plain = TOKENS[0], TOKENS[1], TOKENS[4]
    with store.writing() as tx:
        tx.put([sealed(1, n, tokens=(one, two, plain), index=(one, two)) for n in range(1, 6)])
        tx.put([sealed(2, n, type=2, tokens=(one, two, plain), index=(one, two)) for n in range(1, 6)])
        for groups, indexed in ((((one, two),), (True,)), (((plain,), (two, one)), (False, True))):
            page = tx.select(Selection(1, (Reach(1, None, None, groups, indexed),), limit=3))
            assert [row.rid for row in page.rows] == [1, 2, 3]
            assert page.total == 5


def test_rows_that_arrive_between_pages_neither_repeat_nor_hide_any(store: Store) -> None:
    code = TOKENS[0]

    def arrive(tx: Any, rids: range, at_ms: int) -> None:
        tx.put([sealed(1 + r % 3, r, day=1 + r % 5, updated_ms=at_ms, tokens=(code,), index=(code,)) for r in rids])

    for order in ORDERS:
        with store.writing() as tx:
            start = 1_000 * (ORDERS.index(order) + 1)
            arrive(tx, range(start, start + 30), at_ms=start)
        before = range(start, start + 30)
        reach = Reach(1, None, None, ((code,),), (True,))
        selection = Selection(1, (reach,), order=order, limit=7, not_after_ms=start, updated=((start, start),))  # type: ignore[arg-type]
        seen: list[int] = []
        after: After | None = None
        while True:
            with store.writing() as tx:
                page = tx.select(replace(selection, after=after))
                assert page.total == 30
                arrive(tx, range(start + 100 + len(seen), start + 100 + len(seen) + 3), at_ms=start + 1)
                arrive(tx, range(start - 500 + len(seen), start - 500 + len(seen) + 2), at_ms=start + 1)
            seen += [row.rid for row in page.rows]
            after = page.after
            if after is None:
                break
        assert sorted(seen) == list(before)
        assert len(seen) == 30


def test_a_snapshot_keeps_what_was_corrected_since(store: Store) -> None:
    with store.writing() as tx:
        tx.put([sealed(1, 1, updated_ms=10), sealed(1, 2, updated_ms=10)])
    with store.writing() as tx:
        tx.put([sealed(1, 1, version=2, updated_ms=30), sealed(1, 3, updated_ms=30)])
    with store.writing() as tx:
        tx.put([sealed(1, 3, version=2, updated_ms=40)])
    with store.reading() as tx:
        page = tx.select(Selection(1, (Reach(1, None, None),), not_after_ms=20))
        assert [(row.rid, row.version) for row in page.rows] == [(1, 2), (2, 1)]
        assert page.total == 2


def test_long_lists_of_compartments_and_keys(store: Store) -> None:
    code = TOKENS[0]
    with store.writing() as tx:
        tx.put([sealed(c, 1, tokens=(code,), index=(code,)) for c in range(1, 5_001)])
    homes = tuple(range(1, 5_001, 2))
    keys = tuple(Key(c, 1) for c in range(1, 5_001, 5))
    with store.reading() as tx:
        assert tx.count(Selection(1, (Reach(1, homes, None),))) == 2_500
        assert tx.count(Selection(1, (Reach(1, homes, None, ((code,),), (True,)),))) == 2_500
        assert tx.count(Selection(1, (Reach(1, None, None, permitted=keys),))) == 1_000
        assert tx.count(Selection(1, (Reach(1, homes, None),), ids=keys)) == 500
        assert len(tx.get(keys)) == 1_000
