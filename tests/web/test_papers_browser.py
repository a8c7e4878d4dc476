"""Papers and a facility by keyboard alone, the directory on a telephone, in a real Chromium."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from hub.admission.staff import set_staff, staff_link
from hub.bootstrap import close
from hub.model import Facility
from hub.parts import Hub
from hub.registry import KINDS, areas
from hub.upkeep.papering import set_details
from hub.upkeep.registering import register_facility
from tests.web.browsing import PHONE, Keys, Watched, fits
from tests.web.conftest import START_MS, Clock, hub_at, serving
from tests.web.town import papers

pytestmark = pytest.mark.chromium
TODAY = date(2026, 11, 23)
COUNT = 24


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Iterator[Hub]:
    """A served hub with the papers of two dozen facilities."""
    folder = tmp_path_factory.mktemp("papers")
    hub = hub_at(folder / "hub", "http://127.0.0.1", Clock(START_MS))
    for number in range(COUNT):
        place = areas()[number % len(areas())]
        owner = "public" if number % 5 == 0 else "private"
        kind = KINDS[number % len(KINDS)]
        register_facility(
            hub, Facility(0, f"faskes-{number}", f"Faskes Contoh {number}", kind, owner, "klinik_csv", place.code)
        )  # type: ignore[arg-type]
    set_details(hub, [papers(f"faskes-{number}", number, TODAY) for number in range(COUNT)])
    set_staff(hub, "siti.dinkes", ["auditor", "surveillance", "steward"])
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


def enter(hub: Hub, page) -> None:
    page.goto(staff_link(hub, "siti.dinkes"))
    page.get_by_role("button").last.click()
    page.wait_for_url("**/dinas")


def test_the_ended_licence_is_found_where_one_looks_by_keyboard(city, look):
    one = look(java_script_enabled=False)
    enter(city, one.page)
    keys = Keys(one.page)
    keys.link("Izin & SIP")
    first = one.page.locator("table:not(.figures) tbody tr").first
    assert "Faskes Contoh 0" in first.inner_text()
    assert "berakhir 20 hari lalu" in first.inner_text()
    keys.write("Jenis faskes", "Klinik")
    keys.write("Surat", "SIP")
    keys.button("Tampilkan")
    assert "jenis=klinik" in one.page.url
    assert "surat=permit" in one.page.url
    assert set(one.page.locator("table:not(.figures) tbody tr td:nth-child(2)").all_inner_texts()[0].split("\n")) >= {
        "SIP"
    }
    keys.press(one.page.locator("table:not(.figures) tbody th a").first)
    assert one.page.get_by_role("heading", level=1).inner_text().startswith("Faskes Contoh")
    for name in one.page.locator("main nav a").all_inner_texts():
        keys.press(one.page.locator("main nav").get_by_role("link", name=name, exact=True))
        assert one.page.locator("main nav a[aria-current=page]").inner_text() == name


def test_anybody_finds_a_facility_near_by(city, look):
    one = look(**PHONE)
    one.page.goto("/direktori")
    one.page.get_by_label("Terdekat dengan kelurahan").select_option(areas()[3].code)
    one.page.get_by_role("button", name="Cari").click()
    assert "0,0 km" in one.page.locator("tbody tr").first.inner_text()
    assert f"Kel. {areas()[3].name}," in one.page.locator("tbody tr").first.inner_text()
    assert fits(one.page)
    one.page.get_by_label("Nama").fill("tidak ada")
    with one.page.expect_navigation():
        one.page.keyboard.press("Enter")
    assert "Tidak ada fasilitas yang cocok." in one.page.locator("main").inner_text()
