"""A hub that has something to show on every page: released months, an indicator, signals, papers, a case under review,
a request at the counter, refused rows, a doubt about two records; and its parts, for the tests of single pages."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

from fixtures.city import make
from hub.access import case_files, case_steps
from hub.access.monitoring import month_mark, seal_items
from hub.admission import counter
from hub.bootstrap import close
from hub.fhir import city_day, day_text
from hub.model import Facility, Principal
from hub.monitor import Fact
from hub.monitor.indicators import definitions
from hub.parts import Hub
from hub.pipeline import submit
from hub.registry import areas, from_dict
from hub.store import FactRow
from hub.upkeep.indicators import count_indicators
from hub.upkeep.papering import set_details
from hub.upkeep.registering import register_facility
from hub.upkeep.releasing import release_closed
from hub.upkeep.releasing_indicators import release_indicators
from hub.upkeep.reporting import keep_reporting
from hub.upkeep.signalling import survey
from tests.web.conftest import BAD, NAME_B, NIK, ROW, START_MS, A, B, Clock, file_of, hub_at
from tests.web.test_persons_browser import make_doubt
from tests.whole import sending

CLINICS = (A, B, "klinik-jelita", "puskesmas-ramania")
SECRET = "Orang Uji Rahasia"
"""The name of everybody in the outbreak: no page of the health office may show it."""
INDICATOR = "hipertensi-terkendali"
POOR = "klinik-3"
"""Its share of controlled hypertension is far below the others'."""
WATCHED = "pkm-0"
"""The puskesmas whose week shows a burst of dengue and one case of measles."""
_PLACES = ("6371011001", "6371011003", "6371051004")


