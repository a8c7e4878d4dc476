"""One TOML file as an indicator, or everything that is wrong with it."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any, Literal, cast, get_args

from hub.model import FACILITY_KINDS, Issue
from hub.monitor.ages import BANDS, YEARS
from hub.monitor.indicators.compiling import compiled, months_back
from hub.monitor.indicators.indicator import Condition, Every, Group, Indicator, Rule, Unit
from hub.monitor.indicators.lines import lines_of
from hub.monitor.indicators.selecting import AGES, Lists, condition, selection
from hub.monitor.indicators.table import Faults, Table

STRATA = ("facility", "area", "sex", "band")
MOST_BYTES = 65_536
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_SERIES = re.compile(r"once in (\d{1,4}) days")
_COUNTED = '"each", "once a month", "once a year", "once in 200 days"'
_LINE = re.compile(r"\(at line (\d+)")


def read(data: bytes, file: str, lists: Lists) -> tuple[Indicator | None, list[Issue]]:
    """The indicator of a file, or None and every fault found (HUB-424x; `row` is the line, `path` the key)."""
    try:
        if len(data) > MOST_BYTES:
            raise ValueError
        text = data.decode("utf-8-sig")  # editors on Windows begin a file with a mark
    except ValueError:
        return None, [Issue("HUB-4248", args={"file": file})]
    try:
        top = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _LINE.search(str(error))
        lines = text.splitlines()
        row = int(found[1]) if found else len(lines)
        problem = f"{str(error).partition(' (at')[0]}: {lines[row - 1].strip()[:60] if 0 < row <= len(lines) else ''}"
        return None, [Issue("HUB-4240", row=row, args={"file": file, "problem": problem})]
    faults = Faults(file, lines_of(text))
    indicator = _indicator(Table(top, "", faults), lists)
    return (None, sorted(faults.issues, key=lambda each: each.row or 0)) if faults.issues else (indicator, [])


def _indicator(top: Table, lists: Lists) -> Indicator | None:
    id_ = top.text("id", 'id = "hipertensi-terkendali"', is_needed=True)
    if id_ and (not _ID.fullmatch(id_) or len(id_) > 48):
        top.wrong("id", '"hipertensi-terkendali", "spm-08"')
    unit = cast(Unit, top.choice("unit", get_args(Unit)))
    is_told = top.flag("self_reported")
    missing = top.words("missing", is_needed=False)
    needs = top.choice("needs", ("population", "target"), "")
    denominator, numerator = (_one(top, key) for key in ("denominator", "numerator"))
    exclusions, suppression = (_one(top, key, is_needed=False) for key in ("exclusions", "suppression"))
    base = numerator if needs else denominator
    times = _every(top, unit), top.whole("judged_after_days", 0, 730, 0)
    excluded = _conditions(exclusions, "any", lists, unit)
    rule = None
    if base is not None and base.has("select") and not is_told:
        rule = _rule(base, None if needs else numerator, excluded, lists, unit, times)
        _no_look_ahead(top, rule)
    elif base is not None and not is_told and not missing:
        base.missing("select", f"[{base.path}.select]")
    bands, sex = _population(top, needs)
    target, per = top.number("target"), top.whole("per", 1, 100_000, 100)
    if target is not None and target > per and not needs:
        top.wrong("target", f"0 .. {per}")
    found: dict[str, Any] = {
        "title": top.words("title"),
        "direction": top.choice("direction", ("up", "down")),
        "denominator": denominator.own_words() if denominator else {},
        "numerator": numerator.own_words() if numerator else {},
        "exclusions": exclusions.own_words() if exclusions else {},
        "k_inside": suppression.whole("inside", 5, 1000, 5) if suppression else 5,
        "k_public": suppression.whole("public", 11, 1000, 11) if suppression else 11,
        "group": cast(Group, top.choice("group", get_args(Group), "city")),
        "source": top.words("source"),
        "target": target,
        "per": per,
        "strata": _strata(top),
        "reported_by": top.several("reported_by", FACILITY_KINDS) if is_told else (),
        "most_reported": top.whole("most_reported", 1, 10_000_000, 20_000) if is_told else 0,
    }
    for table in (denominator, numerator, exclusions, suppression, top):
        if table is not None:
            table.close()
    if top.faults.issues:
        return None
    return Indicator(
        id=id_,
        unit=unit,
        sql=compiled(rule, denominator=not needs) if rule else "",
        needs=cast(Literal["population", "target"], needs) if needs else None,
        missing=missing,
        self_reported=is_told,
        every=times[0][0],
        back=months_back(rule) if rule else 0,
        population_bands=bands,
        population_sex=sex,
        rule=rule,
        **found,
    )


def _rule(
    base: Table,
    numerator: Table | None,
    excluded: tuple[Condition, ...],
    lists: Lists,
    unit: Unit,
    times: tuple[tuple[Every, int], int],
) -> Rule:
    if numerator is not None and numerator.has("select"):  # what is counted is always among the denominator
        numerator.faults.add("HUB-4264", numerator.at("select"), example=f"[[{numerator.path}.with]]")
    (every, days), settled = times
    selected = base.tables("select")
    selections = [selection(table, lists) for table in selected]
    for table in selected:
        table.close()
    counted = _conditions(numerator, "with", lists, unit)
    without = _conditions(numerator, "without", lists, unit)
    if numerator is not None and not counted and not without and not numerator.has("select"):
        numerator.missing("with", f"[[{numerator.path}.with]]")
    return Rule(
        unit=unit,
        every=every,
        days=days,
        settled=settled,
        base=tuple(selections),
        having=_conditions(base, "with", lists, unit),
        lacking=_conditions(base, "without", lists, unit),
        counted=counted,
        not_counted=without,
        excluded=excluded,
    )


def _no_look_ahead(top: Table, rule: Rule) -> None:
    """A unit is judged in its month: what follows later can only be asked for when it is judged as many days later."""
    conditions = (*rule.having, *rule.lacking, *rule.counted, *rule.not_counted, *rule.excluded)
    most = max((each.window.last for each in conditions if each.window.name == "days"), default=0)
    if most > rule.settled:
        top.faults.add("HUB-4245", "judged_after_days", example=f"judged_after_days = {most}")


def _conditions(table: Table | None, key: str, lists: Lists, unit: Unit) -> tuple[Condition, ...]:
    if table is None:
        return ()
    return tuple(condition(each, lists, unit) for each in table.tables(key))


def _one(top: Table, key: str, is_needed: bool = True) -> Table | None:
    value = top.raw(key)
    if value is None:
        if is_needed:
            top.missing(key, f"[{key}]")
        return None
    if not isinstance(value, Mapping):
        top.wrong(key, f"[{key}]", "?")
        return None
    return Table(value, key, top.faults)


def _every(top: Table, unit: Unit) -> tuple[Every, int]:
    written = top.text("counted", f"counted = {_COUNTED}") or ("once a month" if unit == "person" else "each")
    match = _SERIES.fullmatch(written)
    if written not in ("each", "once a month", "once a year") and not match:
        top.wrong("counted", _COUNTED)
        return "each", 0
    if (written == "each") is (unit == "person"):
        top.faults.add("HUB-4245", "counted", example='"once a month"' if unit == "person" else '"each"')
    if match:
        return "days", int(match[1])
    return ("month", 0) if written == "once a month" else ("year", 0) if written == "once a year" else ("each", 0)


def _population(top: Table, needs: str) -> tuple[tuple[str, ...], str]:
    table = _one(top, "population", is_needed=False)
    if table is None:
        return (), ""
    if needs != "population":
        top.faults.add("HUB-4245", "population", example='needs = "population"')
    sex = table.choice("sex", ("female", "male"), "")
    written = table.text("age", f"age = {AGES}")
    table.close()
    if not written:
        return BANDS, sex
    bands = _bands_of(written)
    if not bands:
        table.wrong("age", "0, 0-4, 1-4, 5-14, 15-59, 60+, 15+")
    return bands, sex


def _bands_of(written: str) -> tuple[str, ...]:
    """The age bands that make up an age exactly; () when none do."""
    low, _, high = written.rstrip("+").partition("-")
    if not low.isdecimal() or (high and not high.isdecimal()):
        return ()
    first = int(low)
    last = None if written.endswith("+") else int(high or low)
    found = [band for band in BANDS if _inside(YEARS[band], first, last)]
    fits = bool(found) and (YEARS[found[0]][0], YEARS[found[-1]][1]) == (first, last)
    return tuple(found) if fits else ()


def _inside(span: tuple[int, int | None], first: int, last: int | None) -> bool:
    return span[0] >= first and (last is None or (span[1] is not None and span[1] <= last))


def _strata(top: Table) -> tuple[str, ...]:
    value = top.raw("strata")
    if value is None:
        return STRATA
    if not isinstance(value, list) or not all(each in STRATA for each in value):
        top.wrong("strata", ", ".join(f'"{each}"' for each in STRATA))
        return STRATA
    return tuple(dict.fromkeys(value))
