"""The pages in a real headless Chromium: both flows, strict CSP, no outside request, accessibility, screenshots.

Screenshots are only written to docs/screenshots when HUB_SCREENSHOTS=1.
"""

import re

import pytest

from tests.web.browsing import sign_in
from tests.web.conftest import BAD, NAME, NIK, ROW, A, B, file_of

pytestmark = pytest.mark.chromium


def test_a_clinic_uploads_checks_sends_and_gets_a_receipt(served, watched):
    one = watched(java_script_enabled=False)
    page = one.page
    page.goto("/")
    one.shot("beranda")
    sign_in(served, page, "clinician", facility=A, person="ners.uji")
    page.wait_for_url("**/faskes")
    one.shot("faskes")
    new = ROW | {"no_kunjungan": "K-10", "no_rm": "RM-10", "nik": "6371015203850002", "nama_pasien": "Rahma Contoh"}
    files = {
        "name": "kunjungan.csv",
        "mimeType": "text/csv",
        "buffer": file_of(new, BAD, BAD | {"no_kunjungan": "K-3"}),
    }
    page.get_by_label(re.compile("Berkas CSV")).set_input_files(files)
    page.get_by_role("button", name="Periksa").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Hasil pemeriksaan"
    one.shot("faskes-periksa")
    page.get_by_role("button", name="Kirim 1 yang siap").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Tanda terima"
    assert page.locator("svg.qr").bounding_box()["width"] > 100
    one.shot("faskes-tanda-terima")


def test_a_patient_opts_in_and_shows_a_code_that_the_clinic_uses(served, watched):
    patient, clinic = watched(), watched()
    sign_in(served, patient.page, "patient", nik=NIK)
    patient.page.wait_for_url("**/saya")
    assert NAME in patient.page.get_by_role("heading", level=1).inner_text()
    patient.page.get_by_role("link", name="Ubah persetujuan").click()
    patient.page.get_by_role("button", name="Izinkan berbagi").click()
    assert "diizinkan" in patient.page.get_by_role("status").inner_text()
    patient.shot("saya-persetujuan")
    patient.page.get_by_role("link", name="Kode kehadiran").click()
    patient.page.get_by_role("button", name="Buat kode baru").click()
    code = patient.page.locator(".giant").inner_text()
    patient.shot("saya-kode")
    sign_in(served, clinic.page, "clinician", facility=B, person="bidan.uji")
    clinic.page.get_by_label(re.compile("Kode kehadiran")).fill(code)
    clinic.page.get_by_role("button", name="Catat kehadiran").click()
    assert clinic.page.get_by_role("heading", level=1).inner_text() == "Kehadiran pasien tercatat"
    patient.page.goto("/saya/akses")
    assert "Klinik Bekantan" in patient.page.locator("main").inner_text()
    patient.shot("saya-akses")
    patient.page.goto("/saya")
    patient.shot("saya")
    with patient.page.expect_download() as saved:
        patient.page.get_by_role("link", name="Unduh PDF").click()
    assert saved.value.suggested_filename.endswith(".pdf")
    patient.page.get_by_role("button", name="Keluar").click()
    assert patient.page.get_by_role("heading", level=1).inner_text() == "Anda sudah keluar"
    patient.page.go_back()
    assert "Siti" not in patient.page.content()
    patient.faults = [fault for fault in patient.faults if "401" not in fault]


def test_the_keyboard_reaches_everything_with_a_visible_focus(served, watched):
    one = watched()
    sign_in(served, one.page, "patient", nik=NIK)
    one.page.goto("/saya/persetujuan")
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.activeElement.className") == "skip"
    assert one.page.evaluate("document.activeElement.getBoundingClientRect().left >= 0")
    one.page.keyboard.press("Enter")
    assert one.page.evaluate("document.activeElement.id") == "isi"
    one.page.keyboard.press("Tab")
    focused = "getComputedStyle(document.activeElement)"
    assert one.page.evaluate(f"parseFloat({focused}.outlineWidth) >= 3 && {focused}.outlineStyle === 'solid'")
