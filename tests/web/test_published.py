"""What really leaves the hub, read as a stranger reads it (pages, PDF, FHIR, feed, wall), in two successive months with
a late and a withdrawn record between them: every number is a released one, and a solver that holds all of them
narrows nothing hidden."""

import base64
import io
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from itertools import count

import httpx
import pytest
from pypdf import PdfReader

from hub.access.agencies import area_sums, feed
from hub.access.monitoring import NO_MONTH, month_mark, open_released, seal_items
from hub.access.quality import reporting_now
from hub.admission.agencies import register_agency, subscribe
from hub.admission.screens import add_screen
from hub.bootstrap import close
from hub.model import Facility, Principal
from hub.monitor import Fact
from hub.monitor.indicators import definitions
from hub.monitor.indicators.touching import lines_of
from hub.monitor.tables import HIDDEN, Table, decode_table
from hub.parts import Hub
from hub.registry import areas, kecamatan
from hub.store import FactRow
from hub.upkeep.feeding import feed_public
from hub.upkeep.indicators import count_indicators
from hub.upkeep.peopling import set_targets
from hub.upkeep.registering import register_facility
from hub.upkeep.releasing import release_closed
from hub.upkeep.releasing_indicators import release_indicators
from tests.auth.attacks import PUBLIC as KEY
from tests.monitor.attack import Cell, Sum, narrowed_by, sums_of, values_of
from tests.ports import free_port
from tests.web.conftest import START_MS, Clock, Pages, hub_at
from tests.web.test_wall_browser import up

MONTHS = ("2026-09", "2026-10")
NAMES = ("hipertensi-terkendali", "antibiotik-ispa", "kunjungan-ulang", "inm-waktu-tunggu", "spm-08")
CHOSEN = [each for each in definitions() if each.id in NAMES]
K, SENT = 5, ("on-time", "late", "backfilled")
CUBES = ("visits-area", "visits-facility", "diagnoses-area", "diagnoses-facility", "ages")
CODES = ("I10", "J06.9", "J00", "E11.9", "K30", "A15.0", "R51")
PLACES = tuple(each.code for each in (*areas()[:3], *areas()[-2:]))
AGENCY = Principal("agency", "disdik", "PUBHLTH", scopes=("city/areas", "city/feed"))
_items = count(1)