def _seen(hub: Hub, facility: int, month: int, good: int, items: Iterator[int]) -> list[FactRow]:
    """Forty people with hypertension at a facility, so many of ten with a pressure that is controlled."""
    day = (date(month // 12, month % 12 + 1, 10) - date(1970, 1, 1)).days
    rows = []
    for number in range(40):
        about = (day, facility, _PLACES[number % 3], "45-54", "female" if number % 2 else "male")
        facts = [
            Fact("encounter", "AMB", *about, lag=1, age=50),
            Fact("diagnosis", "I10", *about, age=50),
            Fact("vital", "8480-6", *about, value=Decimal(120 if number % 10 < good else 170), age=50),
            Fact("vital", "8462-4", *about, value=Decimal(80), age=50),
        ]
        patient, item = next(items), next(items)
        rows.append(FactRow(patient, item, 1, seal_items(hub, item, {item: facts}), month_mark(hub, day)))
    return rows


def add_hypertension(hub: Hub) -> None:
    """Thirteen months at two puskesmas and eight clinics; one poor throughout, the last month worse for all."""
    for start, kind, owner, many in (("pkm", "puskesmas", "public", 2), ("klinik", "klinik", "private", 8)):
        for number in range(many):
            register_facility(hub, Facility(0, f"{start}-{number}", f"{kind} Contoh {number}", kind, owner))  # type: ignore[arg-type]
    chosen = [each for each in hub.facilities.values() if re.fullmatch(r"(pkm|klinik)-\d", each.id)]
    items = count(10**9)
    with hub.store.writing() as tx:
        for month in range(2025 * 12 + 9, 2026 * 12 + 10):
            for each in chosen:
                good = 2 if each.id == POOR else 7 - 2 * (month == 2026 * 12 + 9)
                tx.add_facts(_seen(hub, each.number, month, good, items))


def _ill(number: int, day: int, code: str, kelurahan: str) -> dict[str, str]:
    """A visit of somebody without a NIK."""
    when = date.fromisoformat(day_text(day)).strftime("%d/%m/%Y")
    names = {"no_kunjungan": f"S-{number}", "no_rm": f"9{number:05}", "nik": "", "nama_pasien": f"{SECRET} {number}"}
    about = {"tanggal_kunjungan": when, "kelurahan": kelurahan, "diagnosis_1": code, "diagnosis_2": ""}
    return {**ROW, **names, **about}


def outbreak() -> list[dict[str, str]]:
    """A quiet end of the year of dengue, a burst of it in one kelurahan, and one case of measles."""
    today, places = city_day(START_MS), [area.name for area in areas()]
    rows = [_ill(n, today - 14 - 7 * n, "A91", places[10 + n]) for n in range(16)]
    rows += [_ill(100 + n, today - n % 3, "A91", places[0]) for n in range(6)]
    return [*rows, _ill(200, today - 1, "B05.9", places[3])]


def papers(facility: str, number: int, today: date) -> dict[str, object]:
    """A facility whose licence ends another day than the others', with four permits."""
    place = areas()[number % len(areas())]
    until = today + timedelta(days=number - 20)
    permits = [
        {
            "number": f"503/SIP/{number}-{each}",
            "name": f"dr. Contoh {number}-{each}",
            "profession": "dokter",
            "until": (until + timedelta(days=40 * each)).isoformat(),
        }
        for each in range(4)
    ]
    return {
        "facility": facility,
        "opened": "2015-01-01",
        "address": f"Jl. Contoh No. {number}",
        "latitude": place.latitude,
        "longitude": place.longitude,
        "services": ["umum", "gigi"],
        "licence": {"number": f"503/{number}/2021", "until": until.isoformat()},
        "accreditation": {"grade": "utama", "until": "2027-12-31"},
        "permits": permits,
    }


def build_town(folder: Path) -> Path:
    """The folder of the prepared hub, closed; to be served with `serving`."""
    made = make(5, 400, folder / "kota", only=CLINICS)
    hub = hub_at(folder / "hub", "http://127.0.0.1", Clock(START_MS))
    for row in made.facilities:
        register_facility(hub, from_dict(row | ({"name": NAME_B} if row["id"] == B else {})))
        who = Principal("clinic-client", row["id"], "TREAT", facility=row["id"])
        for path in made.files[row["id"]]:
            submit(hub, who, row["adapter"], path.read_bytes(), path.name)
    add_hypertension(hub)
    watched = Principal("clinic-client", WATCHED, "TREAT", facility=WATCHED)
    submit(hub, watched, "klinik_csv", sending.file_of(*outbreak()), "wabah.csv")
    set_details(hub, [papers(each.id, n, date(2026, 11, 23)) for n, each in enumerate(hub.facilities.values())])
    add_people(hub)
    assert release_closed(hub)
    chosen = [each for each in definitions() if each.id == INDICATOR]
    count_indicators(hub, chosen=chosen)
    assert release_indicators(hub, chosen)
    keep_reporting(hub)
    assert survey(hub)
    close(hub)
    return folder / "hub"


def add_people(hub: Hub) -> None:
    """One patient known at two clinics, refused rows, a doubt, a request at the counter, a case of two auditors."""
    bad = [BAD | {"no_kunjungan": f"T-{n}", "diagnosis_1": "J06.9"} for n in range(3)]
    for facility, rows in ((A, [ROW, *bad]), (B, [ROW | {"no_rm": "77", "tanggal_kunjungan": "10/11/2026"}])):
        who = Principal("clinician", "uji", "TREAT", facility=facility, person="uji")
        assert submit(hub, who, "klinik_csv", file_of(*rows), "kunjungan.csv").counts["accepted"] == 1
    make_doubt(hub, "6371024509900011")
    clerk = Principal("clinician", "ners.uji", "TREAT", facility=A, person="ners.uji")
    counter.ask_at_counter(hub, clerk, counter.Wish("copy", NIK, "Siti Aminah"))
    question = case_files.Question("I10-I15", "2026-11", "2026-11", "", case_files.REASONS[0], "Audit berkala", 20)
    one, two = (Principal("auditor", f"auditor.{n}", "HCOMPL", person=f"auditor.{n}") for n in (1, 2))
    id_ = case_steps.ask(hub, one, A, question)
    case_steps.approve(hub, two, id_)
