"""Refused rows in a real Chromium without JavaScript: mended one by one, many at once; accessible, fit for a phone."""

import pytest

from tests.web.browsing import sign_in
from tests.web.conftest import BAD, ROW, B, file_of

pytestmark = pytest.mark.chromium
WRONG = BAD | {"diagnosis_1": "J06.9"}


def upload(page, data: bytes) -> None:
    page.goto("/faskes")
    page.get_by_label("Berkas CSV atau XLSX").set_input_files(
        {"name": "kunjungan.csv", "mimeType": "text/csv", "buffer": data}
    )
    page.get_by_role("button", name="Periksa", exact=True).click()
    page.get_by_role("button", name="Kirim 1 yang siap").click()


def test_rows_are_mended_one_by_one_and_many_at_once(served, watched):
    one = watched(java_script_enabled=False)
    page = one.page
    sign_in(served, page, "clinician", facility=B, person="rekam.medis")
    bad = [WRONG | {"no_kunjungan": f"D-{n}"} for n in range(4)]
    upload(page, file_of(ROW | {"no_kunjungan": "D-90"}, *bad))
    page.get_by_role("link", name="Kotak perbaikan", exact=True).click()
    one.shot("faskes-ditolak")
    page.get_by_role("link", name="HUB-2").first.click()
    page.get_by_role("link", name="Perbaiki baris 3").click()
    page.get_by_role("link", name="Baris berikutnya").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Perbaiki baris 4"
    one.shot("faskes-ditolak-baris")
    page.get_by_label("tanggal_kunjungan").fill("20/11/2026")
    page.get_by_role("button", name="Simpan dan kirim").click()
    assert "Baris diterima." in page.get_by_role("status").inner_text()
    assert page.get_by_role("heading", level=1).inner_text() == "Perbaiki baris 5"
    page.get_by_role("link", name="Kembali").click()
    page.get_by_label("Menjadi").fill("20/11/2026")
    page.get_by_role("button", name="Ganti dan kirim").click()
    assert "3 baris diterima, 0 masih menunggu" in page.get_by_role("status").inner_text()
    assert page.get_by_text("Tidak ada baris yang menunggu.").is_visible()
