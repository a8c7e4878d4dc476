"""Case review in a real Chromium: two auditors, a facility, the patient; watermark, expiry, axe."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from hub.parts import Hub
from tests.web.browsing import Keys, Watched, sign_in
from tests.web.conftest import NAME, NIK, A, serving

pytestmark = pytest.mark.chromium
DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def office(with_patient, tmp_path_factory) -> Iterator[Hub]:
    """A hub of its own: its clock is moved."""
    with serving(with_patient, tmp_path_factory.mktemp("office") / "hub") as found:
        yield found


@pytest.fixture
def look(browser, office) -> Iterator[Callable[..., Watched]]:
    opened: list[Watched] = []

    def new(**options: object) -> Watched:
        opened.append(Watched(browser, office.config.base_url, **options))
        return opened[-1]

    yield new
    for one in opened:
        one.context.close()
    faults = [fault for one in opened for fault in one.faults]
    assert [fault for fault in faults if not fault.startswith("Failed to load resource")] == []  # pages that refuse


def ask(page) -> str:
    """What the first auditor does, by keyboard; the case's address."""
    page.goto(f"/dinas/faskes/{A}?bagian=audit")
    keys = Keys(page)
    keys.link("Ajukan audit")
    assert page.get_by_label("Fasilitas").input_value() == A
    keys.write("Kode ICD-10 atau rentangnya", "I10-I15")
    keys.write("Mengapa rekam perlu dilihat", "Tekanan darah tidak terkendali")
    keys.button("Ajukan")
    page.wait_for_url("**/dinas/audit/AM-*")
    return re.sub(r"\?.*", "", page.url)


def test_two_people_a_facility_and_the_patient(office, look) -> None:
    one, two, clinic, patient = look(java_script_enabled=False), look(), look(), look()
    sign_in(office, one.page, "auditor", person="auditor.satu")
    sign_in(office, two.page, "auditor", person="auditor.dua")
    address = ask(one.page)
    again = look()
    sign_in(office, again.page, "auditor", person="Auditor.Satu")
    again.page.goto(address)
    for asker in (one.page, again.page):
        assert asker.get_by_role("button", name=re.compile("Setujui|Tolak")).count() == 0, "who asked may not decide"
    Keys(one.page).button("Tarik kembali permintaan")
    assert "ditarik kembali" in one.page.get_by_role("status").inner_text()
    address = ask(one.page)
    csrf = one.page.locator("[name=csrf]").first.input_value()
    own = {"csrf": csrf, "putusan": "setuju"}
    answer = one.page.request.post(f"{address}/putusan", form=own, headers={"Origin": office.config.base_url})
    assert "HUB-4352" in answer.text(), "nor without the button"
    two.page.goto("/dinas")
    assert "1 audit kasus menunggu orang kedua (1 dapat Anda putus)" in two.page.locator("#menunggu").inner_text()
    two.page.get_by_role("link", name="1 audit kasus").click()
    assert "Menunggu orang kedua · dapat Anda putus" in two.page.locator("#audit").inner_text()
    keys = Keys(two.page)
    keys.link(address.rpartition("/")[2])
    keys.button("Setujui 14 hari")
    two.page.wait_for_url("**pesan=disetujui")
    assert "Audit disetujui" in two.page.get_by_role("status").inner_text()
    two.page.goto(f"{address}/rekam/1")
    assert "HUB-4353" in two.page.locator("main").inner_text()

    one.page.goto(address)
    one.page.get_by_role("link", name=re.compile(r"^1 · ")).click()
    text = one.page.locator("main").inner_text()
    assert "ICD-10 I10" in text
    assert "paracetamol (ATC N02BE01)" in text
    assert "mmHg" in text
    for secret in (NIK, NAME, "Siti", "RM-1", "dr. Budi", "Batuk pilek keluhan", "1990"):
        assert secret not in one.page.content(), secret
    mark = one.page.locator("svg.watermark")
    assert "auditor.satu" in mark.inner_html()
    assert address.rpartition("/")[2] in mark.inner_html()
    assert mark.bounding_box()["width"] >= 800
    one.page.emulate_media(media="print")
    assert mark.is_visible()
    assert mark.evaluate("mark => getComputedStyle(mark).position") == "fixed"
    assert not one.page.get_by_role("button", name="Simpan temuan").is_visible()
    one.page.emulate_media(media="screen")
    one.page.goto(address)
    assert "Temuan baru dicatat untuk 0 dari 1 rekam" in one.page.locator("main").inner_text()
    one.page.go_back()
    one.page.get_by_label("Temuan").select_option(label="Kekurangan ringan")
    one.page.get_by_label("Catatan").fill("Tidak ada kunjungan ulang")
    one.page.get_by_role("button", name="Simpan temuan").click()
    assert "Temuan baru dicatat" not in one.page.locator("main").inner_text()
    one.page.get_by_label("Simpulan untuk fasilitas").fill("Jadwalkan kunjungan ulang")
    one.shot("dinas-audit")

    sign_in(office, clinic.page, "clinician", facility=A, person="ners.ani")
    waiting = clinic.page.locator("#menunggu").inner_text()
    assert re.search(r"Terbuka\. Cocokkan dan tanggapi sampai \d+ \w+ \d{4}", waiting)
    clinic.page.get_by_role("link", name=re.compile("^Audit kasus AM-")).click()
    assert "Kekurangan ringan" not in clinic.page.locator("main").inner_text()
    clinic.page.get_by_role("button", name="Cocokkan nomor 1").click()
    assert clinic.page.locator("#rekam-1 td").last.inner_text().startswith("RM-1\n"), "in its own row"
    assert urlsplit(clinic.page.url).fragment == "rekam-1"

    office.clock.ms += 15 * DAY_MS  # type: ignore[attr-defined]
    sign_in(office, one.page, "auditor", person="auditor.satu")
    one.page.goto(f"{address}/rekam/1")
    assert "HUB-4354" in one.page.locator("main").inner_text()
    assert "14 hari" in one.page.locator("main").inner_text()
    assert one.page.locator("svg.watermark").count() == 0
    one.page.goto(address)
    assert "Masa berlakunya lewat" in one.page.locator("main").inner_text()
    sign_in(office, clinic.page, "clinician", facility=A, person="ners.ani")
    clinic.page.goto(address.replace("/dinas/", "/faskes/"))
    assert "Kekurangan ringan" in clinic.page.locator("main").inner_text()
    clinic.page.get_by_label("Tanggapan untuk Dinas").fill("Sudah dijadwalkan")
    clinic.page.get_by_role("button", name="Kirim tanggapan").click()
    assert "Tanggapan terkirim" in clinic.page.get_by_role("status").inner_text()
    clinic.shot("faskes-audit")
    clinic.page.goto("/faskes")
    assert clinic.page.locator("#menunggu").count() == 0, "answered: nothing waits"

    sign_in(office, patient.page, "patient", nik=NIK)
    patient.page.goto("/saya/akses")
    text = patient.page.locator("main").inner_text()
    assert "Audit mutu, nama tidak ditampilkan" in text
    assert "mencocokkan nomor audit mutu" in text
    patient.page.goto("/saya/akses?lang=en")
    assert "Quality audit, name not shown" in patient.page.locator("main").inner_text()
    for other, path in ((clinic, address), (patient, address), (two, address.replace("/dinas/", "/faskes/"))):
        assert other.page.request.get(path).status in (401, 403)
