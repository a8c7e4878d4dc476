"""A visit typed in on a telephone, in a real Chromium: quick, whole, and in the patient's record within two seconds."""

import time

import pytest

from tests.web.browsing import PHONE, sign_in
from tests.web.conftest import A

pytestmark = pytest.mark.chromium
NIK = "6371024708880003"


def fill(page, nik: str) -> None:
    """What a midwife types."""
    page.get_by_label("NIK (16 angka)").fill(nik)
    page.get_by_label("Nama pasien").fill("Mariani Contoh")
    page.get_by_label("Perempuan").check()
    page.get_by_label("Tanggal lahir").fill("1988-08-07")
    page.get_by_label("Keluhan").fill("Kontrol tekanan darah")
    page.get_by_label("Tekanan darah").fill("150/95")
    page.get_by_label("Diagnosis (kode ICD-10)").fill("I10 - Hipertensi")
    page.get_by_label("Obat", exact=True).fill("amlodipine 5 mg")
    page.locator("#tanggal_kunjungan").fill("2026-11-20")
    page.get_by_label("Dokter atau bidan").fill("Bidan Contoh")


def test_a_visit_from_the_telephone_is_in_the_record_within_two_seconds(served, watched):
    phone = watched(java_script_enabled=False, **PHONE)
    sign_in(served, phone.page, "clinician", facility=A, person="bidan.uji")
    phone.page.get_by_role("link", name="Catat kunjungan").click()
    fill(phone.page, NIK)
    phone.shot("faskes-kunjungan")
    phone.page.get_by_label("Tekanan darah").fill("150/9x")
    phone.page.get_by_role("button", name="Simpan kunjungan").click()
    assert "Belum disimpan" in phone.page.get_by_role("alert").inner_text()
    phone.page.get_by_label("Tekanan darah").fill("150/95")
    sent = time.monotonic()
    phone.page.get_by_role("button", name="Simpan kunjungan").click()
    assert "sudah diterima hub" in phone.page.get_by_role("status").inner_text()
    me = watched(**PHONE)
    sign_in(served, me.page, "patient", nik=NIK)
    me.page.wait_for_url("**/saya")
    seen = time.monotonic()
    assert "Mariani" in me.page.content()
    assert "150" in me.page.content()
    assert seen - sent < 2
    phone.faults = [fault for fault in phone.faults if "422" not in fault]
