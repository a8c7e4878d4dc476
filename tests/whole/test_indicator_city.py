"""Indicators over the generator's own knowledge: from the facilities' files through the whole way in to the cells."""

import io
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from fixtures.city import TODAY, City, make
from hub.access.facts import month_names, open_month
from hub.bootstrap import build, close
from hub.cli.loading import load_city, register_city
from hub.config import read_config
from hub.monitor.engines import run
from hub.monitor.engines.columns import joined
from hub.monitor.indicators import definitions
from hub.parts import Hub
from hub.upkeep.indicators import places
from tests.monitor.chance import BANDS, F
from tests.monitor.plain_services import INDICATORS
from tests.monitor.plainly import City as Facts
from tests.monitor.plainly import cells

SOME = ("puskesmas-purun", "klinik-teratai", "klinik-bekantan")
ANTIBIOTICS = ("amoks", "amox", "sipro", "eritro", "sefi", "sefa", "seft", "doksi", "kotri", "azitro", "metronidazol")
CHECKED = (
    "antibiotik-ispa",
    "hipertensi-terkendali",
    "kunjungan-ulang",
    "spm-08",
    "tb-ditemukan",
    "tb-diobati",
)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """Visits to a puskesmas and two clinics, no row with a mistake."""
    return make(5, 300, tmp_path_factory.mktemp("kota"), min(TODAY, date.today()), dirt=0.0, only=SOME)


@pytest.fixture(scope="module")
def hub(city: City, tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = tmp_path_factory.mktemp("home")
    found = build(read_config({"HUB_HOME": str(home), "HUB_DATABASE_URL": f"sqlite:///{home / 'hub.db'}"}))
    console = Console(file=io.StringIO())
    register_city(found, city)
    load_city(found, city, console)
    yield found
    close(found)


def truth(city: City, hub: Hub) -> list[F]:
    """What the facts must say, from the generator's own record of every visit; a person is a facility's patient."""
    lines = {(line["facility"], line["number"]): line for line in city.city_truth if line["accepted"]}
    people: dict[tuple[str, str], int] = {}
    found: list[F] = []
    for row in map(json.loads, Path(city.truth).read_text().splitlines()):
        line = lines.get((row["facility"], row["number"]))
        if line is None or row["expected"] != "accepted":
            continue
        fields = row["fields"]
        person = people.setdefault((row["facility"], fields["mrn"]), len(people) + 1)
        on = date.fromisoformat(line["day"])
        age, band = _age(date.fromisoformat(line["birth"]), on)
        day = (on - date(1970, 1, 1)).days
        number = hub.facilities[row["facility"]].number

        who = (day, number, line["kelurahan"] or "", band, age, line["sex"])
        given: list[tuple[str, str, float | None, str]] = []
        for code, case in line["diagnoses"]:
            if code not in line["sensitive_diagnoses"]:
                given.append(("diagnosis", code, None, case or ""))
        for column, code in (("systolic", "8480-6"), ("diastolic", "8462-4")):
            if fields[column]:
                given.append(("vital", code, float(fields[column]), ""))
        for name, *_ in fields["medicines"]:
            is_antibiotic = name.lower().startswith(ANTIBIOTICS)
            code = "J01" if is_antibiotic else "J04AM06" if name.startswith("OAT") else "N02"
            given.append(("medicine", code, None, ""))
        found += [F(person, kind, code, *who, value, case, None) for kind, code, value, case in given]
    return found


def _age(birth: date, on: date) -> tuple[int, str]:
    age, days = on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day)), (on - birth).days
    if not age:
        return 0, "0-7d" if days <= 7 else "8-28d" if days <= 28 else "29d-11m"
    band = next((name for below, name in BANDS if age < below), "")
    return age, band or ("55-59" if age < 60 else "60-69" if age < 70 else "70+")


def test_what_comes_out_is_what_the_generator_put_in(city: City, hub: Hub) -> None:
    with hub.store.reading() as tx:
        marks = [mark for mark in tx.fact_months() if mark in month_names(hub)]
    table = joined([block for mark in marks for block in open_month(hub, mark)], {})
    wanted = [each for each in definitions() if each.id in CHECKED]
    by_indicator: dict[str, Counter[tuple[object, ...]]] = {id_: Counter() for id_ in CHECKED}
    for cell in run("duckdb", table, places(hub), wanted):
        by_indicator[cell.indicator][cell[1:]] += 1
    of_facilities = [(each.number, each.id, each.kind, each.ownership, each.area) for each in places(hub)]
    facts = Facts(truth(city, hub), of_facilities)
    for id_ in CHECKED:
        has_denominator, plain = INDICATORS[id_]
        expected = cells(plain(facts), has_denominator)
        assert by_indicator[id_] == expected, id_
        assert expected, id_
    assert sum(cell[5] > 0 for found in by_indicator.values() for cell in found) > 10
