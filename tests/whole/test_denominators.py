"""Population and targets are taken whole or not at all; what facilities report of themselves; Measures are valid."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hub.access.indicators import Month, Place, Value, known, released_indicator
from hub.access.measures import measure, measure_report, measures
from hub.access.measures import report as fhir_report
from hub.access.self_reports import asked, months, own, report, report_cells, reported
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
    assert report(hub, NURSE, "2026-10", {"inm-cuci-tangan": (85, 100), "inm-apd": (9, 10)}) == 2
    assert report(hub, NURSE, "2026-10", {"inm-cuci-tangan": (85, 100)}) == 0, "the same again is no news"
    later = replace(hub, clock=lambda: hub.clock() + 1)
    assert report(later, NURSE, "2026-10", {"inm-cuci-tangan": (90, 100)}) == 1
    assert own(hub, NURSE, "2026-10")["inm-cuci-tangan"].numerator == 90
    assert reported(hub, AUDITOR, "2026-10")["inm-apd"]["pkm-satu"].denominator == 10
    cells = report_cells(hub, "inm-cuci-tangan", ["2026-10"])
    assert [(cell.facility, cell.numerator, cell.denominator) for cell in cells] == [
        (hub.facilities["pkm-satu"].number, 90, 100)
    ]
    with hub.store.reading() as tx:
        assert len(tx.self_reports(["2026-10"], "pkm-satu")) == 2
        assert all(b"inm" not in row.body for row in tx.self_reports(["2026-10"]))


@pytest.mark.parametrize(
    ("who", "month", "numbers", "code"),
    [
        (NURSE, "2026-10", {"inm-apd": (11, 10)}, "HUB-4254"),
        (NURSE, "2026-10", {"inm-apd": (0, 0)}, "HUB-4254"),
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
    made = measure_report(one, Month(one.id, "2026-02", 0, city, (place,), (), ()), "http://hub.example")
    found = json.read(json.write(made))
    assert structure_issues(found) == []
    assert (found["period"]["start"], found["period"]["end"]) == ("2026-02-01", "2026-02-28")
    assert found["measure"].startswith(measure(one, "http://hub.example")["url"] + "|")
    group = found["group"][0]
    assert [population["count"] for population in group["population"]] == [30, 40]
    assert float(group["measureScore"]["value"]) == 75
    closed = group["stratifier"][0]["stratum"][0]
    assert "measureScore" not in closed
    assert all("count" not in population for population in closed["population"])


def test_a_released_month_as_fhir_says_what_the_page_says(released: Hub) -> None:
    set_targets(released, "year,indicator,area,facility,people\n2026,spm-08,,,900\n", "sasaran.csv")
    count_indicators(released, chosen=CHOSEN)
    release_closed(released)
    assert release_indicators(released, CHOSEN)
    for one in CHOSEN:
        month = released_indicator(released, AUDITOR, one.id)
        bundle = json.read(json.write(fhir_report(released, AUDITOR, one.id, month.month)))
        assert [issue for issue in structure_issues(bundle) if issue.severity == "error"] == []
        result = bundle["entry"][1]["resource"]
        counts = [population["count"] for population in result["group"][0]["population"]]
        assert counts == [month.city.value.numerator, month.city.value.denominator]
        areas_ = next(each for each in result["group"][0]["stratifier"] if each["code"][0]["text"] == "area")
        assert len(areas_["stratum"]) == len(month.areas)
    assert released_indicator(released, AUDITOR, "spm-08", month.month).city.value.denominator == 900
    with pytest.raises(HubError):
        fhir_report(released, NURSE, CHOSEN[0].id)
