"""The surveillance pages in a real Chromium: a signal verified by keyboard alone, the weekly form, who sees what."""

from collections.abc import Callable, Iterator

import pytest

from hub.access.signals import open_signals
from hub.admission import mint_login_link
from hub.bootstrap import close
from hub.clock import city_time
from hub.fhir import city_day, day_text
from hub.model import Facility, Principal
from hub.parts import Hub
from hub.pipeline import submit
from hub.record.dates import in_words
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
    first, listed = (page.locator("section table").nth(n).locator("tbody tr") for n in range(2))
    assert [row.inner_text().split("\t")[0] for row in first.all()] == ["Suspek dengue", "Suspek campak"]
    assert first.first.locator("strong").inner_text() == "4", "how many cases, and where"
    assert [row.locator("a").inner_text() for row in listed.all()] == ["Suspek dengue", "Suspek campak"]
    day = in_words(day_text(city_day(START_MS) - 1), "id")
    assert listed.nth(1).locator(".hint").inner_text() == day, "one case is on one day"
    keys = Keys(page)
    keys.link("Suspek campak")
    page.wait_for_url("**?penyakit=K*")
    assert listed.count() == 1
    page.goto("/dinas/surveilans")
    keys.press(page.locator("#sinyal tbody a").first)
    page.wait_for_url("**/sinyal/**")
    assert "sisa 2" in page.content()
    keys.button("Saya menangani sinyal ini")
    assert "surveilans.uji" in page.locator("dl.facts").inner_text()
    assert not page.get_by_role("button", name="Saya menangani").count(), "it is his"
    assert page.get_by_label("Hasil").input_value() == "", "no result by a careless click"
    assert page.get_by_label("Waktu verifikasi").input_value() == city_time(city.clock())[:16]
    keys.write("Hasil", "kenaikan")
    keys.write("Tindakan", "Penyelidikan epidemiologi, PSN")
    keys.button("Simpan verifikasi")
    assert "terverifikasi" in page.locator("dl.facts").inner_text()
    assert page.locator(".lead").inner_text().endswith("kenaikan nyata. Sinyal belum ditutup.")
    keys.link("Buka daftar kasus")
    assert page.locator("table tbody tr").count() == 4
    assert SECRET not in page.content()
    keys.link("Grafik mingguan")
    assert page.locator("svg.bars rect.bar").count() > 10
    assert page.locator("svg.bars rect.alert").count() == 1
    assert page.locator("svg.bars rect.open").count() + page.locator("svg.bars rect.alert").count() >= 1


def test_a_refused_form_comes_back_as_it_was_filled_and_a_second_signal_is_asked_about(city, look):
    one = look(java_script_enabled=False, locale="en-GB")
    page = one.page
    page.goto(mint_login_link(city, "surveillance", person="surveilans.uji"))
    page.get_by_role("button", name="Sign in").click()
    page.goto("/dinas/surveilans/baru")

    def enter(cases: str, note: str) -> None:
        page.get_by_label("Area").select_option(index=9)
        page.get_by_label("Cases").fill(cases)
        page.get_by_label("Note").fill(note)
        if page.locator("#tetap").count():
            page.locator("#tetap").check()
        page.get_by_role("button", name="Enter signal").click()

    said = "Seven children of a school with fever"
    enter("0", said)
    field = page.get_by_label("Cases")
    assert (field.get_attribute("aria-invalid"), field.input_value()) == ("true", "0")
    assert "from 1 to 99999" in page.locator("#" + str(field.get_attribute("aria-describedby"))).inner_text()
    assert page.get_by_label("Note").input_value() == said
    enter("7", "ask 0812 3456 7890 about the school")
    assert page.get_by_label("Note").get_attribute("aria-invalid") == "true"
    enter("7", said)
    page.wait_for_url("**/sinyal/*")
    first = page.url
    page.get_by_label("Time of the verification").fill("2020-01-01T10:00")
    page.get_by_label("Result").select_option("unclear")
    page.get_by_label("Action").fill("Visit to the school")
    page.get_by_role("button", name="Save verification").click()
    time = page.get_by_label("Time of the verification")
    assert (time.get_attribute("aria-invalid"), time.input_value()) == ("true", "2020-01-01T10:00")
    assert page.get_by_label("Result").input_value() == "unclear"
    assert page.get_by_label("Action").input_value() == "Visit to the school"
    assert page.locator("#tambahan").input_value() == "", "another form of the page"
    page.goto("/dinas/surveilans/baru")
    enter("8", said)
    assert first.endswith(str(page.locator(".warn a").get_attribute("href")))
    enter("8", said)
    page.wait_for_url("**/sinyal/*")
    assert page.url != first
    assert [fault for fault in one.faults if "422" not in fault] == []
    one.faults.clear()


def test_the_weekly_report_can_be_taken_as_a_form(city, look):
    page = look(java_script_enabled=False).page
    sign_in(city, page, "surveillance", person="surveilans.uji")
    page.goto("/dinas/surveilans/w2")
    for name, begin in (("Unduh CSV", b"\xef\xbb\xbfTahun"), ("Unduh XLSX", b"PK")):
        found = page.request.get(city.config.base_url + page.get_by_role("link", name=name).get_attribute("href"))
        assert found.status == 200
        assert found.body().startswith(begin)
        assert b"on-time" not in found.body()
    rows = page.locator("main table").first
    visits = [int(cell) for cell in rows.locator("tbody td:nth-child(3)").all_inner_texts()]
    assert rows.locator("tfoot td:nth-child(3)").first.inner_text() == str(sum(visits))
    assert "Suspek dengue" in page.locator("ul.keys").inner_text()
    assert page.locator("thead abbr").count() == page.locator("ul.keys li").count() * page.locator("main table").count()


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
