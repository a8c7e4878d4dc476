"""Population and targets are taken whole or not at all; what facilities report of themselves; Measures are valid."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from hub.access import self_reports
from hub.access.indicators import (
    Month,
    Place,
    Value,
    known,
    own_indicators,
    public_overview,
    released_indicator,
    series,
)
from hub.access.measures import measure, measure_report, measures, read, search
from hub.access.measures import report as fhir_report
from hub.access.self_reports import asked, months, own, report, report_cells, reported
from hub.access.year import year_so_far
from hub.audit import decode_entry
from hub.errors import HubError, text
from hub.fhir import json
from hub.model import Facility, Principal
from hub.monitor.ages import BANDS
from hub.monitor.indicators import definitions
from hub.parts import Hub
from hub.registry import areas
from hub.upkeep.indicators import count_indicators
from hub.upkeep.peopling import expected, set_population, set_targets
from hub.upkeep.registering import register_facility
from hub.upkeep.releasing import release_closed
from hub.upkeep.releasing_indicators import release_indicators
from hub.validation.validator import check_resource, structure_issues
from tests.whole import test_released_indicators as months_of_visits
from tests.whole.conftest import Homes

released = months_of_visits.hub
"""A hub with four months of visits for hypertension."""
NURSE = Principal("clinician", "perawat", "TREAT", facility="pkm-satu", person="perawat")
CHOSEN = [each for each in definitions() if each.id in ("hipertensi-terkendali", "spm-08")]
AUDITOR = Principal("auditor", "staf-dinas", "PUBHLTH", person="staf-dinas")


@pytest.fixture
def hub(homes: Homes) -> Hub:
    now = int(datetime(2026, 11, 20, tzinfo=UTC).timestamp() * 1000)
    opened = replace(homes.open(), clock=lambda: now)
    register_facility(opened, Facility(0, "pkm-satu", "Puskesmas Satu", "puskesmas", "public"))
    register_facility(opened, Facility(0, "klinik-dua", "Klinik Dua", "klinik", "private"))
    return opened


def test_a_population_gives_denominators_by_age_sex_and_area(hub: Hub) -> None:
    one, other = areas()[0], areas()[-1]
    lines = [f"2026,{area.code},{sex},{band},10" for area in (one, other) for sex in "LP" for band in BANDS]
    assert set_population(hub, "\n".join(["year,area,sex,band,people", *lines]), "penduduk.csv") == 48
    found = expected(hub, known(hub)["spm-06"], "2026-03")["area"]  # 15-59: four bands, two sexes
    assert found == {one.code: 80, one.code[:6]: 80, other.code: 80, other.code[:6]: 80, "city": 160}
    assert expected(hub, known(hub)["spm-07"], "2027-01")["area"]["city"] == 80, "the newest before it"
    assert expected(hub, known(hub)["spm-07"], "2025-12") == {}
    set_population(hub, "tahun;x\n".replace("tahun;x", "year;area;sex;band;people") + "2026;;;60-69;7", "baru.csv")
    assert expected(hub, known(hub)["spm-07"], "2026-03") == {"area": {"city": 7}}


def test_targets_by_area_by_facility_and_for_the_city(hub: Hub) -> None:
    area = areas()[3].code
    sheet = f"year,indicator,area,facility,people\n2026,spm-08,{area},,120\n2026,spm-08,,,900\n"
    sheet += "2026,bpjs-angka-kontak,,pkm-satu,400\n2026,bpjs-angka-kontak,,klinik-dua,100\n"
    assert set_targets(hub, sheet, "sasaran.csv") == 4
    assert expected(hub, known(hub)["spm-08"], "2026-03")["area"] == {area: 120, area[:6]: 120, "city": 900}
    found = expected(hub, known(hub)["bpjs-angka-kontak"], "2026-03")
    assert found["facility"] == {"pkm-satu": 400, "public": 400, "klinik-dua": 100, "private": 100, "city": 500}
    assert found["area"] == {"city": 500}


def test_every_wrong_row_is_named_and_nothing_is_taken(hub: Hub) -> None:
    area = areas()[0].code
    bad = f"year,area,sex,band,people\n2026,{area},male,1-4,5\n26,1,x,2-3,-5\n2026,{area},L,1-4,6\n"
    with pytest.raises(HubError) as refused:
        set_population(hub, bad, "penduduk.csv")
    found = [(issue.code, issue.row, issue.column) for issue in refused.value.issues]
    wrong = [("HUB-4251", 3, column) for column in ("sex", "band", "year", "area", "people")]
    assert found == [*wrong, ("HUB-4252", 4, None)]
    assert all("penduduk.csv" in text(issue, lang) for issue in refused.value.issues for lang in ("id", "en"))
    assert expected(hub, known(hub)["spm-06"], "2026-03") == {}
    for sheet, code in (("a,b\n", "HUB-4250"), ("year,area,sex,band,people\n", "HUB-4253")):
        with pytest.raises(HubError) as refused:
            set_population(hub, sheet, "x.csv")
        assert {issue.code for issue in refused.value.issues} == {code}
    with pytest.raises(HubError) as refused:
        set_targets(hub, "year,indicator,area,facility,people\n2026,spm-99,,tidak-ada,1\n", "x.csv")
    assert [issue.column for issue in refused.value.issues] == ["indicator", "facility"]


def test_a_facility_reports_what_only_it_can_know(hub: Hub) -> None:
    assert [each.id for each in asked(hub, NURSE)] == [
        "inm-apd",
        "inm-cuci-tangan",
        "inm-identifikasi",
        "inm-kepuasan",
        "inm-tb-sukses",
    ]
    assert months(hub)[0] == "2026-10"
    assert report(hub, NURSE, "2026-10", {"inm-cuci-tangan": (85, 100), "inm-apd": (9, 10)}) == (2, 0, 0)
    assert report(hub, NURSE, "2026-10", {"inm-cuci-tangan": (85, 100)}) == (0, 0, 0), "the same again is no news"
    later, changed = replace(hub, clock=lambda: hub.clock() + 1), {"inm-cuci-tangan": (90, 100)}
    for shown in (None, {}, {"inm-cuci-tangan": (84, 100)}):
        with pytest.raises(HubError, match="HUB-4338") as unseen:
            report(later, NURSE, "2026-10", changed, shown)
        assert "85/100" in text(unseen.value.issues[0], "en")
    assert report(later, NURSE, "2026-10", changed, {"inm-cuci-tangan": (85, 100)}) == (0, 1, 0)
    last = replace(hub, clock=lambda: hub.clock() + 2)
    with pytest.raises(HubError, match="HUB-4338"):
        report(last, NURSE, "2026-10", {}, {"inm-apd": (8, 10)}, ["inm-apd"])
    assert report(last, NURSE, "2026-10", {}, {"inm-apd": (9, 10)}, ["inm-apd", "inm-identifikasi"]) == (0, 0, 1)
    assert (set(own(hub, NURSE, "2026-10")), report_cells(hub, "inm-apd", ["2026-10"])) == ({"inm-cuci-tangan"}, [])
    with hub.store.reading() as tx:
        entries = [decode_entry(hub.boxes.audit.open(row.body, b"audit")) for row in tx.unsequenced(500)]
    told = [(each.action, each.details["numbers"]) for each in entries if each.event == "city.self-report"]
    assert told[:2] == [("C", "inm-cuci-tangan 85/100, inm-apd 9/10"), ("U", "inm-cuci-tangan 90/100 (85/100)")]
    assert told[2:] == [("U", "inm-apd - (9/10)")]
    assert own(hub, NURSE, "2026-10")["inm-cuci-tangan"].numerator == 90
    assert reported(hub, AUDITOR, "2026-10") == {"inm-cuci-tangan": {"pkm-satu": later.clock()}}
    (cell,) = report_cells(hub, "inm-cuci-tangan", ["2026-10"])
    assert (cell.facility, cell.numerator, cell.denominator) == (hub.facilities["pkm-satu"].number, 90, 100)
    with hub.store.reading() as tx:
        assert len(tx.self_reports(["2026-10"], "pkm-satu")) == 2
        assert all(b"inm" not in row.body for row in tx.self_reports(["2026-10"]))


@pytest.mark.parametrize(
    ("who", "month", "numbers", "code"),
    [
        (NURSE, "2026-10", {"inm-apd": (11, 10)}, "HUB-4254"),
        (NURSE, "2026-10", {"inm-apd": (0, 0)}, "HUB-4254"),
        (NURSE, "2026-10", {"inm-apd": (-1, 10)}, "HUB-4254"),
        (NURSE, "2026-10", {"inm-apd": (1, 20_001)}, "HUB-4254"),
        (NURSE, "2026-10", {"inm-tb-sukses": (900, 2_001)}, "HUB-4254"),
        (NURSE, "2026-12", {"inm-apd": (1, 10)}, "HUB-4255"),
        (NURSE, "2026-11", {"inm-apd": (1, 10)}, "HUB-4255"),
        (NURSE, "x", {"inm-apd": (1, 10)}, "HUB-4255"),
        (NURSE, "2026-10", {"inm-operasi-sesar": (1, 10)}, "HUB-4256"),
        (NURSE, "2026-10", {"hipertensi-terkendali": (1, 10)}, "HUB-4256"),
        (AUDITOR, "2026-10", {"inm-apd": (1, 10)}, "HUB-5004"),
    ],
)
def test_what_cannot_be_reported(
    hub: Hub, who: Principal, month: str, numbers: dict[str, tuple[int, int]], code: str
) -> None:
    with pytest.raises(HubError) as refused:
        report(hub, who, month, numbers)
    assert [issue.code for issue in refused.value.issues] == [code]
    with hub.store.reading() as tx:
        assert not tx.self_reports(["2026-10"])


def test_every_definition_is_a_valid_measure_and_its_result_a_valid_report(hub: Hub) -> None:
    bundle = json.read(json.write(measures(hub)))
    assert check_resource(bundle) == []
    assert len(bundle["entry"]) == len(known(hub))
    place = Place("6371011001", "kelurahan", "Contoh", "637101", Value(None, None, is_hidden=True))
    city = Place("city", "city", "", "", Value(30, 40))
    one = known(hub)["hipertensi-terkendali"]
    made = measure_report(one, Month(one.id, "2026-02", 0, city, (place,), (), (), "v7"), "http://hub.example")
    found = json.read(json.write(made))
    assert structure_issues(found) == []
    assert (found["period"]["start"], found["period"]["end"]) == ("2026-02-01", "2026-02-28")
    assert found["measure"] == measure(one, "http://hub.example")["url"] + "|v7"
    group = found["group"][0]
    assert [population["count"] for population in group["population"]] == [30, 40]
    assert float(group["measureScore"]["value"]) == 75
    closed = group["stratifier"][0]["stratum"][0]
    assert "measureScore" not in closed
    assert all("count" not in population for population in closed["population"])


@pytest.fixture
def told(released: Hub) -> Hub:
    """Four months of hypertension released, with a target for the year and what facilities report of themselves."""
    set_targets(released, "year,indicator,area,facility,people\n2026,spm-08,,,900\n", "sasaran.csv")
    for number, pair in enumerate(((80, 100), (45, 50), (30, 33))):
        clinic = Principal("clinician", "bidan", "TREAT", facility=f"klinik-{number}", person="bidan")
        report(released, clinic, "2026-10", {"inm-cuci-tangan": pair})
    chosen = [*CHOSEN, known(released)["inm-cuci-tangan"], known(released)["inm-apd"]]
    count_indicators(released, chosen=chosen)
    release_closed(released)
    assert len(release_indicators(released, chosen)) == 4
    return released


def test_a_released_month_as_fhir_says_what_the_page_says(told: Hub) -> None:
    for one in CHOSEN:
        month = released_indicator(told, AUDITOR, one.id)
        bundle = json.read(json.write(fhir_report(told, AUDITOR, one.id, month.month)))
        assert [issue for issue in structure_issues(bundle) if issue.severity == "error"] == []
        result = bundle["entry"][1]["resource"]
        counts = [population["count"] for population in result["group"][0]["population"]]
        assert counts == [month.city.value.numerator, month.city.value.denominator]
        areas_ = next(each for each in result["group"][0]["stratifier"] if each["code"][0]["text"] == "area")
        assert len(areas_["stratum"]) == len(month.areas)
    assert released_indicator(told, AUDITOR, "spm-08", "2026-10").city.value.denominator == 900
    with pytest.raises(HubError):
        fhir_report(told, NURSE, CHOSEN[0].id)
    assert "2026-10" in self_reports.released(told)
    clinic = Principal("clinician", "bidan", "TREAT", facility="klinik-0", person="bidan")
    with pytest.raises(HubError, match="HUB-4257"):  # what is released is not taken back
        report(told, clinic, "2026-10", {}, {"inm-cuci-tangan": (80, 100)}, ["inm-cuci-tangan"])


def test_measures_and_reports_are_read_and_searched(told: Hub) -> None:
    every = json.read(json.write(search(told, AUDITOR, "MeasureReport", [])))
    assert [issue for issue in structure_issues(every) if issue.severity == "error"] == []
    assert every["total"] == 9, "two indicators in four months, one reported for October"
    assert len(search(told, AUDITOR, "Measure", [("_count", "100")])["entry"]) == len(known(told))
    canonical = every["entry"][0]["resource"]["measure"]
    assert search(told, AUDITOR, "MeasureReport", [("measure", canonical)])["total"] in (1, 4)
    for period, months_ in (
        (("2026",), 4),
        (("2026-09",), 1),
        (("ge2026-09",), 2),
        (("gt2026-08", "lt2026-10"), 1),
        (("le2026-08-31",), 2),
        (("2025",), 0),
    ):
        asked_ = [("measure", "Measure/spm-08"), *(("period", each) for each in period)]
        assert search(told, AUDITOR, "MeasureReport", asked_)["total"] == months_, period
    first = search(told, AUDITOR, "MeasureReport", [("measure", "spm-08,hipertensi-terkendali"), ("_count", "3")])
    assert (first["total"], len(first["entry"]), len(first["link"])) == (8, 3, 2)
    assert _all_pages(told, first) == _all_pages(
        told, search(told, AUDITOR, "MeasureReport", [("measure", "spm-08,hipertensi-terkendali")])
    )
    none = search(told, AUDITOR, "MeasureReport", [("_count", "0")])
    assert (none["total"], "entry" in none, [link["relation"] for link in none["link"]]) == (9, False, ["self"])
    assert "_count=20&" in search(told, AUDITOR, "MeasureReport", [("_count", "100")])["link"][0]["url"]
    one = first["entry"][0]["resource"]
    assert json.write(read(told, AUDITOR, "MeasureReport", one["id"])) == json.write(one)
    assert read(told, AUDITOR, "Measure", "spm-08")["url"] in one["measure"] or "spm-08" not in one["id"]
    for type_, asked_, code in (
        ("MeasureReport", [("subject", "x")], "HUB-4262"),
        ("Measure", [("_count", "1"), ("_count", "2")], "HUB-4262"),
        ("MeasureReport", [("period", "kemarin")], "HUB-4263"),
        ("MeasureReport", [("_count", "-1")], "HUB-4263"),
    ):
        with pytest.raises(HubError) as refused:
            search(told, AUDITOR, type_, asked_)
        assert [issue.code for issue in refused.value.issues] == [code]
    for type_, id_, code in (("Measure", "x", "HUB-4247"), ("MeasureReport", "spm-08-2020-01", "HUB-4271")):
        with pytest.raises(HubError) as refused:
            read(told, AUDITOR, type_, id_)
        assert [issue.code for issue in refused.value.issues] == [code]
    with pytest.raises(HubError):
        search(told, NURSE, "Measure", [])


def _all_pages(hub: Hub, page: dict[str, Any]) -> list[str]:
    """The ids of all pages from one on, by their links; the total stays what it was."""
    found, total = [], page["total"]
    while True:
        found += [entry["resource"]["id"] for entry in page["entry"]]
        address = next((link["url"] for link in page["link"] if link["relation"] == "next"), "")
        if not address:
            assert len(found) == len(set(found)) == total
            return found
        page = search(hub, AUDITOR, "MeasureReport", parse_qsl(urlsplit(address).query))
        assert page["total"] == total


def test_what_facilities_report_is_released_apart_with_small_numbers_closed(told: Hub) -> None:
    found = released_indicator(told, AUDITOR, "inm-cuci-tangan", "2026-10")
    assert (found.city.value.numerator, found.city.value.denominator) == (155, 183)
    assert not found.areas
    assert not found.ages
    facilities = {each.key: each.value for each in found.facilities}
    assert facilities["klinik-2"].numerator is None, "three opportunities were missed"
    assert sum(each.is_hidden for each in facilities.values()) > 1, "one alone could be subtracted"
    assert "inm-cuci-tangan" not in public_overview(told)
    assert "inm-cuci-tangan" not in own_indicators(told, replace(NURSE, facility="klinik-1"))
    with pytest.raises(HubError):
        released_indicator(told, AUDITOR, "inm-apd", "2026-10")


def test_a_year_so_far_is_the_sum_of_what_is_shown(told: Hub) -> None:
    one = known(told)["spm-08"]
    seen = series(told, AUDITOR, "spm-08")
    year = year_so_far(seen, one, "2026-10")
    assert year is not None
    assert (year.first, year.last, year.left_out) == ("2026-07", "2026-10", ())
    assert year.value == Value(sum(each.value.numerator or 0 for each in seen), 900)
    closed = (seen[0], replace(seen[1], value=Value(None, 900, is_hidden=True)), *seen[2:])
    year = year_so_far(closed, one, "2026-09")
    assert year is not None
    assert (year.left_out, year.value.numerator) == (("2026-08",), sum(seen[at].value.numerator or 0 for at in (0, 2)))
    monthly = series(told, AUDITOR, "hipertensi-terkendali")
    assert year_so_far(monthly, known(told)["hipertensi-terkendali"], "2026-10") is None, "a person would count twice"
    assert year_so_far(seen, one, "2025-12") is None
