"""The city's numbers as the health office may see them: released tables only, never counted anew (docs/adr/0021).

Every number comes from a table that was released once for a closed month, with small cells hidden (k = 5) so that no
combination of released numbers narrows a hidden one to fewer than k. Each call writes one audit entry (`city.view`).
"""

from dataclasses import dataclass, field

from hub.access.monitoring import only_auditors, released_table, tell
from hub.clock import city_time
from hub.errors import Category, HubError
from hub.fhir import instant_range
from hub.model import Issue, Principal
from hub.monitor.tables import HIDDEN, Row, Table
from hub.parts import Hub


@dataclass(frozen=True, slots=True)
class Cell:
    """One number. `value` None with `is_hidden`: closed (too small, or it would give a small one away; the reader is
    never told which); None without: this column does not exist on this line."""

    value: int | None = None
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table. `key`: area code (6 or 10 digits), facility id, ICD-10 category, age band, or a fixed word.

    `level`: city, kecamatan, kelurahan, outside (resident elsewhere), unknown (no usable address), public, private,
    facility, diagnosis, age, other. `name`: a place's or facility's name, a code; "" where the page has a word for it.
    `parent`: key of the line it is a part of, "" for the first.
    """

    key: str
    level: str
    name: str
    cells: tuple[Cell, ...]
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Released:
    """One released table, or its part for a fixed code, area or facility. `columns` name the cells of every line;
    `totals` is the line all others are parts of. `fixed`: what was asked for, e.g. {"code": "J06"}."""

    cube: str
    period: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    totals: Line
    made_ms: int
    fixed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MadeOf:
    """What a number is made of, one step finer. `tables`: released tables that divide the line (may be none).

    `sent`: for a facility whose visits are shown, what it sent in the month: submissions as a band ("1-10"; "" = none),
    day of the last (ISO), and the share of rows refused as a band ("0", "0-5", "5-20", "20-100"; "" when not shown). No
    count of accepted rows: minus the visits it would give the sensitive ones.
    """

    tables: tuple[Released, ...]
    sent: tuple[str, str, str] | None = None


CUBES = ("visits-area", "visits-facility", "diagnoses-area", "diagnoses-facility", "ages", "sensitive")
"""visits-area: areas by ownership. visits-facility: facilities by class of visit. diagnoses-area: diagnoses of an area
(`area=`, default the city), or areas of a diagnosis (`code=`). diagnoses-facility: with `facility=` or `code=`. ages:
age bands by sex of a kecamatan (`area=`). sensitive: the number of sensitive visits in the whole city, one line."""


def periods(hub: Hub, who: Principal) -> tuple[str, ...]:
    """The released months (YYYY-MM), newest first. FORBIDDEN unless the role is auditor. Not audited: no number."""
    only_auditors(who)
    with hub.store.reading() as tx:
        return tuple(tx.released_months())


def released(hub: Hub, who: Principal, cube: str, period: str, **fixed: str) -> Released:
    """A released table, or its part where `area`, `code` or `facility` is fixed (no other filter exists).

    HUB-4201 (not found): the month is not released; HUB-4202 (incorrect): no such cube or filter; HUB-4203 (not found):
    no such line. FORBIDDEN unless the role is auditor.
    """
    only_auditors(who)
    if cube not in CUBES or len(fixed) > 1 or not set(fixed) <= set(_FILTERS[cube]):
        raise HubError(Category.INCORRECT, Issue("HUB-4202", args={"name": cube[:40], "supported": ", ".join(CUBES)}))
    table, made_ms = _table(hub, cube, period)
    found = _part(table, made_ms, fixed)
    tell(hub, who, f"{cube} {period}", fixed, len(found.lines))
    return found


def made_of(hub: Hub, who: Principal, cube: str, period: str, line: str, code: str = "") -> MadeOf:
    """The next finer step of a line's number: city, kecamatan, kelurahan; city, facility, its classes and diagnoses.

    `code`: the diagnosis the number counts, in the tables of diagnoses. From released tables only; errors as
    `released`.
    """
    only_auditors(who)
    if cube not in ("visits-area", "visits-facility", "diagnoses-area", "diagnoses-facility"):
        raise HubError(Category.INCORRECT, Issue("HUB-4202", args={"name": cube[:40], "supported": ", ".join(CUBES)}))
    table, made_ms = _table(hub, cube, period)
    rows = [row for row in table.rows if row.of == code]
    own = next((row for row in rows if row.key == line), None)
    if own is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4203", args={"name": line[:40]}))
    below = [row for row in rows if row.parent == line]
    fixed = {"code": code} if code else {}
    tables = [_shown(table, made_ms, fixed, own, below)] if below else []
    for other, filter_ in _ACROSS.get((cube.partition("-")[0], own.level), ()):
        across, made_ms = _table(hub, other, period)
        tables.append(_part(across, made_ms, {filter_: line} if filter_ else {"code": code} if code else {}))
    sent = _sent(hub, line, period) if own.level == "facility" and _is_told(hub, line, period) else None
    tell(hub, who, f"{cube} {period}", {**fixed, "line": line}, sum(len(each.lines) for each in tables))
    return MadeOf(tuple(tables), sent)


_FILTERS = {
    "visits-area": (),
    "visits-facility": (),
    "diagnoses-area": ("code", "area"),
    "diagnoses-facility": ("code", "facility"),
    "ages": ("area",),
    "sensitive": (),
}
_ACROSS: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("visits", "city"): (("visits-facility", ""), ("diagnoses-area", "area")),
    ("visits", "kecamatan"): (("diagnoses-area", "area"), ("ages", "area")),
    ("visits", "kelurahan"): (("diagnoses-area", "area"),),
    ("visits", "outside"): (("diagnoses-area", "area"), ("ages", "area")),
    ("visits", "unknown"): (("diagnoses-area", "area"), ("ages", "area")),
    ("visits", "facility"): (("diagnoses-facility", "facility"),),
    ("diagnoses", "city"): (("diagnoses-facility", ""),),
}
"""What else divides a line's number, besides the lines below it: other tables, and by what they are fixed to it."""


