"""The health office's and the facilities' views of the city: who may see what, from released tables, once for all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest

from hub.access.city import CUBES, Cell, made_of, periods, released
from hub.access.monitoring import NO_MONTH, UNKNOWN_MONTH, month_mark, seal_items
from hub.access.quality import reporting
from hub.access.reporters import own_figures
from hub.audit import decode_entry
from hub.errors import HubError
from hub.model import Facility, Principal
from hub.monitor import Fact
from hub.parts import Hub
from hub.store import FactRow, Submission
from hub.upkeep.registering import register_facility
from hub.upkeep.releasing import mark_months, release_closed
from tests.whole.conftest import Homes, register
from tests.whole.sending import A, file_of, row, send

AUDITOR = Principal("auditor", "staf-dinas", "PUBHLTH", person="staf-dinas")
MANTUIL, PEKAUMAN, TELUK_DALAM = "6371011001", "6371011003", "6371051004"
DAY = (date(2026, 9, 14) - date(1970, 1, 1)).days
_items = count(1)


@pytest.fixture
def hub(homes: Homes) -> Hub:
    """A hub in November 2026 that knows eight facilities."""
    opened = homes.open()
    now = int(datetime(2026, 11, 20, tzinfo=UTC).timestamp() * 1000)
    opened = replace(opened, clock=lambda: now)
    for number in range(2):
        register_facility(opened, Facility(0, f"pkm-{number}", f"Puskesmas {number}", "puskesmas", "public"))
    for number in range(6):
        register_facility(opened, Facility(0, f"klinik-{number}", f"Klinik {number}", "klinik", "private"))
    return opened


def visits(
    hub: Hub,
    n: int,
    facility: str,
    kelurahan: str,
    code: str = "J06.9",
    day: int = DAY,
    month: int | None = None,
    **more: Any,
) -> None:
    """As many visits with one diagnosis each, straight into the store of facts."""
    number = hub.facilities[facility].number
    rows = []
    for _ in range(n):
        patient = next(_items)
        for fact in (
            Fact("encounter", "AMB", day, number, kelurahan, "20-44", "female", lag=1),
            Fact("diagnosis", code, day, number, kelurahan, "20-44", "female", case="new"),
        ):
            item, mark = next(_items), month_mark(hub, day) if month is None else month
            rows.append(FactRow(patient, item, 1, seal_items(hub, item, {item: [fact]}), mark))
    with hub.store.writing() as tx:
        tx.add_facts(rows)


@pytest.fixture
def counted(hub: Hub) -> Hub:
    """September: 120 public visits, 61 private ones."""
    visits(hub, 70, "pkm-0", MANTUIL)
    visits(hub, 50, "pkm-1", PEKAUMAN, "A09")
    for number in range(6):
        visits(hub, 9 + number, f"klinik-{number}", TELUK_DALAM if number % 2 else PEKAUMAN)
    visits(hub, 2, "klinik-0", "")
    return hub


def cells(values: tuple[Cell, ...]) -> list[int | str | None]:
    return ["x" if cell.is_hidden else cell.value for cell in values]


def looks(hub: Hub) -> Iterator[Any]:
    with hub.store.reading() as tx:
        for waiting in tx.unsequenced(1000):
            yield decode_entry(hub.boxes.audit.open(waiting.body, b"audit"))


def test_a_month_is_released_once_and_never_again(counted: Hub) -> None:
    assert release_closed(counted) == ["2026-09"]
    before = {cube: released(counted, AUDITOR, cube, "2026-09") for cube in CUBES}
    assert cells(before["visits-area"].totals.cells) == [120, 71, 191]
    visits(counted, 500, "pkm-0", MANTUIL)
    assert release_closed(counted) == []
    assert {cube: released(counted, AUDITOR, cube, "2026-09") for cube in CUBES} == before, "late data are not counted"
    assert [entry.details["month"] for entry in looks(counted) if entry.event == "city.release"] == ["2026-09"]


def test_an_open_month_is_not_released(counted: Hub) -> None:
    november, october = DAY + 62, DAY + 40
    visits(counted, 50, "pkm-0", MANTUIL, day=october)
    visits(counted, 50, "pkm-0", MANTUIL, day=november)
    with pytest.raises(HubError, match="HUB-4204"):
        release_closed(counted, "2026-11")
    with pytest.raises(HubError, match="HUB-4204"):
        release_closed(counted, "soon")
    assert release_closed(counted, "2026-09") == ["2026-09"]
    waiting = replace(counted, config=replace(counted.config, release_days=30))
    assert release_closed(waiting) == []
    assert release_closed(counted) == ["2026-10"]
    assert periods(counted, AUDITOR) == ("2026-10", "2026-09")


def test_tables_have_lines_for_areas_facilities_and_diagnoses(counted: Hub) -> None:
    release_closed(counted)
    areas = {line.key: cells(line.cells) for line in released(counted, AUDITOR, "visits-area", "2026-09").lines}
    assert areas[MANTUIL] == [70, 0, 70]
    assert areas["unknown"] == [0, "x", "x"], "two visits, both private"
    assert areas["637102"] == [0, 0, 0]
    hidden = [key for key, values in areas.items() if values[2] == "x"]
    assert len(hidden) > 1, "and something else, so that they cannot be computed"
    facilities = {line.key: line for line in released(counted, AUDITOR, "visits-facility", "2026-09").lines}
    assert cells(facilities["pkm-0"].cells) == [70, 0, 0, 0, 70]
    assert facilities["pkm-0"].name == "Puskesmas 0"
    assert facilities["pkm-0"].parent == "public"
    top = released(counted, AUDITOR, "diagnoses-area", "2026-09")
    assert [line.key for line in top.lines] == ["J06", "A09"]
    by_place = released(counted, AUDITOR, "diagnoses-area", "2026-09", code="A09")
    assert by_place.totals.cells[2] == Cell(50)
    assert released(counted, AUDITOR, "diagnoses-facility", "2026-09", facility="pkm-1").lines[1].key == "A09"
    ages = released(counted, AUDITOR, "ages", "2026-09", area="637101")
    assert {line.key for line in ages.lines} >= {"20-44", "70+", "unknown"}


def test_a_number_leads_to_what_it_is_made_of(hub: Hub) -> None:
    counts = {"accepted": 9, "quarantined": 1}
    for text in ("2026-08-31T23:59", "2026-09-01T00:01", "2026-09-30T23:59", "2026-10-01T00:00"):
        at = int(datetime.fromisoformat(f"{text}+08:00").timestamp() * 1000)
        with hub.store.writing() as tx:
            tx.add_submission(Submission(text, "klinik-4", "klinik_csv", "done", at, at, counts))
    for code, n in (("J06", 20), ("K30", 10)):
        visits(hub, n, "pkm-0", MANTUIL, code)
        visits(hub, n, "pkm-1", PEKAUMAN, code)
        for number in range(6):
            visits(hub, n, f"klinik-{number}", MANTUIL, code)
    release_closed(hub)
    city = made_of(hub, AUDITOR, "visits-area", "2026-09", "city")
    assert [table.cube for table in city.tables] == ["visits-area", "visits-facility", "diagnoses-area"]
    assert sum(line.cells[2].value or 0 for line in city.tables[0].lines) == 240
    district = made_of(hub, AUDITOR, "visits-area", "2026-09", "637101")
    assert {line.key for line in district.tables[0].lines} >= {MANTUIL, PEKAUMAN}
    clinic = made_of(hub, AUDITOR, "visits-facility", "2026-09", "klinik-3")
    assert clinic.tables[0].cube == "diagnoses-facility"
    assert clinic.sent == ("", "", "")
    sent = made_of(hub, AUDITOR, "visits-facility", "2026-09", "klinik-4").sent
    assert sent is not None
    assert sent[1:] == ("2026-09-30", "5-20"), "of the city's own month"
    cases = made_of(hub, AUDITOR, "diagnoses-area", "2026-09", "637101", code="J06")
    assert sum(line.cells[2].value or 0 for line in cases.tables[0].lines) == 160
    with pytest.raises(HubError, match="HUB-4203"):
        made_of(hub, AUDITOR, "visits-area", "2026-09", "jakarta")


def test_what_does_not_exist_is_said_plainly(counted: Hub) -> None:
    release_closed(counted)
    for code, arguments in (
        ("HUB-4201", ("visits-area", "2026-10", {})),
        ("HUB-4201", ("visits-area", "'; DROP", {})),
        ("HUB-4202", ("patients", "2026-09", {})),
        ("HUB-4202", ("visits-area", "2026-09", {"facility": "pkm-0"})),
        ("HUB-4202", ("diagnoses-area", "2026-09", {"code": "J06", "area": MANTUIL})),
        ("HUB-4203", ("diagnoses-area", "2026-09", {"code": "B20"})),
        ("HUB-4203", ("diagnoses-facility", "2026-09", {"facility": "rs-tidak-ada"})),
    ):
        cube, period, fixed = arguments
        with pytest.raises(HubError, match=code):
            released(counted, AUDITOR, cube, period, **fixed)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ["clinician", "clinic-client", "patient", "privacy-officer", "steward", "system"])
def test_only_the_health_office_sees_the_city(counted: Hub, role: Any) -> None:
    release_closed(counted)
    who = Principal(role, "x", "TREAT", facility="pkm-0", person="x")
    for look in (
        lambda: periods(counted, who),
        lambda: released(counted, who, "visits-area", "2026-09"),
        lambda: made_of(counted, who, "visits-area", "2026-09", "city"),
        lambda: reporting(counted, who),
    ):
        with pytest.raises(HubError, match="HUB-5004"):
            look()
    with pytest.raises(HubError, match="HUB-5004"):
        own_figures(counted, AUDITOR)


def test_every_look_is_one_entry_about_nobody(counted: Hub) -> None:
    release_closed(counted)
    released(counted, AUDITOR, "diagnoses-area", "2026-09", code="J06")
    made_of(counted, AUDITOR, "visits-area", "2026-09", "637101")
    reporting(counted, AUDITOR)
    seen = [entry for entry in looks(counted) if entry.event == "city.view"]
    assert [entry.query for entry in seen] == [
        "diagnoses-area 2026-09 code=J06",
        "visits-area 2026-09 line=637101",
        "reporting",
    ]
    assert {(entry.subject, entry.role, entry.compartments, entry.is_person) for entry in seen} == {
        ("staf-dinas", "auditor", (), True)
    }


def test_a_facility_sees_its_own_numbers_exactly_and_nobody_elses(counted: Hub) -> None:
    who = Principal("clinician", "bidan", "TREAT", facility="klinik-0", person="bidan")
    assert own_figures(counted, who) is None
    release_closed(counted)
    own = own_figures(counted, who)
    assert own is not None
    assert (own.period, own.visits, own.classes["AMB"], own.diagnoses) == ("2026-09", 11, 11, (("J06", 11, 11),))
    positions = {each.measure: each for each in own.positions}
    assert positions["area"].own == 82
    assert positions["visits"].quartiles == (10, 10, 15), "of six clinics, rounded to five"
    public = own_figures(counted, replace(who, facility="pkm-0"))
    assert public is not None
    assert {each.quartiles for each in public.positions if each.measure == "visits"} == {(10, 10, 25)}
    with pytest.raises(HubError, match="HUB-4201"):
        own_figures(counted, who, "2020-01")


def test_weeks_say_who_reported_in_time(hub: Hub) -> None:
    visits(hub, 5, "pkm-0", MANTUIL, day=DAY + 50)
    visits(hub, 5, "pkm-0", MANTUIL, day=DAY + 64)
    register_facility(hub, replace(hub.facilities["pkm-1"], settings={"closed_on": "2020-01-01"}))
    register_facility(hub, Facility(0, "klinik-vct", "Klinik VCT", labels=frozenset({"HIV"})))
    release_closed(hub)
    found = reporting(hub, AUDITOR)
    lines = {line.facility: line for line in found.lines}
    states = dict(zip(found.weeks, [week.state for week in lines["pkm-0"].weeks], strict=True))
    assert states["2026-11-01"] == "on-time"
    assert states["2026-11-08"] == "none"
    assert states["2026-11-15"] == "on-time"
    assert states["2026-08-23"] == "not-expected"
    assert {week.state for week in lines["pkm-1"].weeks} == {"closed"}
    assert {week.state for week in lines["klinik-0"].weeks} == {"not-expected"}, "never reported"
    assert "klinik-vct" not in lines


def test_facts_without_a_mark_are_marked_and_counted(hub: Hub) -> None:
    visits(hub, 20, "pkm-0", MANTUIL, month=UNKNOWN_MONTH)
    visits(hub, 20, "klinik-0", MANTUIL)
    assert mark_months(hub) == 40
    assert mark_months(hub) == 0
    assert release_closed(hub) == ["2026-09"]
    assert cells(released(hub, AUDITOR, "visits-area", "2026-09").totals.cells) == [20, 20, 40]


def test_the_way_in_marks_facts_and_keeps_the_day_a_visit_first_came_in(homes: Homes, city: Any) -> None:
    hub = register(homes.open(), city)
    first = int(datetime(2026, 2, 5, 4, tzinfo=UTC).timestamp() * 1000)
    send(replace(hub, clock=lambda: first), A, file_of(row()))
    send(hub, A, file_of(row(poli="Gigi", alamat="Mantuil")))
    with hub.store.reading() as tx:
        rows = tx.facts()
        assert {each.month for each in rows} <= {month_mark(hub, DAY - 223), NO_MONTH}
        assert month_mark(hub, DAY - 223) in {each.month for each in rows}
        assert UNKNOWN_MONTH not in {each.month for each in rows}
    assert release_closed(hub)[:1] == ["2026-02"]
    with hub.store.reading() as tx:
        weeks = tx.released("2026-02", "weeks")
    assert weeks is not None
