"""Unknown headers in a real Chromium without JavaScript: asked, confirmed, listed; accessible, and fit for a phone."""

import pytest

from tests.web.browsing import sign_in
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
