"""Indicators from facts to what the office, the public and a facility read; and what is followed up. Both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from itertools import count

import pytest

from hub.access.city import released as city_table
from hub.access.follow_up import decide, remark, reply, threads, undecided
from hub.access.indicators import (
    months,
    overview,
    own_indicators,
    public_overview,
    released_indicator,
    series,
)
from hub.access.monitoring import month_mark, released_table, seal_items
from hub.access.standing_out import Changes, changes
from hub.audit import decode_entry
from hub.errors import HubError
from hub.model import Facility, Principal
from hub.monitor import Fact
from hub.monitor.indicators import definitions
from hub.parts import Hub
from hub.store import FactRow
from hub.upkeep.indicators import count_indicators
from hub.upkeep.registering import register_facility
from hub.upkeep.releasing import release_closed
from hub.upkeep.releasing_indicators import release_indicators
from tests.whole.conftest import Homes

AUDITOR = Principal("auditor", "staf-dinas", "PUBHLTH", person="staf-dinas")
CLINIC = Principal("clinician", "bidan", "TREAT", facility="klinik-1", person="bidan")
OTHER = Principal("clinician", "perawat", "TREAT", facility="klinik-2", person="perawat")
NAME = "hipertensi-terkendali"
CHOSEN = [each for each in definitions() if each.id == NAME]
PLACES = ("6371011001", "6371011003", "6371051004")
_items = count(1)


@pytest.fixture
def hub(homes: Homes) -> Iterator[Hub]:
    """A hub in November 2026 with a puskesmas and five clinics, one of them poor, over four months."""
    opened = homes.open()
    now = int(datetime(2026, 11, 20, tzinfo=UTC).timestamp() * 1000)
    opened = replace(opened, clock=lambda: now)
    register_facility(opened, Facility(0, "pkm", "Puskesmas", "puskesmas", "public"))
    for number in range(5):
        register_facility(opened, Facility(0, f"klinik-{number}", f"Klinik {number}", "klinik", "private"))
    rows: list[FactRow] = []
    for back in range(4):
        month = 2026 * 12 + 9 - back
        start = (date(month // 12, month % 12 + 1, 10) - date(1970, 1, 1)).days
        for facility in opened.facilities.values():
            if facility.id == "jukung":
                continue
            good = 2 if facility.id == "klinik-1" else 9
            people = 3 if facility.id == "klinik-4" else 40
            for number in range(people):
                place = PLACES[0 if number < 20 else 1 if number < 37 else 2]
                pressure = 120 if number % 10 < good else 170
                rows += _visit(opened, facility.number, place, start, pressure)
    with opened.store.writing() as tx:
        tx.add_facts(rows)
    return opened


def _visit(hub: Hub, facility: int, place: str, day: int, pressure: int) -> list[FactRow]:
    patient, item = next(_items), next(_items)
    about = (day, facility, place, "45-54", "female")
    found = [
        Fact("encounter", "AMB", *about, lag=1, age=50),
        Fact("diagnosis", "I10", *about, age=50),
        Fact("vital", "8480-6", *about, value=Decimal(pressure), age=50),
        Fact("vital", "8462-4", *about, value=Decimal(80), age=50),
    ]
    return [FactRow(patient, item, 1, seal_items(hub, item, {item: found}), month_mark(hub, day))]


def run(hub: Hub) -> list[str]:
    count_indicators(hub, chosen=CHOSEN)
    release_closed(hub)
    return release_indicators(hub, CHOSEN)


def test_closed_months_are_released_once_and_small_numbers_are_nowhere(hub: Hub) -> None:
    done = run(hub)
    assert done[-1] == "2026-10"
    assert len(done) == 4
    assert release_indicators(hub, CHOSEN) == []
    assert months(hub, AUDITOR)[0] == "2026-10"
    found = released_indicator(hub, AUDITOR, NAME)
    assert found.month == "2026-10"
    assert (found.city.value.numerator, found.city.value.denominator) == (155, 203)
    facilities = {each.key: each.value for each in found.facilities}
    assert facilities["klinik-4"].is_hidden, "three people"
    assert facilities["klinik-1"].share == pytest.approx(0.2)
    for each in (*found.areas, *found.facilities, *found.ages):
        for number in (each.value.numerator, each.value.denominator):
            assert number is None or number == 0 or number >= 5
    hidden = [each.key for each in found.facilities if each.value.is_hidden]
    assert len(hidden) > 1, "one alone could be subtracted"
    assert {each.key: each.level for each in found.areas}["unknown"] == "unknown", "of an area, not of a sex"
    public = released_table(hub, f"indicator-public:{NAME}")
    assert public is not None
    lines = (found.city, *found.areas, *found.facilities, *found.ages)
    open_ = {row.key: row.cells[0] for row in public[0].rows if row.cells[0] >= 0}
    assert open_.items() <= {each.key: each.value.numerator for each in lines}.items()
    assert not any(0 < numerator < 11 for numerator in open_.values())
    assert public_overview(hub)[NAME][-1].value.numerator == 155


def test_what_is_released_stays_whatever_comes_in_later(hub: Hub) -> None:
    run(hub)
    before = released_indicator(hub, AUDITOR, NAME, "2026-09")
    day = (date(2026, 9, 20) - date(1970, 1, 1)).days
    with hub.store.writing() as tx:
        tx.add_facts(
            row for _ in range(7) for row in _visit(hub, hub.facilities["klinik-4"].number, PLACES[2], day, 120)
        )
    assert run(hub) == []
    assert released_indicator(hub, AUDITOR, NAME, "2026-09") == before


def test_tables_and_indicators_are_of_the_same_facts(hub: Hub) -> None:
    day = (date(2026, 10, 20) - date(1970, 1, 1)).days
    late = [row for _ in range(7) for row in _visit(hub, hub.facilities["klinik-0"].number, PLACES[0], day, 120)]
    count_indicators(hub, chosen=CHOSEN)
    with hub.store.writing() as tx:
        tx.add_facts(late)  # between the two
    release_closed(hub)
    release_indicators(hub, CHOSEN)
    visits = city_table(hub, AUDITOR, "visits-area", "2026-10").totals.cells[-1]
    assert visits.value == released_indicator(hub, AUDITOR, NAME).city.value.denominator == 203


def test_nothing_is_released_before_it_is_counted_after_its_end(hub: Hub) -> None:
    release_closed(hub)
    assert release_indicators(hub, CHOSEN) == []
    early = replace(hub, clock=lambda: int(datetime(2026, 10, 28, tzinfo=UTC).timestamp() * 1000))
    count_indicators(early, chosen=CHOSEN)
    assert "2026-10" not in release_indicators(hub, CHOSEN), "October was not over when it was counted"
    assert "2026-10" in run(hub)


def test_who_reads_what(hub: Hub) -> None:
    run(hub)
    seen = series(hub, AUDITOR, NAME, "klinik-1")
    assert [each.value.share for each in seen] == [pytest.approx(0.2)] * 4
    assert len(overview(hub, AUDITOR, "private")[NAME]) == 4
    assert changes(hub, AUDITOR) == Changes((), 0), "one month: nothing can be judged yet"
    own = own_indicators(hub, replace(CLINIC, facility="klinik-4"))
    assert (own[NAME][-1].value.numerator, own[NAME][-1].value.denominator) == (3, 3), "its own, exact"
    for call in (
        lambda: released_indicator(hub, CLINIC, NAME),
        lambda: overview(hub, replace(AUDITOR, role="surveillance")),
        lambda: own_indicators(hub, AUDITOR),
    ):
        with pytest.raises(HubError) as refused:
            call()
        assert refused.value.issues[0].code == "HUB-5004"
    with pytest.raises(HubError) as unknown:
        released_indicator(hub, AUDITOR, "tidak-ada")
    assert unknown.value.issues[0].code == "HUB-4270"
    with pytest.raises(HubError) as unreleased:
        released_indicator(hub, AUDITOR, NAME, "2031-01")
    assert unreleased.value.issues[0].code == "HUB-4271"
    looks = [each for each in told(hub) if each.event == "city.view" and NAME in each.query]
    assert {each.subject for each in looks} == {AUDITOR.subject}


def told(hub: Hub) -> list:
    with hub.store.reading() as tx:
        return [decode_entry(hub.boxes.audit.open(row.body, b"audit")) for row in tx.unsequenced(500)]


def test_nobody_speaks_for_both_sides_of_a_thread(hub: Hub) -> None:
    run(hub)
    also = Principal("clinician", " STAF-dinas", "TREAT", facility="klinik-1", person=" STAF-dinas")
    bidan = replace(AUDITOR, subject="Bidan", person="Bidan")
    id_ = remark(hub, AUDITOR, "klinik-1", NAME, "2026-10", "Mohon penjelasan", "2026-12-04")
    reply(hub, CLINIC, id_, "Tensimeter rusak")
    for call in (
        lambda: reply(hub, also, id_, "Sudah baik"),
        lambda: decide(hub, bidan, id_, "explained", "Sudah dijelaskan"),
    ):
        with pytest.raises(HubError, match="HUB-4362"):
            call()
    decide(hub, AUDITOR, id_, "explained", "Sudah dijelaskan")


def test_two_at_once_decide_a_thread_once(hub: Hub) -> None:
    run(hub)
    id_ = remark(hub, AUDITOR, "klinik-1", NAME, "2026-10", "Mohon penjelasan", "2026-12-04")

    def decided(number: int) -> str:
        try:
            decide(hub, replace(AUDITOR, subject=f"auditor-{number}"), id_, "explained", f"Keputusan {number}")
        except HubError as error:
            return error.issues[0].code
        return "done"

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(decided, range(6)))
    assert sorted(found) == ["HUB-4277"] * 5 + ["done"]
    assert [each.what for each in threads(hub, AUDITOR, facility="klinik-1")[0].entries] == ["remark", "decision"]


def test_a_form_sent_twice_begins_one_thread_and_replies_once(hub: Hub) -> None:
    run(hub)
    said = ("klinik-1", NAME, "2026-10", "Mohon penjelasan", "2026-12-04", "tanda")
    with ThreadPoolExecutor(4) as pool:
        (id_,) = set(pool.map(lambda _: remark(hub, AUDITOR, *said), range(4)))
    another = remark(hub, replace(AUDITOR, subject="auditor.lain", person="auditor.lain"), *said)
    assert {each.id for each in threads(hub, AUDITOR, indicator=NAME)} == {id_, another}
    for _ in range(2):
        reply(hub, CLINIC, id_, "Tensimeter rusak")
        decide(hub, AUDITOR, another, "visit", "Kami datang")
    found = {each.id: [entry.what for entry in each.entries] for each in threads(hub, CLINIC)}
    assert found == {id_: ["remark", "reply"], another: ["remark", "decision"]}


def test_a_thread_from_remark_to_decision(hub: Hub) -> None:
    run(hub)
    text = "Angka jauh di bawah yang lain, mohon penjelasan"
    id_ = remark(hub, AUDITOR, "klinik-1", NAME, "2026-10", text, "2026-12-04")
    assert [each.state for each in threads(hub, CLINIC)] == ["open"]
    assert threads(hub, OTHER) == (), "another facility's thread"
    for call, code in (
        (lambda: reply(hub, OTHER, id_, "bukan milik kami"), "HUB-4273"),
        (lambda: reply(hub, CLINIC, id_, " "), "HUB-4274"),
        (lambda: decide(hub, AUDITOR, id_, "dihukum", "tidak ada pilihan ini"), "HUB-4276"),
        (lambda: decide(hub, CLINIC, id_, "explained", "sendiri"), "HUB-5004"),
        (lambda: remark(hub, AUDITOR, "klinik-1", NAME, "2026-10", text, "2026-11-01"), "HUB-4275"),
        (lambda: remark(hub, AUDITOR, "tidak-ada", NAME, "2026-10", text, "2026-12-04"), "HUB-4278"),
        (lambda: remark(hub, CLINIC, "klinik-1", NAME, "2026-10", text, "2026-12-04"), "HUB-5004"),
        *(
            (partial(remark, hub, AUDITOR, "klinik-1", NAME, month, text, "2026-12-04"), "HUB-4271")
            for month in ("2026-13", "2026-11", "1999-01", "2026-10-01", "abcdefg", " 2026-10")
        ),
        *(
            (partial(write, f"Pasien 6371 0145 lalu {number}"), "HUB-4359")
            for number in ("0990 9001", "０９９０９００１")
            for write in (
                lambda said: remark(hub, AUDITOR, "klinik-1", NAME, "2026-10", said, "2026-12-04"),
                lambda said: reply(hub, CLINIC, id_, said),
                lambda said: decide(hub, AUDITOR, id_, "explained", said),
            )
        ),
    ):
        with pytest.raises(HubError) as refused:
            call()
        assert refused.value.issues[0].code == code
    reply(hub, CLINIC, id_, "Tensimeter rusak sampai pertengahan bulan")
    late = replace(hub, clock=lambda: int(datetime(2026, 12, 20, tzinfo=UTC).timestamp() * 1000))
    assert [each.is_late for each in threads(late, AUDITOR, indicator=NAME)] == [True]
    first = remark(hub, AUDITOR, "klinik-2", NAME, "2026-10", text, "2026-11-21")
    last = remark(hub, AUDITOR, "klinik-2", NAME, "2026-10", text, "2027-01-04")
    waiting = {"waiting": [first, id_, last], "late": [first, id_], "open": [first, last], "replied": [id_]}
    assert {name: [each.id for each in threads(late, AUDITOR, state=name)] for name in waiting} == waiting
    assert undecided(late, AUDITOR) == (2, 1, 2)
    assert [each.id for each in threads(hub, OTHER, state="open")] == [first, last]
    assert threads(hub, CLINIC, state="open") == (), "answered: nothing waits for the facility"
    with pytest.raises(HubError):
        undecided(hub, CLINIC)
    for each in (first, last):
        decide(hub, AUDITOR, each, "visit", "Kami datang")
    assert {each.id for each in threads(hub, AUDITOR, state="decided")} == {first, last}
    decide(hub, AUDITOR, id_, "improve", "Diperiksa lagi bulan depan")
    newest = remark(hub, AUDITOR, "klinik-1", NAME, "", text, "2026-12-04")
    assert {each.month for each in threads(hub, AUDITOR, facility="klinik-1") if each.id == newest} == {"2026-10"}
    one = next(each for each in threads(hub, AUDITOR, facility="klinik-1") if each.id == id_)
    assert [each.what for each in one.entries] == ["remark", "reply", "decision"]
    assert (one.state, one.entries[-1].outcome, one.is_late) == ("decided", "improve", False)
    with pytest.raises(HubError) as closed:
        reply(hub, CLINIC, id_, "terlambat")
    assert closed.value.issues[0].code == "HUB-4277"
    with hub.store.reading() as tx:
        row = tx.follow_up(id_)
    assert row is not None
    assert text.encode() not in row.body
    assert len([each for each in told(hub) if each.event == "city.follow-up"]) == 8
