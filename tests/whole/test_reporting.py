"""The reporting matrix from facts, the registry and the door: who is silent, who is out of reach, who sends nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest

from hub.access.monitoring import month_mark, seal_items
from hub.access.quality import Reporter, reasons, reporting, strip
from hub.audit import decode_entry
from hub.clock import system_clock
from hub.errors import HubError
from hub.model import Facility, Issue, Principal
from hub.monitor import Fact
from hub.parts import Hub
from hub.pipeline.quarantine import Waiting, seal_waiting
from hub.store import FactRow, QuarantineRow
from hub.upkeep.counting import count_month
from hub.upkeep.papering import set_details
from hub.upkeep.registering import register_facility
from hub.upkeep.reporting import keep_reporting
from tests.whole.calling import online, signed_in
from tests.whole.conftest import Homes

AUDITOR = Principal("auditor", "staf-dinas", "PUBHLTH", person="staf-dinas")
NOW = int(datetime(2026, 11, 20, tzinfo=UTC).timestamp() * 1000)
FIRST = (date(2026, 9, 6) - date(1970, 1, 1)).days
"""A Sunday; ten weeks follow until the newest closed one."""
_items = count(1)


@pytest.fixture
def hub(homes: Homes) -> Hub:
    """A hub in November 2026 with five facilities."""
    opened = replace(homes.open(), clock=lambda: NOW)
    for name in ("baik", "diam", "putus", "kosong", "tutup"):
        register_facility(opened, Facility(0, name, f"Klinik {name}", "klinik", "private", kelurahan="6371011001"))
    return opened


def weeks(hub: Hub, facility: str, n: int, *, is_coded: bool = True, lag: int = 1) -> None:
    """Twenty-four visits in each of the first `n` weeks, straight into the store of facts."""
    number = hub.facilities[facility].number
    rows = []
    for week in range(n):
        for _ in range(24):
            patient, day = next(_items), FIRST + 7 * week + 2
            found = [Fact("encounter", "AMB", day, number, "6371011001", "20-44", "female", lag=lag)]
            found.append(Fact("vital", "8480-6", day, number, "6371011001", "20-44", "female"))
            if is_coded:
                found.append(Fact("diagnosis", "J06.9", day, number, "6371011001", "20-44", "female"))
            item = next(_items)
            rows.append(FactRow(patient, item, 1, seal_items(hub, item, {item: found}), month_mark(hub, day)))
    with hub.store.writing() as tx:
        tx.add_facts(rows)


def lines(hub: Hub) -> dict[str, Reporter]:
    keep_reporting(hub)
    return {line.facility: line for line in reporting(hub, AUDITOR).lines}


def looks(hub: Hub) -> Iterator[Any]:
    with hub.store.reading() as tx:
        for waiting in tx.unsequenced(1000):
            yield decode_entry(hub.boxes.audit.open(waiting.body, b"audit"))


def test_silence_without_contact_is_told_from_silence_with_it(hub: Hub) -> None:
    weeks(hub, "baik", 10)
    weeks(hub, "diam", 6)
    weeks(hub, "putus", 6)
    with hub.store.writing() as tx:
        tx.note_contact("klien-diam", "diam", NOW - 3_600_000)
        tx.note_contact("klien-putus", "putus", NOW - 30 * 86_400_000)
        tx.note_contact("klien-putus", "putus", NOW - 20 * 86_400_000)
    found = lines(hub)
    assert found["baik"].standing == "good"
    assert (found["baik"].on_time, found["baik"].due) == (10, 10)
    assert found["diam"].standing == "silent"
    assert found["putus"].standing == "unreachable"
    assert found["putus"].heard_ms == NOW - 20 * 86_400_000
    assert found["kosong"].standing == "never"
    assert [week.state for week in found["diam"].weeks[-5:]] == ["none"] * 4 + ["open"]


def test_a_facility_that_reports_in_time_with_nothing_in_it_is_named(hub: Hub) -> None:
    weeks(hub, "kosong", 10, is_coded=False)
    line = lines(hub)["kosong"]
    assert line.standing == "empty"
    assert [week.state for week in line.weeks if week.flag == "empty"] == ["on-time"] * 10
    assert line.on_time == line.due == 10, "by the clock alone it would be among the best"


def test_what_the_registry_says_of_opening_and_closing_counts(hub: Hub) -> None:
    weeks(hub, "tutup", 4)
    assert lines(hub)["tutup"].standing == "unreachable"
    set_details(hub, [{"facility": "tutup", "opened": "2019-03-01", "closed": "2026-10-03"}])
    line = lines(hub)["tutup"]
    assert line.standing == "closed"
    assert {week.state for week in line.weeks[-6:]} == {"closed"}
    assert (line.on_time, line.due) == (4, 4), "what is closed is in no denominator"


def test_late_records_change_the_word(hub: Hub) -> None:
    weeks(hub, "baik", 4)
    assert [week.state for week in lines(hub)["baik"].weeks][-11:-5] == ["on-time"] * 4 + ["none"] * 2
    weeks(hub, "baik", 6, lag=20)
    assert [week.state for week in lines(hub)["baik"].weeks][-11:-5] == ["late"] * 6


def test_a_facility_that_becomes_sensitive_is_in_no_line_and_no_count_any_more(hub: Hub) -> None:
    weeks(hub, "baik", 4)
    assert lines(hub)["baik"].on_time == 4
    register_facility(hub, replace(hub.facilities["baik"], labels=frozenset(["HIV"])))
    assert "baik" not in lines(hub)
    with hub.store.reading() as tx:
        assert not count_month(hub, tx, "2026-09").visits
    register_facility(hub, replace(hub.facilities["baik"], labels=frozenset()))
    assert lines(hub)["baik"].on_time == 4, "counted again: the weeks kept meanwhile were of other facilities"


def test_refused_rows_are_counted_by_system_code_and_field_and_not_shown(hub: Hub) -> None:
    register_facility(hub, replace(hub.facilities["diam"], settings={"vendor": "SIMRS Contoh"}))
    issue = Issue("HUB-2110", column="diagnosa", value="rahasia")
    rows = []
    for row in range(12):
        held = Waiting(row, {"nama": "rahasia"}, "a.csv", "klinik_csv", [issue])
        body = seal_waiting(hub, "KJ-1", held)
        rows.append(QuarantineRow("KJ-1", row, "diam", None, "open", NOW - 1000, None, body))
    old = rows[0]._replace(submission="KJ-0", created_ms=NOW - 100 * 86_400_000)
    with hub.store.writing() as tx:
        tx.add_quarantine([*rows, old])
    keep_reporting(hub)
    found = reporting(hub, AUDITOR)
    assert [tuple(getattr(one, name) for name in ("system", "code", "field", "rows")) for one in found.faults] == [
        ("SIMRS Contoh", "HUB-2110", "diagnosa", 10)
    ]
    assert found.waiting == 10
    assert "rahasia" not in repr(found)


def test_reasons_name_open_days_and_holidays_and_every_look_is_told(hub: Hub) -> None:
    weeks(hub, "baik", 10)
    keep_reporting(hub)
    line, found = reasons(hub, AUDITOR, "baik")
    assert line.facility == "baik"
    by_week = {reason.week.start: reason for reason in found}
    assert by_week["2026-08-23"].days_open == 5
    assert [names["en"] for _, names, _ in by_week["2026-08-23"].holidays] == ["Mawlid"]
    assert len(strip(hub, AUDITOR, "baik")) == 12
    assert [entry.query for entry in looks(hub) if entry.event == "city.view"] == [
        "reporting",
        "reporting facility=baik",
    ]
    with pytest.raises(HubError, match="HUB-4203"):
        reasons(hub, AUDITOR, "tidak-ada")


@pytest.mark.parametrize("role", ["clinician", "patient", "privacy-officer", "surveillance"])
def test_only_the_health_office_sees_who_reports(hub: Hub, role: Any) -> None:
    who = Principal(role, "x", "TREAT", facility="baik", person="x")
    for look in (reporting, lambda h, w: strip(h, w, "baik"), lambda h, w: reasons(h, w, "baik")):
        with pytest.raises(HubError, match="HUB-5004"):
            look(hub, who)


def test_a_client_that_signs_in_was_heard_of(hub: Hub) -> None:
    live = replace(hub, clock=system_clock)
    with online(live) as caller:
        signed_in(live, caller, "diam", ("system/*.rs",))
    with hub.store.reading() as tx:
        heard = tx.last_contacts()
    assert heard.keys() == {"diam"}
    assert abs(heard["diam"] - system_clock()) < 60_000
