"""Papers, a facility and the directory in a real Chromium: axe, CSP, keyboard, size, both languages."""

import gzip
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest

from hub.admission.staff import set_staff, staff_link
from hub.bootstrap import close
from hub.model import Facility
from hub.parts import Hub
from hub.registry import KINDS, areas
from hub.upkeep.papering import set_details
from hub.upkeep.registering import register_facility
from tests.web.browsing import PHONE, Watched, audited_page, axe_faults, fits
from tests.web.conftest import START_MS, Clock, hub_at, serving

pytestmark = pytest.mark.chromium
TODAY = date(2026, 11, 23)
COUNT = 24
LARGEST = 60_000
PAGES = ("/dinas/izin", "/dinas/faskes/faskes-3", "/direktori")


def papers(number: int) -> dict[str, object]:
    """A facility whose licence ends another day than the others', with four permits."""
    place = areas()[number % len(areas())]
    until = TODAY + timedelta(days=number - 20)
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
        "facility": f"faskes-{number}",
        "opened": "2015-01-01",
        "address": f"Jl. Contoh No. {number}",
        "latitude": place.latitude,
        "longitude": place.longitude,
        "services": ["umum", "gigi"],
        "licence": {"number": f"503/{number}/2021", "until": until.isoformat()},
        "accreditation": {"grade": "utama", "until": "2027-12-31"},
        "permits": permits,
    }


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
    set_details(hub, [papers(number) for number in range(COUNT)])
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


def test_the_ended_licence_is_found_where_one_looks(city, look):
    one = look(java_script_enabled=False)
    enter(city, one.page)
    one.page.get_by_role("link", name="Izin & SIP", exact=True).click()
    first = one.page.locator("tbody tr").first
    assert "Faskes Contoh 0" in first.inner_text()
    assert "berakhir 20 hari lalu" in first.inner_text()
    one.page.get_by_label("Jenis faskes").select_option("klinik")
    one.page.get_by_label("Surat").select_option("permit")
    one.page.get_by_role("button", name="Tampilkan").click()
    assert "jenis=klinik" in one.page.url
    assert "surat=permit" in one.page.url
    assert set(one.page.locator("tbody tr td:nth-child(2)").all_inner_texts()[0].split("\n")) >= {"SIP"}
    one.page.locator("tbody th a").first.click()
    assert one.page.get_by_role("heading", level=1).inner_text().startswith("Faskes Contoh")
    for name in one.page.locator("main nav a").all_inner_texts():
        one.page.locator("main nav").get_by_role("link", name=name, exact=True).click()
        assert one.page.locator("main nav a[aria-current=page]").inner_text() == name


def test_anybody_finds_a_facility_near_by(city, look):
    one = look(**PHONE)
    one.page.goto("/direktori")
    one.page.get_by_label("Terdekat dengan kelurahan").select_option(areas()[3].code)
    one.page.get_by_role("button", name="Cari").click()
    assert "0.0 km" in one.page.locator("tbody tr").first.inner_text()
    assert f"Kel. {areas()[3].name}," in one.page.locator("tbody tr").first.inner_text()
    assert fits(one.page)
    one.page.get_by_label("Nama").fill("tidak ada")
    with one.page.expect_navigation():
        one.page.keyboard.press("Enter")
    assert "Tidak ada fasilitas yang cocok." in one.page.locator("main").inner_text()


@pytest.mark.parametrize("lang", ["id", "en"])
def test_axe_finds_nothing_and_pages_stay_small(city, browser, lang):
    page, found = audited_page(browser, city.config.base_url, lang)
    page.goto(staff_link(city, "siti.dinkes"))
    page.get_by_role("button").last.click()
    for path in PAGES:
        answer = page.goto(path)
        assert len(gzip.compress(answer.body())) < LARGEST, path
        found.update(axe_faults(page))
    page.context.close()
    assert found == {}
