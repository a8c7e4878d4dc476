"""The part of a definition that selects facts, and the conditions that look at other facts of the same person."""

import re
from collections.abc import Mapping

from hub.model import FACILITY_KINDS
from hub.monitor.ages import BANDS
from hub.monitor.indicators.codes import KINDS, code_range
from hub.monitor.indicators.indicator import Condition, Selection, Unit, Window
from hub.monitor.indicators.table import Table

Lists = Mapping[str, tuple[str, ...]]
"""Named lists of codes, as they are written."""

AGES = '"15-59", "60+", "0"'
_VALUES = '"< 140", ">= 4 and < 8", "120 - 139"'
_WINDOWS = '"same visit", "same day", "same month", "year so far", "90 days before", "1-7 days before", "30 days after"'
_AGE = re.compile(r"(\d{1,3})(?:\s*(\+)|\s*-\s*(\d{1,3}))?")
_TEST = re.compile(r"(<=|>=|<|>|=)\s*(\d{1,6}(?:\.\d{1,4})?)")
_SPAN = re.compile(r"(\d{1,6}(?:\.\d{1,4})?)\s*-\s*(\d{1,6}(?:\.\d{1,4})?)")
_DAYS = re.compile(r"(?:(\d{1,4})\s*-\s*)?(\d{1,4}) days (before|after)")
_MOST_DAYS = 1830
_NAMED = {
    "same visit": Window("visit"),
    "same day": Window("days"),
    "same month": Window("month"),
    "year so far": Window("year"),
    "itself": Window("itself"),
}


def selection(table: Table, lists: Lists, *, has_value: bool = True) -> Selection:
    """Which facts the table selects; `has_value` False: its value is not asked for here."""
    if not table.has("kind"):
        table.missing("kind", 'kind = "diagnosis"')
    kinds = table.several("kind", KINDS)
    return Selection(
        kinds=kinds,
        codes=_codes(table, "codes", kinds, lists),
        not_codes=_codes(table, "not_codes", kinds, lists),
        ages=_ages(table),
        bands=table.several("band", BANDS, ", ".join(BANDS)),
        sex=table.choice("sex", ("female", "male"), ""),
        values=values(table) if has_value else (),
        case=table.choice("case", ("new", "existing"), ""),
        facilities=table.several("facilities", FACILITY_KINDS),
        ownership=table.choice("ownership", ("public", "private"), ""),
    )


def condition(table: Table, lists: Lists, unit: Unit) -> Condition:
    """One condition about other facts (or, of a record, about itself)."""
    window = _window(table, unit)
    newest = table.flag("newest")
    wanted = values(table) if newest else ()
    if newest and not wanted:
        table.missing("value", 'value = "< 140"')
    same = table.several("same", ("code", "facility"), '["code"], ["facility"], ["code", "facility"]')
    if "code" in same and unit != "record":
        table.faults.add("HUB-4245", table.at("same"), example='unit = "record"')
    at_least = table.whole("at_least", 1, 366, 1)
    if newest and at_least > 1:
        table.faults.add("HUB-4245", table.at("at_least"), example="newest = true")
    found = Condition(
        facts=selection(table, lists, has_value=not newest),
        window=window,
        at_least=at_least,
        newest=newest,
        wanted=wanted,
        same_code="code" in same,
        same_facility="facility" in same,
        one_of=table.text("one_of", 'one_of = "glucose"'),
    )
    if window.name == "itself":
        for key in ("at_least", "newest", "same", "facilities", "ownership"):
            if table.has(key):
                table.faults.add("HUB-4245", table.at(key), example='during = "same visit"')
    table.close()
    return found


def values(table: Table) -> tuple[tuple[str, float], ...]:
    """The comparisons a value must meet."""
    written = table.text("value", f"value = {_VALUES}")
    if not written:
        return ()
    if match := _SPAN.fullmatch(written):
        return (">=", float(match[1])), ("<=", float(match[2]))
    found = [_TEST.fullmatch(part.strip()) for part in written.split(" and ")]
    if not all(found) or len(found) > 4:
        table.wrong("value", _VALUES)
        return ()
    return tuple((match[1], float(match[2])) for match in found if match)


def _codes(table: Table, key: str, kinds: tuple[str, ...], lists: Lists) -> tuple[tuple[str, str], ...]:
    value = table.raw(key)
    if value is None or not kinds:  # what its codes must look like is not known
        return ()
    written = value if isinstance(value, list) else [value]
    if not written or not all(isinstance(code, str) for code in written) or len(written) > 500:
        table.wrong(key, f'{key} = ["I10-I15", "E11"]')
        return ()
    named: list[str] = []
    for code in written:
        named += lists.get(code[1:], (code,)) if code.startswith("@") else (code,)
    found: list[tuple[str, str]] = []
    for code in named:
        ranges = [one for kind in kinds if (one := code_range(kind, code)) is not None]
        if not ranges:
            known = ", ".join(f"@{name}" for name in sorted(lists)) or "-"
            table.faults.add(
                "HUB-4244", table.at(key), found=code[:40], kind=", ".join(kinds), example=_like(kinds[0]), lists=known
            )
        found += ranges[:1]
    return tuple(dict.fromkeys(found))


def _like(kind: str) -> str:
    return {
        "diagnosis": '"I10", "I10-I15", "J06.9" (ICD-10)',
        "referral": '"I10", "I10-I15" (ICD-10)',
        "birth": '"O80", "Z37" (ICD-10)',
        "vital": '"8480-6" (LOINC)',
        "lab": '"4548-4" (LOINC)',
        "pregnancy": '"18185-9" (LOINC)',
        "procedure": '"73.59" (ICD-9-CM)',
        "medicine": '"J01", "J01CA04" (ATC), "93000123" (KFA)',
        "immunization": '"19" (CVX)',
        "encounter": '"AMB", "EMER", "IMP"',
        "wait": '"AMB"',
        "payer": '"JKN", "other"',
        "tb": '"TB-SO/active"',
    }[kind]


def _ages(table: Table) -> tuple[int | None, int | None] | None:
    written = table.text("age", f"age = {AGES}")
    if not written:
        return None
    match = _AGE.fullmatch(written)
    low = int(match[1]) if match else 0
    high = None if match and match[2] else int(match[3]) if match and match[3] else low
    if not match or low > 150 or (high is not None and not low <= high <= 150):
        table.wrong("age", AGES)
        return None
    return low, high


def _window(table: Table, unit: Unit) -> Window:
    written = table.text("during", f"during = {_WINDOWS}", is_needed=True)
    if not written:
        return Window("visit")
    if written == "itself" and unit != "record":
        table.faults.add("HUB-4245", table.at("during"), example='during = "same visit"')
        return Window("visit")
    if written in _NAMED:
        return _NAMED[written]
    match = _DAYS.fullmatch(written)
    near, far = (int(match[1] or 0), int(match[2])) if match else (1, 0)
    if not match or near > far or far > _MOST_DAYS:
        table.wrong("during", _WINDOWS + (', "itself"' if unit == "record" else ""))
        return Window("visit")
    return Window("days", -far, -near) if match[3] == "before" else Window("days", near, far)
