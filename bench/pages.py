"""`python -m bench.pages --home FOLDER`: how long the server takes for every page of the city, at ten million facts.

FOLDER is a home of bench.monitor (made when it is not there). What pages read is put into it and made up to date by the
hub's own jobs, each timed. Then `hub serve` with 2 processes, and one caller that opens every page as everybody who may
see it, in Indonesian and English by turns, each round over a new connection. The times are the caller's on the same
machine: they include the connection's way, so the server's own are a little shorter.
"""

import argparse
import gzip
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, product
from pathlib import Path

from bench import machine
from bench.calls import Target, sign_in
from bench.figures import middle, percentile
from bench.monitor import FACILITIES, MONTHS, fill
from bench.office import AGENCY, LICENCE, Office, furnished
from bench.serving import Served, served
from bench.wire import Answer, Script, Step, drive
from hub.access.directory import search
from hub.access.indicators import public_overview
from hub.access.surveying import settings_of
from hub.api import create_app
from hub.bootstrap import build, close
from hub.config import read_config
from hub.model import Principal
from hub.monitor.indicators import definitions
from hub.parts import Hub
from hub.pipeline.repairs import waiting_rows
from hub.registry import areas, kecamatan
from hub.web import guard, mount
from hub.web.areas import dinas, faskes, public

BELOW = ("/dinas", "/faskes", "/papan", "/direktori", "/fhir-publik", "/buletin", "/city")
LIMIT_MS, LIMIT_KB = 300, 60
TOKEN_S = 200.0
_AUDITORS_TABS = ("/dinas/faskes/{id}",)
MOVED = ("/dinas/pelaporan",)
"""Addresses that were another page's."""
SCREEN = "/papan/adegan"
_ROLES = {path: roles for method, path, _, roles in (*dinas.TABLE, *faskes.TABLE, *public.TABLE) if method == "GET"}
_BRACES = re.compile(r"\{.*\}")
_DIRECTORY = ("Organization", "Location", "HealthcareService", "PractitionerRole")


@dataclass(frozen=True, slots=True)
class Look:
    """An address of a route, and as whom it is opened."""

    route: str
    role: str
    path: str


@dataclass(slots=True)
class Page:
    """What came of a route's addresses as one role."""

    ms: list[float] = field(default_factory=list)
    kb: float = 0.0
    is_html: bool = False
    slowest: tuple[float, str] = (0.0, "")


