"""The surveillance pages in a real Chromium: a signal verified by keyboard alone; axe, CSP, sizes, both languages."""

import gzip
import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest

from hub.access.signals import open_signals
from hub.admission import mint_login_link
from hub.bootstrap import close
from hub.clock import city_time
from hub.fhir import city_day, day_text
from hub.model import Facility, Principal
from hub.parts import Hub
from hub.pipeline import submit
from hub.registry import areas
from hub.upkeep.registering import register_facility
from hub.upkeep.signalling import survey
from tests.web.browsing import Watched, audited_page, axe_faults, fits, sign_in
from tests.web.conftest import ROW, START_MS, A, Clock, hub_at, serving
from tests.whole.sending import file_of

pytestmark = pytest.mark.chromium
NAME = "Orang Uji Rahasia"
PATHS = (
    "/dinas/surveilans",
    "/dinas/surveilans/C",
    "/dinas/surveilans/K?tempat=-",
    "/dinas/surveilans/w2",
    "/dinas/surveilans/baru",
)


def ill(number: int, day: int, code: str, kelurahan: str) -> dict[str, str]:
    when = date.fromisoformat(day_text(day)).strftime("%d/%m/%Y")
    names = {"no_kunjungan": f"S-{number}", "no_rm": f"9{number:05}", "nik": "", "nama_pasien": f"{NAME} {number}"}
    about = {"tanggal_kunjungan": when, "kelurahan": kelurahan, "diagnosis_1": code, "diagnosis_2": ""}
    return {**ROW, **names, **about}


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Iterator[Hub]:
    """A served hub with a quiet year's end of dengue, a burst of it in one kelurahan, and one case of measles."""
    folder = tmp_path_factory.mktemp("surveillance")
    hub = hub_at(folder / "hub", "http://127.0.0.1", Clock(START_MS))
    register_facility(hub, Facility(0, A, "Puskesmas Contoh", kind="puskesmas"))
    today = city_day(START_MS)
    places = [area.name for area in areas()]
    rows = [ill(n, today - 14 - 7 * n, "A91", places[10 + n]) for n in range(16)]
    rows += [ill(100 + n, today - n % 3, "A91", places[0]) for n in range(6)]
    rows += [ill(200, today - 1, "B05.9", places[3])]
    receipt = submit(hub, Principal("clinic-client", A, "TREAT", facility=A), "klinik_csv", file_of(*rows), "a.csv")
    assert receipt.counts["accepted"] == len(rows)
    assert [each.disease for each in survey(hub)] == ["C", "K"]
    close(hub)
    with serving(folder / "hub", tmp_path_factory.mktemp("served") / "hub") as served:
        yield served


@pytest.fixture
def look(browser, city) -> Iterator[Callable[..., Watched]]:
    opened: list[Watched] = []

    def new(**options: object) -> Watched:
        opened.append(Watched(browser, city.config.base_url, **options))
        return opened[-1]

    yield new
    for one in opened:
        one.context.close()
    assert [fault for one in opened for fault in one.faults] == []


def test_an_officer_finds_both_signals_and_verifies_one_by_keyboard_without_javascript(city, look):
    one = look(java_script_enabled=False)
    page = one.page
    sign_in(city, page, "surveillance", person="surveilans.uji")
    page.wait_for_url("**/dinas/surveilans")
    assert page.locator("section table").first.locator("tbody tr").count() == 2
    one.shot("dinas-surveilans")
    page.get_by_role("link", name="Suspek dengue").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sinyal/**")
    assert "sisa 2" in page.content()
    page.get_by_role("button", name="Saya menangani sinyal ini").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "surveilans.uji" in page.locator("dl.facts").inner_text()
    page.get_by_label("Waktu verifikasi").fill(city_time(city.clock())[:16])
    page.get_by_label("Tindakan").fill("Penyelidikan epidemiologi, PSN")
    page.get_by_role("button", name="Simpan verifikasi").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "terverifikasi" in page.locator("dl.facts").inner_text()
    page.get_by_role("link", name="Buka daftar kasus").click()
    assert page.locator("table tbody tr").count() == 4
    assert NAME not in page.content()
    page.get_by_role("link", name="Grafik mingguan").click()
    assert page.locator("svg.bars rect.bar").count() > 10
    assert page.locator("svg.bars rect.alert").count() == 1
    assert page.locator("svg.bars rect.open").count() + page.locator("svg.bars rect.alert").count() >= 1
    one.shot("dinas-surveilans-penyakit")


def test_the_weekly_report_can_be_taken_as_a_form(city, look):
    page = look(java_script_enabled=False).page
    sign_in(city, page, "surveillance", person="surveilans.uji")
    page.goto("/dinas/surveilans/w2")
    for name, begin in (("Unduh CSV", b"\xef\xbb\xbfTahun"), ("Unduh XLSX", b"PK")):
        found = page.request.get(city.config.base_url + page.get_by_role("link", name=name).get_attribute("href"))
        assert found.status == 200
        assert found.body().startswith(begin)


def test_an_auditor_sees_how_many_and_nothing_else_and_others_nothing(city, look):
    page = look().page
    sign_in(city, page, "auditor", person="auditor.uji")
    page.goto("/dinas/surveilans")
    assert "campak" not in page.content(), "one person's disease is not named"
    found = open_signals(city)
    assert page.locator("dl.counts dd").first.inner_text() == str(found.open) != "0"
    assert page.locator("table tbody tr").count() == 1 + len(found.by_disease)
    for path in PATHS[1:]:
        assert page.request.get(city.config.base_url + path).status == 403
    assert look().page.request.get(city.config.base_url + "/dinas/surveilans").status == 401


@pytest.mark.parametrize("lang", ["id", "en"])
def test_axe_finds_nothing_and_pages_are_small(city, browser, lang):
    page, found = audited_page(browser, city.config.base_url, lang)
    page.goto(mint_login_link(city, "surveillance", person="uji"))
    page.get_by_role("button").last.click()
    page.goto(f"/dinas/surveilans?lang={lang}")
    signal = page.locator('a[href*="/sinyal/"]').first.get_attribute("href")
    for path in (*PATHS, signal, f"{signal}?kasus=1"):
        page.goto(path)
        html = page.content()
        assert len(gzip.compress(html.encode())) < 60_000, path
        assert NAME not in html
        assert not re.search(r"style=|<script", html), path
        found.update(axe_faults(page))
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(PATHS[1])
    assert fits(page)
    page.context.close()
    assert found == {}
