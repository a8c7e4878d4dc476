"""The health office's pages and a facility's mirror in a real Chromium: numbers that lead on, no person, axe, CSP."""

import re
from collections.abc import Callable, Iterator

import pytest

from fixtures.city import make
from hub.bootstrap import close
from hub.model import Principal
from hub.parts import Hub
from hub.pipeline import submit
from hub.registry import areas, from_dict
from hub.upkeep.registering import register_facility
from hub.upkeep.releasing import release_closed
from tests.web.browsing import PHONE, Keys, Watched, fits, sign_in
from tests.web.conftest import START_MS, Clock, hub_at, serving

pytestmark = pytest.mark.chromium
CLINICS = ("klinik-teratai", "klinik-bekantan", "klinik-jelita", "puskesmas-ramania")


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Iterator[tuple[Hub, list[str]]]:
    """A served hub with released months of three clinics and a puskesmas, and names that must never be shown."""
    folder = tmp_path_factory.mktemp("city")
    made = make(5, 400, folder / "kota", only=CLINICS)
    hub = hub_at(folder / "hub", "http://127.0.0.1", Clock(START_MS))
    for row in made.facilities:
        register_facility(hub, from_dict(row))
        who = Principal("clinic-client", row["id"], "TREAT", facility=row["id"])
        for path in made.files[row["id"]]:
            submit(hub, who, row["adapter"], path.read_bytes(), path.name)
    assert release_closed(hub)
    close(hub)
    with serving(folder / "hub", tmp_path_factory.mktemp("served") / "hub") as served:
        yield served, [person.name for person in made.people if len(person.name) > 8]


@pytest.fixture
def look(browser, city) -> Iterator[Callable[..., Watched]]:
    opened: list[Watched] = []

    def new(**options: object) -> Watched:
        opened.append(Watched(browser, city[0].config.base_url, **options))
        return opened[-1]

    yield new
    for one in opened:
        one.context.close()
    assert [fault for one in opened for fault in one.faults] == []


def test_every_number_leads_on_and_no_page_knows_a_person(city, look):
    hub, names = city
    page = look(java_script_enabled=False).page
    sign_in(hub, page, "auditor", person="auditor.uji")
    page.wait_for_url("**/dinas")
    seen: set[str] = set()
    todo = ["/dinas"]
    while todo and len(seen) < 130:
        address = todo.pop(0)
        if address in seen:
            continue
        seen.add(address)
        answer = page.request.get(hub.config.base_url + address)
        assert answer.status == 200, address
        html = answer.text()
        assert not re.search(r"(?<![\da-f])\d{16}(?![\da-f])", html), address
        assert [name for name in names if name in html] == [], address
        todo += [found.replace("&amp;", "&") for found in re.findall(r'href="(/dinas[^"]*)"', html)]
    kinds = {re.sub(r"/[^/?]*(\?.*)?$", "", address) for address in seen}
    assert {"/dinas/wilayah", "/dinas/isi/visits-facility", "/dinas/penyakit", "/dinas/mutu-data"} <= kinds


def test_the_first_page_shows_month_map_and_both_sectors(city, look):
    hub, _ = city
    one = look()
    sign_in(hub, one.page, "auditor", person="auditor.uji")
    one.page.wait_for_url("**/dinas")
    assert one.page.locator("svg.map a").count() == len(areas())
    assert one.page.get_by_text("Kunjungan di fasilitas pemerintah").is_visible()
    one.page.get_by_label("Bulan").select_option(index=1)
    one.page.get_by_role("button", name="Tampilkan").click()
    assert "bulan=" in one.page.url
    assert one.page.locator("dl.tiles > div").count() == 6
    reporting = one.page.locator("dl.tiles > div").first.inner_text()
    assert "faskes baru, ditunggu mulai minggu" in reporting
    assert "perlu tindakan" not in reporting, "who joined today owes nothing yet"
    one.page.goto("/dinas/pelaporan")
    assert one.page.url.endswith("/dinas/mutu-data")
    assert one.page.locator("table.matrix tbody tr").count() == len(CLINICS)
    assert one.page.locator("table.matrix tbody tr:first-child td.w").count() == 26


@pytest.mark.parametrize("lang", ["id", "en"])
def test_tables_speak_words_and_say_what_they_list(city, look, lang):
    hub, _ = city
    page = look(java_script_enabled=False).page
    sign_in(hub, page, "auditor", person="auditor.uji")
    page.wait_for_url("**/dinas")
    page.goto(f"/dinas?lang={lang}")
    place, facility, old = {
        "id": ("Tempat tinggal pasien", "Fasilitas", "70 tahun ke atas"),
        "en": ("Patients' residence", "Facility", "70 years and over"),
    }[lang]
    page.goto("/dinas/penyakit")
    rows = page.locator("table.figures tbody th").all_inner_texts()
    assert any(re.fullmatch(r"[A-Z]\d\d · .+", row) for row in rows), rows
    page.goto(page.locator("table.figures tbody a").first.get_attribute("href"))
    assert page.locator("table.figures thead th:first-child").all_inner_texts() == [place, facility]
    page.goto("/dinas/isi/visits-area/637101")
    rows += page.locator("table.figures tbody th").all_inner_texts()
    assert old in rows
    assert not {"other", "unknown", "0-7d", "29d-11m", "1-4"} & set(rows)