def _table(hub: Hub, cube: str, period: str) -> tuple[Table, int]:
    found = released_table(hub, cube, period) if period else None
    if found is None:
        args = {"period": period[:10], "days": str(hub.config.release_days)}
        raise HubError(Category.NOT_FOUND, Issue("HUB-4201", args=args))
    return found


def _part(table: Table, made_ms: int, fixed: dict[str, str]) -> Released:
    """The lines of a table for what is fixed: places for a diagnosis, or diagnoses (age bands) for a place."""
    if "code" in fixed:
        rows = [row for row in table.rows if row.of == fixed["code"]]
    elif table.cube.startswith("diagnoses"):
        place = fixed.get("area", fixed.get("facility", "city"))
        rows = [row for row in table.rows if row.key == place]
        lines = [Line(row.of, "other" if row.of == "other" else "diagnosis", row.of, _cells(row)) for row in rows]
        return _answer(table, made_ms, fixed, lines, Line(place, *_called(rows), ()))
    elif table.cube == "ages":
        rows = [row for row in table.rows if not fixed or row.of == fixed["area"]]
        lines = [Line(row.key, row.level, row.name, _cells(row), row.of) for row in rows]
        return _answer(table, made_ms, fixed, lines, Line(fixed.get("area", "city"), "city", "", ()))
    else:
        rows = list(table.rows)
    own = next((row for row in rows if not row.parent), None)
    if own is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4203", args={"name": next(iter(fixed.values()), "")[:40]}))
    return _shown(table, made_ms, fixed, own, [row for row in rows if row is not own])


def _called(rows: list[Row]) -> tuple[str, str]:
    return (rows[0].level, rows[0].name) if rows else ("", "")


def _answer(table: Table, made_ms: int, fixed: dict[str, str], lines: list[Line], totals: Line) -> Released:
    if fixed and not lines:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4203", args={"name": next(iter(fixed.values()))[:40]}))
    return Released(table.cube, table.month, table.columns, tuple(lines), totals, made_ms, fixed)


def _shown(table: Table, made_ms: int, fixed: dict[str, str], own: Row, below: list[Row]) -> Released:
    lines = [Line(row.key, row.level, row.name, _cells(row), row.parent) for row in below]
    totals = Line(own.key, own.level, own.name, _cells(own), own.parent)
    return Released(table.cube, table.month, table.columns, tuple(lines), totals, made_ms, fixed)


def _cells(row: Row) -> tuple[Cell, ...]:
    return tuple(Cell(None, value == HIDDEN) if value < 0 else Cell(value) for value in row.cells)


def _is_told(hub: Hub, facility: str, period: str) -> bool:
    """Whether its visits are shown: where a clinic enters each by hand, the band of its submissions bounds them."""
    return any(
        row.key == facility and row.cells[-1] != HIDDEN for row in _table(hub, "visits-facility", period)[0].rows
    )


def _sent(hub: Hub, facility: str, period: str) -> tuple[str, str, str]:
    """What a facility sent in a month, without the number of accepted rows: less the visits it gives the sensitive. Nor
    is the number of submissions told but as a band: a visit entered by hand is a submission of its own."""
    with hub.store.reading() as tx:
        found = tx.submissions(facility, _MANY, *instant_range(period))
    rows = sum(sum(one.counts.values()) for one in found)
    refused = sum(one.counts.get("quarantined", 0) for one in found)
    share = "" if not rows else "0" if not refused else _refused(refused, rows)
    return _band(len(found)), city_time(found[0].created_ms)[:10] if found else "", share


def _band(number: int) -> str:
    """A number of submissions as a range no narrower than k."""
    return "" if not number else next((name for most, name in _BANDS if number <= most), "101-")


_BANDS = ((10, "1-10"), (30, "11-30"), (100, "31-100"))


def _refused(refused: int, rows: int) -> str:
    return "0-5" if refused * 20 < rows else "5-20" if refused * 5 < rows else "20-100"


_MANY = 20_000
