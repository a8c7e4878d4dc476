"""Each claim that one count is a part of another, held against counted cells: random definitions, stricter copies of
them, random facts."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest

from hub.monitor.indicators.compiling import compiled
from hub.monitor.indicators.indicator import Condition, Every, Indicator, Rule, Selection, Unit, Window
from hub.monitor.indicators.touching import parts_of

WINDOWS = [Window("visit"), Window("month"), Window("year"), Window("days"), Window("days", -30), Window("days", -7)]
RANGES = [("A00", "A00~"), ("A00", "A02~"), ("A01", "A01~"), ("A02", "A09~"), ("A01.1", "A01.1~")]
TESTS = [(sign, number) for sign in ("<", "<=", ">", ">=") for number in (1.0, 2.0, 3.0)]
EVERY: list[tuple[Unit, Every, int]] = [
    ("visit", "each", 0), ("record", "each", 0), ("person", "month", 0), ("person", "year", 0), ("person", "days", 20),
]  # fmt: skip
TABLE = """CREATE TABLE fact(person BIGINT, kind VARCHAR, code VARCHAR, day INTEGER, facility INTEGER, area VARCHAR,
  band VARCHAR, age INTEGER, sex VARCHAR, value DOUBLE, case_type VARCHAR, lag INTEGER)"""
Cells = dict[tuple[str, ...], tuple[int, int]]


@pytest.fixture(scope="module")
def counting() -> Iterator[duckdb.DuckDBPyConnection]:
    source, rows = random.Random(3), []
    for person in range(150):
        age = source.choice([3, 7, 20])
        for _ in range(source.randrange(1, 14)):
            kind, code = source.choice(["diagnosis", "lab", "vital"]), source.choice(["A00", "A01", "A01.1", "A02"])
            day, facility = 20_000 + source.choice([0, 0, 0, 1, 5, 8, 20, 40, 300]), source.choice([1, 1, 2])
            value = source.choice([None, 1.0, 2.0, 2.5])
            rows.append((person, kind, code, day, facility, f"L{person % 3}", "", age, "male", value, "", 0))
    with duckdb.connect(config={"threads": 1}) as found:
        found.execute(TABLE)
        found.executemany(f"INSERT INTO fact VALUES ({', '.join('?' * 12)})", rows)
        yield found


class Drawing:
    """Random definitions."""

    def __init__(self, seed: int) -> None:
        self.source = random.Random(seed)

    def rule(self) -> Rule:
        unit, every, days = self.source.choice(EVERY)
        base = Selection(("diagnosis",), codes=self.source.choice([(), (RANGES[1],)]))
        numbers = [self.source.choice(some) for some in ((0, 0, 1), (0, 0, 1), (1, 2), (0, 0, 1), (0, 0, 1))]
        return Rule(unit, every, days, 0, (base,), *(self.conditions(n) for n in numbers))

    def stricter(self, rule: Rule) -> Rule:
        """A copy that asks for more, mostly; and what one counts is sometimes what the other looks at."""
        if self.source.random() < 0.2:
            return replace(rule, having=(*rule.having, *rule.counted), counted=self.conditions(1))
        name = self.source.choice(["having", "counted", "counted", "excluded", "not_counted"])
        mine = list(getattr(rule, name))
        if mine and self.source.random() < 0.8:
            mine[-1] = self._tightened(mine[-1])
        else:
            mine += self.conditions(1)
        return replace(rule, **{name: tuple(mine)})

    def conditions(self, number: int) -> tuple[Condition, ...]:
        word = self.source.choice(["", "one"]) if number > 1 else ""
        return tuple(replace(self._condition(), one_of=word) for _ in range(number))

    def _condition(self) -> Condition:
        draw = self.source.choice
        if self.source.random() < 0.3:
            return Condition(Selection(("lab",)), draw(WINDOWS), newest=True, wanted=(draw(TESTS),))
        facts = Selection(draw([("lab",), ("lab", "vital")]), codes=draw([(), (draw(RANGES),)]), values=(draw(TESTS),))
        return Condition(facts, draw(WINDOWS), at_least=draw([1, 1, 2]))

    def _tightened(self, one: Condition) -> Condition:
        draw = self.source.choice
        if one.newest:
            return replace(one, wanted=(*one.wanted, draw(TESTS)))
        return draw([
            replace(one, window=draw(WINDOWS)), replace(one, at_least=one.at_least + 1),
            replace(one, same_facility=True), replace(one, facts=replace(one.facts, ages=(5, 9))),
            replace(one, facts=replace(one.facts, codes=(draw(RANGES),))),
            replace(one, facts=replace(one.facts, values=(*one.facts.values, draw(TESTS)))),
        ])  # fmt: skip


def as_indicator(id_: str, rule: Rule) -> Indicator:
    words: dict[str, str] = {}
    return Indicator(id_, words, "city", words, rule.unit, "up", None, words, words, words, (), "-", rule=rule)


def test_what_is_claimed_a_part_is_one_in_every_cell(counting: duckdb.DuckDBPyConnection) -> None:
    """But for people whom the two may find at different places or in different months: then it only hides more."""
    claimed: Counter[tuple[bool, bool]] = Counter()
    for seed in range(90):
        draw = Drawing(seed)
        first = draw.rule()
        rules = {"first": first, "second": draw.stricter(first)}
        found = parts_of(as_indicator(id_, rule) for id_, rule in rules.items())
        if first.unit == "person":
            units = {(rule.base, rule.having, rule.lacking) for rule in rules.values()}
            found = found if len(units) == 1 else []
        cells: dict[str, Cells] = {}
        for id_, rule in rules.items() if found else ():
            cells[id_] = {row[:5]: row[5:] for row in counting.execute(compiled(rule, True)).fetchall()}
        for (part, is_some), (whole, of_some) in found:
            claimed[is_some, of_some] += 1
            for cell, numbers in cells[part].items():
                most = cells[whole].get(cell, (0, 0))
                assert numbers[not is_some] <= most[not of_some], (seed, part, whole, rules)
    assert len(claimed) == 4, "of all four kinds"
    assert min(claimed.values()) >= 3, claimed