def main() -> None:
    """Reads the arguments and measures."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="kept, and used again")
    parser.add_argument("--facts", type=int, default=10_000_000, help="of a new home")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", default="", help="routes that begin so")
    parser.add_argument("--shown", type=int, default=25, help="the slowest routes")
    arguments = parser.parse_args()
    print(machine.line(), flush=True)
    hub = build(read_config({"HUB_HOME": str(arguments.home)}))
    try:
        if len(hub.facilities) < FACILITIES:
            fill(hub, arguments.facts, 2)
        office, seconds = furnished(hub, arguments.facts // MONTHS)
        print(json.dumps({name: [round(each, 1) for each in both] for name, both in seconds.items()}), flush=True)
        looks = [look for look in looks_of(hub, office) if look.route.startswith(arguments.only)]
        url = hub.config.database_url
    finally:
        close(hub)
    with served(arguments.home, url, 2, ()) as server:
        before = machine.held_mb(server.process.pid)
        pages, faults = walked(server, office, looks, arguments.rounds)
        after = machine.held_mb(server.process.pid)
    for line in report(pages, arguments.shown):
        print(line)
    print(*faults, sep="\n")
    print(f"{len(looks)} addresses of {len(pages)} pages, {len(faults)} faults; MB held {before} -> {after}")


def looks_of(hub: Hub, office: Office) -> list[Look]:
    """Every page below BELOW, as the app itself lists them, filled with what the home holds. KeyError for one of which
    it is not said here what stands in its address."""
    app = create_app(hub)
    mount(app, hub)
    plain = {getattr(one, "path", "") for one in app.router.routes if "GET" in (getattr(one, "methods", None) or ())}
    described = {path for path, methods in app.openapi()["paths"].items() if "get" in methods}
    values, queries = _values(hub, office), _queries(office.facility)
    found = []
    there = (path for path in plain | described if path.startswith(BELOW) and not path.endswith("{rest:path}"))
    for route in sorted(there):  # (below an area any other address is answered, by a page that says there is none)
        paths = [_BRACES.sub(value, route) for value in values[route]] if "{" in route else [route]
        roles = ("agency",) if route.startswith("/city") else _ROLES.get(route) or ("",)
        for role, path, query in product(roles, paths, queries.get(route, ("",))):
            if role != "clinic-client" and (not query or role != "surveillance" or route not in _AUDITORS_TABS):
                found.append(Look(route, role, path + query))
    return found


def _values(hub: Hub, office: Office) -> dict[str, Sequence[str]]:
    """By route what stands in its address from the first brace to the last."""
    with hub.store.reading() as tx:
        months = tx.released_months()
    who = Principal("clinician", "ners.uji", "TREAT", facility=office.facility, person="ners.uji")
    rows = waiting_rows(hub, who)
    indicators, told = [each.id for each in definitions()], list(public_overview(hub))
    district, facilities = next(iter(kecamatan())), (office.facility, office.other)
    held = {type_: search(hub, type_, ())["entry"][0]["resource"]["id"] for type_ in _DIRECTORY}
    lines = ("visits-area/city", "visits-facility/city", f"visits-facility/{office.facility}")
    made = ("diagnoses-area/city?kode=I10", "diagnoses-facility/city?kode=I10")
    return {
        "/dinas/wilayah/{kode}": (district, areas()[0].code),
        "/dinas/isi/{cube}/{line}": (*lines, *made),
        "/dinas/penyakit/{code}": ("I10", "J06"),
        "/dinas/mutu-data/{id}": facilities,
        "/dinas/audit/{id}": (office.case,),
        "/dinas/audit/{id}/rekam/{n}": (f"{office.case}/rekam/1",),
        "/dinas/faskes/{id}": facilities,
        "/dinas/indikator/{kode}": indicators,
        "/dinas/indikator/{kode}/fhir": told,
        "/dinas/fhir/Measure/{id}": told,
        "/dinas/fhir/MeasureReport/{id}": [f"{id_}-{months[0]}" for id_ in told],
        "/dinas/surveilans/sinyal/{number}": (str(office.signal),),
        "/dinas/surveilans/{code}": [each.code for each in settings_of(hub).diseases],
        "/faskes/audit/{id}": (office.case,),
        "/faskes/ditolak/kode/{code}": sorted(rows[0].codes),
        "/faskes/ditolak/baris/{id}": (rows[0].id,),
        "/faskes/kiriman/{id}": (office.submission, office.draft),
        "/faskes/kiriman/{id}/perbaikan.xlsx": (office.submission,),
        "/faskes/permintaan/{id}": (),  # asks for a patient's record: no page of the city
        "/buletin/{month}.pdf": months[:1],
        "/fhir-publik/{type}": _DIRECTORY,
        "/fhir-publik/{type}/{id}": [f"{type_}/{id_}" for type_, id_ in held.items()],
    }


def _queries(facility: str) -> dict[str, Sequence[str]]:
    """Filters that are opened beside the plain address."""
    district = next(iter(kecamatan()))
    return {
        "/dinas": ("", f"?kecamatan={district}"),
        "/dinas/peta": ("", "?kode=I10"),
        "/dinas/indikator": ("", f"?wilayah={district}"),
        "/dinas/indikator/{kode}": ("", f"?faskes={facility}"),
        "/dinas/faskes/{id}": ("", "?bagian=mutu", "?bagian=pelaporan", "?bagian=audit"),
        "/dinas/surveilans/sinyal/{number}": ("", "?kasus=1"),
        "/dinas/fhir/MeasureReport": ("", "?_count=20"),
        "/fhir-publik/{type}": ("", "?_count=200"),
        "/city/licences": (f"?number={LICENCE.format(1)}",),
    }


def walked(server: Served, office: Office, looks: list[Look], rounds: int) -> tuple[dict[str, Page], list[str]]:
    """By route and role what came, and every answer that is none of a page's."""
    token, signed_in, cookie = "", -TOKEN_S, guard.session_cookie(server.base)
    pages: dict[str, Page] = defaultdict(Page)
    faults: dict[str, None] = {}
    languages = cycle(("id", "id", "en", "en"))  # connections go to the two processes by turns
    for language, _ in zip(languages, range(rounds), strict=False):
        if time.monotonic() - signed_in > TOKEN_S:
            token, signed_in = sign_in(server.base, AGENCY, office.key), time.monotonic()

        def script(language: str = language, token: str = token) -> Script:
            for look in looks:
                sent = {"Accept-Language": language}
                bearer = token if look.role == "agency" else office.screen if look.route == SCREEN else ""
                if look.role in office.cookies:
                    sent["Cookie"] = f"{cookie}={office.cookies[look.role]}"
                request = Target(server.base, bearer).request("GET", look.path.lstrip("/"), headers=sent)
                answer = yield Step(look.route, request)
                while answer.status == 429:  # so many a minute: another time
                    time.sleep(2)
                    answer = yield Step(look.route, request)
                taken(look, answer)

        def taken(look: Look, answer: Answer) -> None:
            if answer.status != (200 if look.route not in MOVED else 303):
                code = re.search(rb"HUB-\d{4}", answer.body)
                faults[f"{look.path} as {look.role}: HTTP {answer.status} {code[0].decode() if code else ''}"] = None
            page = pages[f"{look.route} {look.role}".strip()]
            page.ms.append(answer.ms)
            page.kb = max(page.kb, len(gzip.compress(answer.body)) / 1024)
            page.is_html |= b"text/html" in answer.head
            page.slowest = max(page.slowest, (answer.ms, look.path))

        drive(Target(server.base).place, [script()])
    return dict(pages), list(faults)


def report(pages: dict[str, Page], shown: int) -> Iterator[str]:
    """A line a page, the slowest first."""
    yield f"{'page':56}{'looks':>6}{'p50 ms':>8}{'p95 ms':>8}{'max ms':>8}{'kB gzip':>9}"
    for name, page in sorted(pages.items(), key=lambda item: -percentile(item[1].ms, 95))[:shown]:
        p95 = percentile(page.ms, 95)
        over = " !" if p95 > LIMIT_MS or (page.is_html and page.kb > LIMIT_KB) else ""
        yield (
            f"{name:56}{len(page.ms):6}{middle(page.ms):8.0f}{p95:8.0f}{page.slowest[0]:8.0f}{page.kb:9.1f}{over}"
            f"  {page.slowest[1]}"
        )


if __name__ == "__main__":
    main()
