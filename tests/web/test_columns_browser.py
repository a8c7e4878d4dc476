"""Unknown headers in a real Chromium without JavaScript: asked, confirmed, listed; accessible, and fit for a phone."""

import pytest

from hub.admission import mint_login_link
from tests.web.browsing import PHONE, audited_page, axe_faults, fits, sign_in
from tests.web.conftest import ROW, A, file_of

pytestmark = pytest.mark.chromium


def upload(page, data: bytes) -> None:
    page.goto("/faskes")
    page.get_by_label("Berkas CSV atau XLSX").set_input_files(
        {"name": "kunjungan.csv", "mimeType": "text/csv", "buffer": data}
    )
    page.get_by_role("button", name="Periksa", exact=True).click()


def test_a_person_says_what_a_header_means(served, watched):
    one = watched(java_script_enabled=False)
    sign_in(served, one.page, "clinician", facility=A, person="bidan.uji")
    upload(one.page, file_of(ROW | {"no_kunjungan": "K-70"}).replace(b"nama_pasien", b"Nma Pasien", 1))
    form = one.page.locator("#kolom")
    assert form.get_by_role("combobox").input_value() == "Nma Pasien=nama_pasien"
    one.shot("faskes-kolom")
    form.get_by_role("button", name="Simpan dan periksa lagi").click()
    assert one.page.get_by_role("button", name="Kirim 1 yang siap").is_visible()
    one.page.get_by_role("link", name="Nama kolom").click()
    assert "Nma Pasien" in one.page.get_by_role("table").inner_text()
    one.page.get_by_role("button", name="Hapus Nma Pasien").click()
    assert "Belum ada judul" in one.page.content()


def test_it_fits_a_phone_and_axe_finds_nothing(served, browser, watched):
    phone = watched(**PHONE)
    sign_in(served, phone.page, "clinician", facility=A, person="bidan.uji")
    upload(phone.page, file_of(ROW).replace(b"nama_pasien", b"Nma Pasien", 1).replace(b"poli", b"Rwng", 1))
    assert fits(phone.page)
    draft = phone.page.url
    for lang in ("id", "en"):
        page, _ = audited_page(browser, served.config.base_url, lang)
        page.goto(mint_login_link(served, "clinician", facility=A, person="bidan.uji"))
        page.get_by_role("button").last.click()
        for address in (draft, "/faskes/kolom"):
            page.goto(f"{address}?lang={lang}")
            assert axe_faults(page) == {}
        page.context.close()
