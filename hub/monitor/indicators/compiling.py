"""A rule as SQL that DuckDB and Spark both run unchanged: `SELECT month, facility, area, sex, band, numerator,
denominator`.

Nothing of a definition enters the text but whole numbers, decimal numbers and texts of letters, digits and ".-_+" that
the reader has checked; what is not of that form is refused here again.
"""

# ruff: noqa: S608 - the texts that enter a query are checked one by one

import re

from hub.monitor.indicators.indicator import Condition, Rule, Selection, Window

_TEXT = re.compile(r"[A-Za-z0-9 ._+~/-]{0,60}")
_OPERATORS = frozenset(("<", "<=", ">", ">=", "="))
_DAY = "(DATE '1970-01-01' + ({day}))"


def compiled(rule: Rule, denominator: bool) -> str:
    """The query. `denominator` False: the denominator is not in the facts, 0 stands in its place."""
    return _Query(rule).text(denominator)


def months_back(rule: Rule) -> int:
    """How many months before its own a month's cells depend on."""
    chosen = max((_before(each.window) for each in (*rule.having, *rule.lacking)), default=0)
    judged = (_before(each.window) for each in (*rule.counted, *rule.not_counted, *rule.excluded))
    if rule.every == "year":
        days = (-each.window.first for each in (*rule.having, *rule.lacking) if each.window.name == "days")
        chosen = 11 + _months(max(days, default=0))
    if rule.every == "days":
        chosen += _months(rule.days)
    return max(chosen, *judged, 0) + _months(rule.settled)


def _before(window: Window) -> int:
    if window.name == "year":
        return 11
    return _months(-window.first) if window.name == "days" else 0


