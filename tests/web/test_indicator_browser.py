"""The indicator pages, a facility's own place and the follow-up thread in a real Chromium: CSP, axe, keyboard, both
languages, without JavaScript."""

import re
from collections.abc import Callable, Iterator
from gzip import compress

import pytest

from hub.bootstrap import close
from hub.monitor.indicators import definitions
from hub.parts import Hub
from hub.upkeep.indicators import count_indicators
from hub.upkeep.releasing import release_closed
from hub.upkeep.releasing_indicators import release_indicators
from tests.web.browsing import PHONE, Keys, Watched, axe_faults, fits, sign_in
from tests.web.conftest import START_MS, Clock, hub_at, serving
from tests.web.town import INDICATOR, POOR, add_hypertension

pytestmark = pytest.mark.chromium
PAGE = f"/dinas/indikator/{INDICATOR}"


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Iterator[Hub]:
    """Two puskesmas and eight clinics over thirteen months; one poor throughout, the last month worse for all."""
    folder = tmp_path_factory.mktemp("indicators")
    hub = hub_at(folder / "hub", "http://127.0.0.1", Clock(START_MS))
    add_hypertension(hub)
    chosen = [each for each in definitions() if each.id == INDICATOR]
    release_closed(hub)
    count_indicators(hub, chosen=chosen)
    assert len(release_indicators(hub, chosen)) == 13
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


def test_the_poor_clinic_stands_out_of_its_own_funnel_and_the_bad_month_out_of_the_course(city, look):
    one = look(java_script_enabled=False)
    sign_in(city, one.page, "auditor", person="auditor.uji")
    one.page.wait_for_url("**/dinas")
    one.page.goto("/dinas/indikator")
    row = one.page.get_by_role("row").filter(has=one.page.locator(f'a[href="{PAGE}"]'))
    assert "perlu perhatian" in row.inner_text()
    one.page.goto(f"/dinas/faskes/{POOR}?bagian=mutu")
    own = one.page.get_by_role("row").filter(has=one.page.get_by_role("link", name="Hipertensi terkendali"))
    assert "di luar 99,8 %" in own.inner_text()
    one.page.goto("/dinas/indikator")
    row.get_by_role("link", name="1 faskes di luar batas 99,8 %").click()
    assert one.page.url.endswith(f"{PAGE}#corong")
    points = one.page.locator("svg.chart").nth(0).locator("path.p.worse")
    assert "di luar batas kendali" in points.last.locator("title").text_content()
    private = one.page.locator("svg.chart", has=one.page.locator("a"))
    assert private.count() == 2, "public and private apart"
    worse = one.page.locator(f'svg.chart a[href="/dinas/faskes/{POOR}"]')
    assert "di luar 99,8 %" in worse.locator("title").text_content()
    assert one.page.locator("svg.chart a path.p.worse").count() == 1
    assert one.page.locator(".reason dt").count() == 6


def test_filters_live_in_the_address_by_keyboard_and_every_chart_has_its_table(city, look):
    page = look(java_script_enabled=False).page
    sign_in(city, page, "auditor", person="auditor.uji")
    page.wait_for_url("**/dinas")
    page.goto(PAGE)
    keys = Keys(page)
    keys.write("Kepemilikan", "Fasilitas swasta")
    keys.button("Tampilkan")
    assert "kepemilikan=private" in page.url
    assert page.locator("svg.chart").count() == 2
    assert page.locator("section:has(svg.chart) table").count() == 2
    page.goto(f"{PAGE}?faskes={POOR}")
    assert "klinik Contoh 3" in page.locator("h2").first.inner_text()
    cells = page.locator("section:has(svg.chart) table").first.locator("tbody tr").first.inner_text()
    assert "8 / 40" in page.locator("section:has(svg.chart) table").first.text_content(), cells
    for wrong in ("?wilayah=9", "?faskes=tidak-ada", "?bulan=2031-01"):
        answer = page.request.get(city.config.base_url + PAGE + wrong)
        assert answer.status == 404
        assert "HUB-427" in answer.text()
    for path in ("/dinas/indikator", PAGE):
        assert len(compress(page.request.get(city.config.base_url + path).body())) < 60_000


