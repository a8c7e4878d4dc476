"""What the city's pages read, put into a home of bench.monitor: papers, a submission, a case under review, signals; and
what a serving hub does by itself in the course of a day, each part timed."""

import csv
import io
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from bench.monitor import END, rows
from hub.access.case_files import Question
from hub.access.case_steps import approve, ask
from hub.access.entered_signals import enter
from hub.admission import mint_login_link, redeem
from hub.admission.agencies import register_agency, subscribe
from hub.admission.screens import add_screen
from hub.auth import CITY_SCOPES, new_keypair
from hub.clock import city_time
from hub.model import Facility, Principal
from hub.model.people import Role
from hub.parts import SELF, Hub
from hub.pipeline import submit
from hub.registry import areas
from hub.upkeep.feeding import feed_public
from hub.upkeep.indicators import count_indicators
from hub.upkeep.papering import set_details
from hub.upkeep.registering import register_facility
from hub.upkeep.releasing import release_closed
from hub.upkeep.releasing_indicators import release_indicators
from hub.upkeep.reporting import keep_reporting
from hub.upkeep.signalling import survey

AGENCY = "dinas-bangku-uji"
LICENCE = "503/IZIN-S/{:04}"
JOBS: dict[str, Callable[[Hub], object]] = {
    "months released": release_closed,
    "indicators counted": count_indicators,
    "indicators released": release_indicators,
    "reporting matrix": keep_reporting,
    "surveillance": survey,
    "feed": feed_public,
}
"""In this order (hub.cli.weekly.prepare_figures)."""
_VISIT = {
    "no_kunjungan": "U-1",
    "tanggal_kunjungan": "",
    "jam_kunjungan": "09:30",
    "poli": "Umum",
    "no_rm": "U-1",
    "nama_pasien": "Orang Bangku Uji",
    "jenis_kelamin": "P",
    "tanggal_lahir": "05/09/1990",
    "nama_nakes": "dr. Rekaan Uji",
    "no_sip": "503/0001/SIP-S",
    "tekanan_darah": "150/95",
    "diagnosis_1": "I10",
}


@dataclass(frozen=True, slots=True)
class Office:
    """Who looks at pages, and what stands in their addresses. `cookies`: of a session by role; `screen`: a wall's
    token; `key`: the agency's private key."""

    cookies: dict[str, str]
    screen: str
    key: dict[str, Any]
    facility: str
    other: str
    submission: str
    draft: str
    case: str
    signal: int


def furnished(hub: Hub, facts: int) -> tuple[Office, dict[str, tuple[float, float]]]:
    """The office, and the seconds of each job: when there was something to do, and once more when there was not.
    `facts`: of the month after the last."""
    facilities = [each for each in hub.facilities.values() if each.id != SELF]
    if not all(each.kelurahan for each in facilities):
        with hub.store.writing() as tx:
            tx.put_facts(rows(hub, random.Random("the month after"), END, round(facts / 9.2)))
    _papers(hub, facilities)
    clinic = next(each.id for each in facilities if each.ownership == "private")
    sent = _sent(hub, clinic)
    seconds = {name: (_timed(job, hub), 0.0) for name, job in JOBS.items()}
    seconds = {name: (first, _timed(JOBS[name], hub)) for name, (first, _) in seconds.items()}
    with hub.store.writing() as tx:  # a morning's, so that the hub counts while its pages are opened
        tx.put_facts(rows(hub, random.Random(time.time_ns()), END, 1_000))
    return _office(hub, clinic, *sent), seconds


def _papers(hub: Hub, facilities: list[Facility]) -> None:
    """Every facility somewhere in the city, with a licence, dates and two practitioners."""
    places, today = areas(), date.fromisoformat(city_time(hub.clock())[:10])
    told: list[dict[str, Any]] = []
    for n, each in enumerate(facilities):
        place = places[n * 7 % len(places)]
        if not each.kelurahan:
            register_facility(hub, replace(each, kelurahan=place.code))
        until = today + timedelta(days=n * 13 % 900 - 10)
        permits = [
            {"number": f"503/{n}-{m}/SIP-S", "name": f"dr. Rekaan {n}-{m}", "profession": "dokter", "until": str(until)}
            for m in range(2)
        ]
        told.append(
            {
                "facility": each.id,
                "opened": "2020-01-01",
                "services": ["umum", "gigi"],
                "address": f"Jl. Rekaan No. {n}",
                "licence": {"number": LICENCE.format(n), "issued": "2022-01-01", "until": str(until)},
                "satusehat": {"state": "connected", "until": str(until)},
                "latitude": round(place.latitude + n % 9 / 3000, 5),
                "longitude": round(place.longitude + n % 7 / 3000, 5),
                "permits": permits,
            }
        )
    set_details(hub, told, by="bench")


def _sent(hub: Hub, clinic: str) -> tuple[str, str]:
    """The ids of a submission with a good row and bad ones, and of a draft."""
    day = city_time(hub.clock() - 3 * 86_400_000)[:10]
    visit = _VISIT | {"tanggal_kunjungan": f"{day[8:10]}/{day[5:7]}/{day[:4]}"}
    bad = [visit | {"no_kunjungan": f"U-B{n}", "diagnosis_1": "J6.9x", "jenis_kelamin": "?"} for n in range(30)]
    data = io.StringIO()
    writer = csv.DictWriter(data, list(visit), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows([visit, *bad])
    who = Principal("clinician", "ners.uji", "TREAT", facility=clinic, person="ners.uji")
    content = data.getvalue().encode("utf-8-sig")
    adapter = hub.facilities[clinic].adapter
    return (
        submit(hub, who, adapter, content, "kunjungan.csv").id,
        submit(hub, who, adapter, content, "draf.csv", "draft").id,
    )


def _office(hub: Hub, clinic: str, submission: str, draft: str) -> Office:
    one, two = (Principal("auditor", name, "HCOMPL", person=name) for name in ("auditor.uji", "auditor.dua"))
    month = city_time(hub.clock() - 3 * 86_400_000)[:7]
    case = ask(hub, one, clinic, Question("I10-I15", month, month, "", "routine", "Bangku uji", 20))
    approve(hub, two, case)
    watch = Principal("surveillance", "surveilans.uji", "PUBHLTH", person="surveilans.uji")
    signal = enter(hub, watch, "C", areas()[0].code, 3, "Laporan bangku uji")
    private, public = new_keypair("EC")
    register_agency(hub, AGENCY, {"keys": [public]}, CITY_SCOPES)
    subscribe(hub, AGENCY, ["visits-area", "indicator:*"])
    other = next(each.id for each in hub.facilities.values() if each.ownership == "public" and each.id != SELF)
    cookies = {
        "auditor": _cookie(hub, "auditor", "auditor.uji"),
        "surveillance": _cookie(hub, "surveillance", "surveilans.uji"),
        "clinician": _cookie(hub, "clinician", "ners.uji", clinic),
    }
    return Office(cookies, add_screen(hub, "layar-uji"), private, clinic, other, submission, draft, case, signal)


def _cookie(hub: Hub, role: Role, person: str, facility: str | None = None) -> str:
    link = mint_login_link(hub, role, facility=facility, person=person)
    cookie = redeem(hub, link.rpartition("/")[2])
    assert cookie is not None
    return cookie


def _timed(job: Callable[[Hub], object], hub: Hub) -> float:
    started = time.perf_counter()
    job(hub)
    return time.perf_counter() - started
