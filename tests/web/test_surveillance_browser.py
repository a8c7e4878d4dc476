"""The surveillance pages in a real Chromium: a signal verified by keyboard alone, the weekly form, who sees what."""

from collections.abc import Callable, Iterator

import pytest

from hub.access.signals import open_signals
from hub.bootstrap import close
from hub.clock import city_time
from hub.model import Facility, Principal
from hub.parts import Hub
from hub.pipeline import submit
from hub.upkeep.registering import register_facility
from hub.upkeep.signalling import survey
from tests.web.browsing import Keys, Watched, sign_in
from tests.web.conftest import START_MS, A, Clock, hub_at, serving
from tests.web.town import SECRET, outbreak
from tests.whole.sending import file_of

pytestmark = pytest.mark.chromium
PATHS = (
    "/dinas/surveilans",
    "/dinas/surveilans/C",
    "/dinas/surveilans/K?tempat=-",
    "/dinas/surveilans/w2",
    "/dinas/surveilans/baru",
)


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Iterator[Hub]:
    """A served hub with a quiet year's end of dengue, a burst of it in one kelurahan, and one case of measles."""
    folder = tmp_path_factory.mktemp("surveillance")
    hub = hub_at(folder / "hub", "http://127.0.0.1", Clock(START_MS))
    register_facility(hub, Facility(0, A, "Puskesmas Contoh", kind="puskesmas"))
    rows = outbreak()
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
    keys = Keys(page)
    keys.link("Suspek dengue")
    page.wait_for_url("**/sinyal/**")
    assert "sisa 2" in page.content()
    keys.button("Saya menangani sinyal ini")
    assert "surveilans.uji" in page.locator("dl.facts").inner_text()
    page.get_by_label("Waktu verifikasi").fill(city_time(city.clock())[:16])
    keys.write("Tindakan", "Penyelidikan epidemiologi, PSN")
    keys.button("Simpan verifikasi")
    assert "terverifikasi" in page.locator("dl.facts").inner_text()
    keys.link("Buka daftar kasus")
    assert page.locator("table tbody tr").count() == 4
    assert SECRET not in page.content()
    keys.link("Grafik mingguan")
    assert page.locator("svg.bars rect.bar").count() > 10
    assert page.locator("svg.bars rect.alert").count() == 1
    assert page.locator("svg.bars rect.open").count() + page.locator("svg.bars rect.alert").count() >= 1


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