def facts(hub: Hub, source: random.Random, month: str, many: int) -> list[FactRow]:
    """A month of visits, most of them at two places and with two diagnoses."""
    places = [*PLACES, "-"]
    numbers = [each.number for each in hub.facilities.values() if each.kind in ("klinik", "puskesmas")]
    found = []
    for _ in range(many):
        day = (date.fromisoformat(f"{month}-{source.randrange(1, 28):02}") - date(1970, 1, 1)).days
        where = source.choices(places, (30, 12, 6, 3, 2, 2))[0]
        band, age = source.choice((("20-44", 30), ("45-54", 50), ("60-69", 63)))
        about = (day, source.choices(numbers, (30, 15, 10, 5, 3, 2))[0], where, band, source.choice(("male", "female")))
        cls = source.choices(("AMB", "EMER"), (12, 1))[0]
        made = [Fact("encounter", cls, *about, lag=1, age=age)]
        for code in set(source.choices(CODES, (9, 6, 4, 3, 2, 1, 2), k=source.choice((1, 2)))):
            made.append(Fact("diagnosis", code, *about, age=age, case=source.choice(("new", "existing"))))
        pressure = Decimal(source.choice((120, 170)))
        made += [Fact("vital", "8480-6", *about, value=pressure, age=age)]
        made += [Fact("vital", "8462-4", *about, value=Decimal(80), age=age)]
        made += [Fact("medicine", "J01CA04", *about, age=age)] if source.random() < 0.4 else []
        made += [Fact("wait", "AMB", *about, value=Decimal(source.choice((30, 90))), age=age)] if cls == "AMB" else []
        item = next(_items)
        found.append(FactRow(item // 2, item, 1, seal_items(hub, item, {item: made}), month_mark(hub, day)))
    return found


@pytest.fixture(scope="module")
def hub(tmp_path_factory) -> Iterator[Hub]:
    """Two months: the first is released, then a visit of it comes late and one is withdrawn, then the second."""
    clock = Clock(int(datetime(2026, 10, 25, tzinfo=UTC).timestamp() * 1000))
    port = free_port()
    hub = hub_at(tmp_path_factory.mktemp("published"), f"http://127.0.0.1:{port}", clock, HUB_PORT=str(port))
    for number in range(6):
        kind, owner = ("puskesmas", "public") if number % 3 == 0 else ("klinik", "private")
        register_facility(hub, Facility(0, f"faskes-{number}", f"Faskes Contoh {number}", kind, owner))  # type: ignore[arg-type]
    set_targets(hub, "year,indicator,area,facility,people\n2026,spm-08,,,900\n", "sasaran.csv")
    source = random.Random(4)
    first = facts(hub, source, MONTHS[0], 220)
    before: dict[str, bytes] = {}
    for month in MONTHS:
        with hub.store.writing() as tx:
            tx.add_facts(first if month == MONTHS[0] else facts(hub, source, month, 160))
        count_indicators(hub, chosen=CHOSEN)
        assert release_closed(hub) == [month]
        assert release_indicators(hub, CHOSEN) == [month]
        if not before:
            before = bodies(hub)
            gone = first[0]._replace(version=2, body=seal_items(hub, first[0].item, {}), month=NO_MONTH)
            with hub.store.writing() as tx:
                tx.replace_facts([gone], [first[0].month])
                tx.add_facts(facts(hub, source, MONTHS[0], 3))
            clock.ms = START_MS
    after = bodies(hub)
    assert {name: after[name] for name in before} == before, "what was released stays, whatever came in later"
    feed_public(hub)
    yield hub
    close(hub)


def bodies(hub: Hub) -> dict[str, bytes]:
    with hub.store.reading() as tx:
        rows = [tx.released(month, name) for prefix in ("", "public:") for month, name in tx.released_names(prefix)]
        return {f"{row.month} {row.cube}": open_released(hub, row) for row in rows if row is not None}


@pytest.fixture(scope="module")
def office(hub: Hub) -> Iterator[Pages]:
    with up(hub), httpx.Client(base_url=hub.config.base_url, follow_redirects=True, timeout=30) as client:
        pages = Pages(hub, client)
        pages.sign_in("auditor", person="auditor.uji")
        yield pages


def tables_of(hub: Hub, month: str) -> list[Table]:
    with hub.store.reading() as tx:
        return [decode_table(open_released(hub, row)) for cube in CUBES if (row := tx.released(month, cube))]


def lines(html: str) -> Iterator[tuple[str, list[str]]]:
    """Rows of tables: what the first cell says, and the others."""
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", html, re.DOTALL):
        found = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        cells = [" ".join(unescape(re.sub(r"<[^>]+>", " ", one)).split()) for one in found]
        if len(cells) > 1:
            yield cells[0], cells[1:]


def shown(tables: list[Table]) -> dict[str, set[int]]:
    """Every number that is shown, by the name of its line (a place, a facility, a diagnosis), and "" for all."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for row in (row for table in tables for row in table.rows):
        numbers = {cell for cell in row.cells if cell >= 0}
        for name in (row.name, row.of, ""):
            found[name] |= numbers
    return found


def agrees(html: str, known: dict[str, set[int]]) -> int:
    """How many lines of a page have numbers, each of them a released one of that very line."""
    seen = 0
    for heading, cells in lines(html):
        name = next((each for each in (heading, heading.partition(" · ")[0]) if each in known), "")
        numbers = [
            int(one.replace(".", ""))
            for cell in cells
            for one in re.findall(r"(?<![\d.,])\d[\d.]*(?![\d.,%]| %)", cell)
            if re.fullmatch(r"[\d.]+(?: / [\d.]+)?", cell)
        ]
        assert set(numbers) <= known[name], (heading, cells)
        seen += bool(numbers)
    return seen


def test_no_page_shows_a_number_that_is_not_released(hub: Hub, office: Pages) -> None:
    for month in MONTHS:
        reports = [table for name in NAMES for table in indicator_tables(hub, name, month)]
        known = shown([*tables_of(hub, month), *reports])
        district, place = PLACES[0][:6], PLACES[0]
        paths = ["", "/peta", "/penyakit", "/penyakit/I10", f"/wilayah/{district}", f"/wilayah/{place}"]
        paths += ["/isi/visits-area/city", f"/isi/visits-area/{district}", "/isi/visits-facility/faskes-0"]
        for path in paths:
            assert agrees(office.get(f"/dinas{path}?bulan={month}"), known) > 1, path
        for name in NAMES:
            html = office.get(f"/dinas/indikator/{name}?bulan={month}")
            own = shown(indicator_tables(hub, name, month))
            assert ("Tahun ini, September 2026 s.d." in html) is (name != "hipertensi-terkendali")
            assert agrees(html[html.rindex('class="reason"') :], own) > 1, name


def indicator_tables(hub: Hub, name: str, month: str, kind: str = "indicator") -> list[Table]:
    with hub.store.reading() as tx:
        row = tx.released(month, f"{kind}:{name}")
    return [decode_table(open_released(hub, row))] if row is not None else []


def test_the_public_gets_public_numbers_only(hub: Hub, office: Pages) -> None:
    register_agency(hub, "disdik", {"keys": [KEY]}, ["city/areas", "city/feed"])
    subscribe(hub, "disdik", ["visits-area", "indicator:*"])
    items: list[dict] = []
    payload = {"head": 1}
    while not items or items[-1]["sequence"] < payload["head"]:
        signed = feed(hub, AGENCY, items[-1]["sequence"] if items else 0).split(".")[1]
        payload = json.loads(base64.urlsafe_b64decode(signed + "=" * (-len(signed) % 4)))
        items += payload["items"]
    assert {item["month"] for item in items} == set(MONTHS)
    cells = {
        (item["cube"], item["month"], row.get("of", ""), row["key"]): row["cells"]
        for item in items
        for row in item["rows"]
    }
    inside = {
        (table.cube, month, row.of, row.key): row.cells
        for month in MONTHS
        for table in (*tables_of(hub, month), *(each for name in NAMES for each in indicator_tables(hub, name, month)))
        for row in table.rows
    }
    for place, numbers in cells.items():
        for number, own in zip(numbers, inside[place][-len(numbers) :], strict=True):
            assert number in (None, "-", own), place
            assert not isinstance(number, int) or number == 0 or number >= 11, place
    for month in MONTHS:
        sums = {each["code"]: [each["visits"]] for each in area_sums(hub, AGENCY, month)["areas"]}
        assert sums == {key: own for (cube, of, _, key), own in cells.items() if (cube, of) == ("visits-area", month)}
        pdf = PdfReader(io.BytesIO(office.client.get(f"/buletin/{month}.pdf").content))
        words = " ".join("\n".join(page.extract_text() for page in pdf.pages).split())
        told = {each.name: cells["visits-area", month, "", each.code][0] for each in areas()}
        for name, number in told.items():
            for said in re.findall(rf"{re.escape(name)} ([\d.]+|ditutup)", words):
                assert said == ("ditutup" if number is None else f"{number:,}".replace(",", ".")), name
    screen = {"Authorization": f"Bearer {add_screen(hub, 'layar-uji')}"}
    wall = " ".join(re.sub(r"<[^>]+>", " ", office.get("/papan/adegan", **screen)).split())
    assert MONTHS[1][:4] in wall
    for name, number in ((name, cells["visits-area", MONTHS[1], "", key][0]) for key, name in kecamatan().items()):
        for said in re.findall(rf"{re.escape(name)} ([\d.]+)", wall):
            assert said == f"{number or 0:,}".replace(",", "."), name


def reports(office: Pages, month: str) -> dict[Cell, int]:
    """The indicators' cells, as the MeasureReports of a month say them."""
    bundle = json.loads(office.get(f"/dinas/fhir/MeasureReport?period={month}&_count=20"))
    assert bundle["total"] == len(bundle["entry"])
    found: dict[Cell, int] = {}
    axes = {"area": "area", "facility": "facility", "sex and age": "age"}
    for resource in (entry["resource"] for entry in bundle["entry"]):
        name, group = resource["id"][:-8], resource["group"][0]
        for strata in group["stratifier"]:
            axis = axes[strata["code"][0]["text"]]
            lines_ = [(each["value"]["coding"][0]["code"], each["population"]) for each in strata["stratum"]]
            for key, populations in [("city", group["population"]), *lines_]:
                for one in populations:
                    column = one["code"]["coding"][0]["code"]
                    if column == "numerator" or name != "spm-08":
                        found[name, axis, key, column] = one.get("count", HIDDEN)
    return found


def weeks_told(hub: Hub, month: str) -> dict[Cell, int]:
    """How many visits the matrix of weeks tells of at least: one in a week with a report, twenty in an empty one."""
    found: Counter[Cell] = Counter()
    sent = ((line.facility, week) for line in reporting_now(hub).lines for week in line.weeks if week.state in SENT)
    for facility, week in sent:
        if {week.start[:7], f"{date.fromisoformat(week.start) + timedelta(6):%Y-%m}"} == {month}:
            found["weeks", "", facility, "least"] += 20 if week.flag == "empty" else 1
    assert found.total() > 10
    return found


def test_a_solver_that_holds_everything_narrows_nothing(hub: Hub, office: Pages) -> None:
    rules = {each.id: each for each in CHOSEN}
    hidden = 0
    for month in MONTHS:
        tables = tables_of(hub, month)
        seen, own = values_of(tables), reports(office, month)
        named = {cell[1] for cell in seen if cell[0] == "diagnoses-area"} - {"other"}
        parents = {row.key: row.parent for table in tables if not table.cube.startswith("ages") for row in table.rows}
        parents |= {cell[2]: cell[2].partition("/")[0] for cell in own if "/" in cell[2]}
        parents |= dict.fromkeys(("male", "female", "unknown"), "city")
        relations = list(sums_of(tables))
        below: defaultdict[Cell, list[Cell]] = defaultdict(list)
        for name, axis, key, column in own:
            if key != "city":
                below[name, axis, parents[key], column].append((name, axis, key, column))
        relations += [Sum(whole, tuple(parts)) for whole, parts in below.items() if whole in own]
        for name, axis, key, column in own:
            cell = (name, axis, key, column)
            if column == "numerator" and name != "spm-08":
                relations.append(Sum((name, axis, key, "denominator"), (cell,), is_exact=False))
                continue
            if axis == "age" or (column == "numerator" and name != "spm-08"):
                continue
            of = lines_of(rules[name].rule, named)
            visits = (f"visits-{axis}", "", key, "total")
            if name != "kunjungan-ulang" and visits in seen:
                relations.append(Sum(visits, (cell,), is_exact=False))
            cases = [each for line in sorted(of or ()) if (each := (f"diagnoses-{axis}", line, key, "total")) in seen]
            if cases:
                relations.append(Sum(cases[0], (cell,), name == "kunjungan-ulang", tuple(cases[1:])))
            if name == "inm-waktu-tunggu" and (f"visits-{axis}", "", key, "AMB") in seen:
                relations.append(Sum((f"visits-{axis}", "", key, "AMB"), (cell,), is_exact=False))
        known = {**seen, **own, **(words := weeks_told(hub, month))}
        relations += [Sum(("visits-facility", "", cell[2], "total"), (cell,), is_exact=False) for cell in words]
        assert narrowed_by(known, relations, K) == []
        hidden += sum(value == HIDDEN for value in known.values())
        assert sum(value > 0 for value in own.values()) > 20
    assert hidden > 50