def test_a_facility_without_a_submission_in_the_month_has_no_blank_date(city, look):
    hub, _ = city
    page = look(java_script_enabled=False).page
    sign_in(hub, page, "auditor", person="auditor.uji")
    page.wait_for_url("**/dinas")
    page.goto(f"/dinas/isi/visits-facility/{CLINICS[0]}")
    assert "Belum ada kiriman pada bulan itu." in page.content()
    assert page.locator("ul.legend .week.backfilled").is_visible()
    page.goto(f"/dinas/mutu-data/{CLINICS[0]}")
    assert page.locator("table tbody tr").count() == 26
    assert "SKB 3 Menteri" in page.content(), "holidays are told with their decree"


def test_the_filter_stays_in_the_address_and_the_keyboard_suffices(city, look):
    hub, _ = city
    one = look(java_script_enabled=False)
    page = one.page
    sign_in(hub, page, "auditor", person="auditor.uji")
    page.wait_for_url("**/dinas")
    page.goto("/dinas/mutu-data")
    keys = Keys(page)
    keys.write("Jenis faskes", "Pusk")
    keys.button("Tampilkan")
    page.wait_for_url("**jenis=puskesmas**")
    assert page.locator("table.matrix tbody tr").count() == 1
    assert page.locator("#jenis").input_value() == "puskesmas"
    page.goto("/dinas?milik=private&kecamatan=637101")
    assert page.locator("svg.map path.mo").count() == sum(area.kecamatan_code != "637101" for area in areas())
    tile = page.locator("dl.tiles a").first.get_attribute("href")
    assert tile == "/dinas/mutu-data?kecamatan=637101&milik=private"
    page.goto("/dinas/peta")
    assert page.locator("svg.map .dp, svg.map .dq").count() == len(CLINICS)
    keys.press(page.locator("svg.map a").first)
    page.wait_for_url("**/dinas/wilayah/**")


def test_the_auditor_has_no_page_without_work(city, look):
    hub, _ = city
    page = look(java_script_enabled=False).page
    sign_in(hub, page, "auditor", person="auditor.uji")
    page.wait_for_url("**/dinas")
    assert page.locator('nav a[href="/petugas"]').count() == 0
    page.goto("/petugas")
    assert page.url.endswith("/dinas")


def test_a_facility_sees_its_own_mirror_and_not_the_city(city, look):
    hub, _ = city
    one = look(**PHONE)
    sign_in(hub, one.page, "clinician", facility=CLINICS[0], person="bidan.uji")
    one.page.goto("/faskes/mutu")
    assert one.page.get_by_role("heading", level=1).inner_text() == "Mutu data faskes Anda"
    assert one.page.locator("ol.weeks li").count() > 4
    assert one.page.locator("ul.legend .week").count() == 10
    words = one.page.locator("main").inner_text()
    assert "faskes yang sebanding" in words
    assert "semua faskes" not in words
    assert "minggu mulai" in words
    assert fits(one.page)
    one.shot("faskes-mutu")
    refused = one.page.request.get(hub.config.base_url + "/dinas")
    assert refused.status == 403
    one.page.goto("/faskes/kode")
    assert fits(one.page)


def test_a_patient_or_visitor_sees_no_city(city, look):
    hub, _ = city
    page = look().page
    for path in ("/dinas", "/dinas/mutu-data", "/dinas/peta", "/dinas/wilayah/637101", "/faskes/mutu"):
        assert page.request.get(hub.config.base_url + path).status == 401


@pytest.mark.parametrize(
    "path",
    [
        "/dinas/isi/tidak-ada/637101",
        "/dinas/isi/visits-area/9",
        "/dinas?bulan=2031-01",
        "/dinas/penyakit/x",
        "/dinas/mutu-data?jenis=kapal",
        "/dinas/mutu-data/tidak-ada",
        "/dinas/wilayah/999999",
        "/dinas/peta?kode=Q99",
        "/dinas/penyakit/Q99",
    ],
)
def test_what_does_not_exist_is_refused_in_words(city, look, path):
    hub, _ = city
    one = look()
    sign_in(hub, one.page, "auditor", person="auditor.uji")
    one.page.wait_for_url("**/dinas")
    answer = one.page.request.get(hub.config.base_url + path)
    assert answer.status == 404
    assert re.search(r"HUB-\d{4}", answer.text())