def test_a_remark_its_reply_and_the_decision_by_keyboard(city, look):
    desk = look(java_script_enabled=False)
    office = desk.page
    sign_in(city, office, "auditor", person="auditor.uji")
    office.wait_for_url("**/dinas")
    office.goto(PAGE)
    keys = Keys(office)
    keys.to(office.locator("summary", has_text="Tulis catatan"))
    office.keyboard.press("Enter")
    keys.write("Faskes", city.facilities[POOR].name)
    keys.write("Catatan", "Jauh di bawah yang lain, hubungi 0812 3456 7890")
    keys.button("Kirim catatan")
    assert "HUB-4359" in office.locator("main").inner_text()
    assert office.get_by_label("Yang Anda tulis").input_value() == "Jauh di bawah yang lain, hubungi 0812 3456 7890"
    desk.faults = [fault for fault in desk.faults if "400" not in fault]
    office.goto(PAGE)
    keys.to(office.locator("summary", has_text="Tulis catatan"))
    office.keyboard.press("Enter")
    keys.write("Faskes", city.facilities[POOR].name)
    keys.write("Catatan", "Jauh di bawah yang lain: mohon penjelasan")
    keys.button("Kirim catatan")
    assert "menunggu jawaban" in office.locator("#tindak-lanjut").inner_text()
    one = look(**PHONE)
    clinic = one.page
    sign_in(city, clinic, "clinician", facility=POOR, person="bidan.uji")
    text = clinic.locator("#menunggu").inner_text()
    assert re.search(r"Catatan dinas tentang Hipertensi terkendali, Oktober 2026\. Tenggat \d+ \w+ 20", text)
    clinic.get_by_role("link", name="Catatan dinas tentang Hipertensi terkendali").click()
    assert clinic.locator("article:target").count() == 1
    row = clinic.get_by_role("row", name="Hipertensi terkendali")
    assert "8 / 40" in row.inner_text()
    assert "di luar 99,8 %" in row.inner_text()
    assert fits(clinic)
    others = [each.name for each in city.facilities.values() if each.kind == "klinik" and each.id != POOR]
    assert [name for name in others if name in clinic.content()] == [], "nobody else's number"
    reply = Keys(clinic)
    reply.write("Jawaban Anda", "Tensimeter kami rusak")
    top = int(
        clinic.evaluate("row => row.closest('section').getBoundingClientRect().top + scrollY", row.element_handle())
    )
    one.shot("faskes-mutu-indikator", {"y": top, "width": 360, "height": 1100})
    reply.button("Kirim jawaban")
    assert "sudah dijawab" in clinic.locator("#tindak-lanjut").inner_text()
    clinic.goto("/faskes/pengamatan?bulan=2026-10")
    assert "tidak ke tabel yang sudah terbit" in clinic.locator("fieldset:has(#a-inm-apd)").inner_text()
    assert "Oktober 2026 (sudah dirilis)" in clinic.get_by_label("Bulan").inner_text()
    clinic.goto("/faskes")
    assert clinic.locator("#menunggu").count() == 0, "nothing waits for who has answered"
    office.goto("/dinas/indikator/inm-apd")
    assert "belum ada faskes yang melaporkannya" in office.locator("main").inner_text(), "the true reason"
    office.goto("/dinas")
    assert "1 jawaban menunggu keputusan" in office.locator("#menunggu").inner_text()
    keys.link("Tindak lanjut")
    office.goto("/dinas/tindak-lanjut?keadaan=open")
    assert "Tidak ada catatan di sini" in office.locator("main").inner_text()
    office.goto("/dinas/tindak-lanjut?keadaan=replied")
    line = office.get_by_role("row", name="Hipertensi terkendali").inner_text()
    assert "menunggu keputusan dinas" in line
    assert "bidan.uji" in line
    keys.link(city.facilities[POOR].name)
    keys.to(office.locator("summary", has_text="Putuskan"))
    office.keyboard.press("Space")
    keys.write("Alasan", "Alat sudah diganti")
    keys.button("Putuskan")
    assert "auditor.uji" in office.locator("#tindak-lanjut li").last.inner_text()
    assert "sudah diputus" in office.locator("#tindak-lanjut").inner_text()


def test_only_the_office_sees_the_indicators_and_the_keyboard_suffices(city, look):
    page = look().page
    for path in ("/dinas/indikator", PAGE):
        assert page.request.get(city.config.base_url + path).status == 401
    sign_in(city, page, "clinician", facility=POOR, person="bidan.uji")
    assert page.request.get(city.config.base_url + PAGE).status == 403
    other = look().page
    sign_in(city, other, "auditor", person="auditor.uji")
    other.wait_for_url("**/dinas")
    other.goto(PAGE)
    other.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert axe_faults(other) == {}, "with funnels, which the town of test_every_page.py has none of"
    reached = set()
    for _ in range(40):
        other.keyboard.press("Tab")
        reached.add(other.evaluate("document.activeElement.getAttribute('href') || document.activeElement.tagName"))
    assert {"SELECT", "BUTTON", "SUMMARY", f"/dinas/faskes/{POOR}"} <= reached