def _months(days: int) -> int:
    """In how many months before a month's first day so many days lie at most."""
    return -(-max(0, days) // 28)


class _Query:
    """The parts of one query, as common table expressions in the order they are needed."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.parts: list[str] = []
        self.is_record = rule.unit == "record"
        self.needs_code = any(each.same_code for each in self._conditions())
        names = ["person", "facility", "day"] + (["category"] if self.needs_code else [])
        self.keys = tuple(names)

    def text(self, denominator: bool) -> str:
        rule = self.rule
        self._base()
        self._filtered("qualified", "base", rule.having, rule.lacking)
        self._units()
        self._filtered("included", "units", (), rule.excluded)
        beside = [each for each in (*rule.counted, *rule.not_counted) if each.window.name != "itself"]
        joins = self._conditioned("included", beside)
        tests = self._tests(rule.counted, rule.not_counted, joins)
        counted = f"SUM(CASE WHEN {' AND '.join(tests)} THEN 1 ELSE 0 END)" if tests else "COUNT(*)"
        month = f"SUBSTRING(CAST({_DAY.format(day=self._settled('u.day'))} AS VARCHAR(10)), 1, 7)"
        final = (
            f"SELECT {month} AS month, u.facility, u.area, u.sex, u.band,\n"
            f"  CAST({counted} AS BIGINT) AS numerator,\n"
            f"  CAST({'COUNT(*)' if denominator else '0'} AS BIGINT) AS denominator\n"
            f"FROM included u{self._joins(joins)}\n"
            f"GROUP BY {month}, u.facility, u.area, u.sex, u.band"
        )
        return "WITH " + ",\n".join(self.parts) + "\n" + final

    def _conditions(self) -> tuple[Condition, ...]:
        rule = self.rule
        return (*rule.having, *rule.lacking, *rule.counted, *rule.not_counted, *rule.excluded)

    def _base(self) -> None:
        where = " OR ".join(f"({meets(each)})" for each in self.rule.base)
        keys = "person, facility, day" + (", SUBSTRING(code, 1, 3) AS category" if self.needs_code else "")
        if self.is_record:
            rest = "area, sex, band, age, code, value, case_type"
            self.parts.append(f"base AS (SELECT {keys}, {rest} FROM fact WHERE {where})")
            return
        rest = "MAX(area) AS area, MAX(sex) AS sex, MAX(band) AS band"
        self.parts.append(
            f"base AS (SELECT person, facility, day, {rest} FROM fact WHERE {where} GROUP BY person, facility, day)"
        )

    def _units(self) -> None:
        """Persons: one row each month (the last), each year or series (the first)."""
        every = self.rule.every
        if self.rule.unit != "person":
            self.parts.append("units AS (SELECT * FROM qualified)")
            return
        if every == "days":
            before = "LAG(day) OVER (PARTITION BY person ORDER BY day, facility DESC)"
            self.parts.append(f"ranked AS (SELECT q.*, {before} AS earlier FROM qualified q)")
            gap = _whole(self.rule.days)
            self.parts.append(f"units AS (SELECT * FROM ranked WHERE earlier IS NULL OR day - earlier > {gap})")
            return
        order = "day DESC" if every == "month" else "day"
        span = (
            _month(self._settled("day"))
            if every == "month"
            else f"EXTRACT(YEAR FROM {_DAY.format(day=self._settled('day'))})"
        )
        rank = f"ROW_NUMBER() OVER (PARTITION BY person, {span} ORDER BY {order}, facility DESC)"
        self.parts.append(f"ranked AS (SELECT q.*, {rank} AS place FROM qualified q)")
        self.parts.append("units AS (SELECT * FROM ranked WHERE place = 1)")

    def _settled(self, day: str) -> str:
        return f"{day} + {_whole(self.rule.settled)}" if self.rule.settled else day

    def _filtered(self, name: str, source: str, having: tuple[Condition, ...], lacking: tuple[Condition, ...]) -> None:
        beside = [each for each in (*having, *lacking) if each.window.name != "itself"]
        joins = self._conditioned(source, beside)
        tests = self._tests(having, lacking, joins)
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        self.parts.append(f"{name} AS (SELECT u.* FROM {source} u{self._joins(joins)}{where})")

    def _tests(self, having: tuple[Condition, ...], lacking: tuple[Condition, ...], joins: dict[int, str]) -> list[str]:
        groups: dict[str, list[str]] = {}
        for at, each in enumerate(having):
            held = self._holds(each, joins)
            groups.setdefault(each.one_of or f"#{at}", []).append(held)
        found = [f"({' OR '.join(each)})" for each in groups.values()]
        return found + [f"NOT ({self._holds(each, joins)})" for each in lacking]

    def _holds(self, condition: Condition, joins: dict[int, str]) -> str:
        if condition.window.name == "itself":
            return f"COALESCE({meets(condition.facts, 'u.', is_unit=True)}, FALSE)"
        return f"{joins[id(condition)]}.person IS NOT NULL"

    def _joins(self, joins: dict[int, str]) -> str:
        return "".join(
            f"\n  LEFT JOIN {name} ON " + " AND ".join(f"{name}.{key} = u.{key}" for key in self.keys)
            for name in joins.values()
        )

    def _conditioned(self, source: str, conditions: list[Condition]) -> dict[int, str]:
        """A table of the units' keys for each condition: those for which it holds."""
        return {id(each): self._condition(source, each) for each in conditions}

    def _condition(self, source: str, condition: Condition) -> str:
        name = f"c{len(self.parts)}"
        keys = ", ".join(f"u.{key}" for key in self.keys)
        units = f"(SELECT DISTINCT {', '.join(self.keys)} FROM {source})" if self.is_record else source
        code = ", SUBSTRING(code, 1, 3) AS category" if condition.same_code else ""
        facts = f"(SELECT person, facility, day, value{code} FROM fact WHERE {meets(condition.facts)})"
        on = ["f.person = u.person", *_within(condition.window)]
        if condition.same_facility:
            on.append("f.facility = u.facility")
        if condition.same_code:
            on.append("f.category = u.category")
        having = ""
        if condition.newest:
            fits = " AND ".join(_compared("f.value", *each) for each in condition.wanted)
            having = f" HAVING MAX(f.day) = MAX(CASE WHEN {fits} THEN f.day END)"
        elif condition.at_least > 1:
            having = f" HAVING COUNT(DISTINCT f.day) >= {_whole(condition.at_least)}"
        self.parts.append(
            f"{name} AS (SELECT {keys} FROM {units} u JOIN {facts} f ON {' AND '.join(on)} GROUP BY {keys}{having})"
        )
        return name


def _within(window: Window) -> list[str]:
    if window.name == "visit":
        return ["f.day = u.day", "f.facility = u.facility"]
    if window.name == "month":
        return [f"{_month('f.day')} = {_month('u.day')}"]
    if window.name == "year":
        year = "EXTRACT(YEAR FROM {})"
        f, u = _DAY.format(day="f.day"), _DAY.format(day="u.day")
        return [f"{year.format(f)} = {year.format(u)}", f"EXTRACT(MONTH FROM {f}) <= EXTRACT(MONTH FROM {u})"]
    if window.first == window.last == 0:
        return ["f.day = u.day"]
    return [f"f.day BETWEEN u.day + {_whole(window.first)} AND u.day + {_whole(window.last)}"]


def _month(day: str) -> str:
    date = _DAY.format(day=day)
    return f"(EXTRACT(YEAR FROM {date}) * 12 + EXTRACT(MONTH FROM {date}))"


def meets(selection: Selection, prefix: str = "", is_unit: bool = False) -> str:
    """The condition a fact must meet to be selected. `is_unit`: the kind is known already."""
    tests: list[str] = []
    if not is_unit:
        tests.append(_among(f"{prefix}kind", selection.kinds))
    if selection.codes:
        tests.append(_ranges(f"{prefix}code", selection.codes))
    if selection.not_codes:
        tests.append(f"NOT {_ranges(f'{prefix}code', selection.not_codes)}")
    if selection.ages is not None:
        low, high = selection.ages
        if low is not None:
            tests.append(f"{prefix}age >= {_whole(low)}")
        if high is not None:
            tests.append(f"{prefix}age <= {_whole(high)}")
    if selection.bands:
        tests.append(_among(f"{prefix}band", selection.bands))
    if selection.sex:
        tests.append(f"{prefix}sex = {_quoted(selection.sex)}")
    tests += [_compared(f"{prefix}value", *each) for each in selection.values]
    if selection.case:
        tests.append(f"{prefix}case_type = {_quoted(selection.case)}")
    if selection.facilities:
        kinds = _among("kind", selection.facilities)
        tests.append(f"{prefix}facility IN (SELECT number FROM facility WHERE {kinds})")
    if selection.ownership:
        owned = f"ownership = {_quoted(selection.ownership)}"
        tests.append(f"{prefix}facility IN (SELECT number FROM facility WHERE {owned})")
    return " AND ".join(tests) or "TRUE"


def _ranges(column: str, ranges: tuple[tuple[str, str], ...]) -> str:
    each = [
        f"{column} = {_quoted(first)}" if first == last else f"{column} BETWEEN {_quoted(first)} AND {_quoted(last)}"
        for first, last in ranges
    ]
    return f"({' OR '.join(each)})"


def _among(column: str, values: tuple[str, ...]) -> str:
    if len(values) == 1:
        return f"{column} = {_quoted(values[0])}"
    return f"{column} IN ({', '.join(_quoted(each) for each in values)})"


def _compared(column: str, operator: str, number: float) -> str:
    if operator not in _OPERATORS:
        raise ValueError(f"no such comparison: {operator!r}")
    return f"{column} {operator} {float(number)!r}"


def _quoted(value: str) -> str:
    if not _TEXT.fullmatch(value):
        raise ValueError(f"not a text that may enter a query: {value!r}")
    return f"'{value}'"


def _whole(number: int) -> str:
    return str(int(number))
