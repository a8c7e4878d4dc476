"""Requests at the counter in a real Chromium: staff, a patient on a small telephone, the privacy officer; axe."""

import re

import pytest

from tests.web.browsing import PHONE, fits, sign_in
from tests.web.conftest import NIK, A, B

pytestmark = pytest.mark.chromium


def ask(page, kind: str = "Salinan rekam", text: str = "") -> str:
    """What the clerk types; the request's number."""
    page.goto("/faskes/permintaan")
    page.get_by_label("Yang diminta").select_option(label=kind)
    page.get_by_label("NIK pasien").fill(NIK)
    page.get_by_label("Nama pasien").fill("Siti Aminah")
    page.get_by_label("Keterangan").fill(text)
    page.get_by_role("button", name="Catat permintaan").click()
    return page.get_by_role("heading", level=1).inner_text().removeprefix("Permintaan ")


def test_two_members_of_staff_hand_over_a_pdf_and_the_patient_follows_it(served, watched):
    one, two, phone = watched(java_script_enabled=False), watched(), watched(**PHONE)
    sign_in(served, one.page, "clinician", facility=A, person="ners.ani")
    sign_in(served, two.page, "clinician", facility=A, person="bidan.tuti")
    id_ = ask(one.page)
    one.shot("faskes-permintaan")
    assert "Serahkan" not in one.page.locator("main").inner_text()
    one.page.get_by_role("button", name="Saya sudah mencocokkan (pemeriksaan ke-1)").click()
    assert one.page.get_by_role("button", name="Saya sudah mencocokkan").count() == 0
    two.page.goto(f"/faskes/permintaan/{id_}")
    two.page.get_by_role("button", name="Saya sudah mencocokkan (pemeriksaan ke-2)").click()
    with two.page.expect_download() as saved:
        two.page.get_by_role("button", name="Berkas PDF").click()
    assert re.fullmatch(rf"permintaan-{id_}-\d{{4}}-\d\d-\d\d\.pdf", saved.value.suggested_filename)
    assert saved.value.path().read_bytes().startswith(b"%PDF")
    sign_in(served, phone.page, "patient", nik=NIK)
    phone.page.goto("/saya/permintaan")
    assert fits(phone.page)
    text = phone.page.locator("main").inner_text()
    assert "bidan.tuti, Klinik Pratama Teratai Putih" in text
    assert "Diserahkan: berkas PDF" in text
    phone.page.goto("/saya/akses")
    assert "Memenuhi permintaan Anda di loket" in phone.page.locator("main").inner_text()


def test_the_patients_code_and_a_link_with_a_qr_code(served, watched):
    clerk, patient = watched(), watched(**PHONE)
    sign_in(served, patient.page, "patient", nik=NIK)
    patient.page.goto("/saya/kode")
    patient.page.get_by_role("button", name="Buat kode baru").click()
    code = patient.page.locator(".giant").inner_text()
    sign_in(served, clerk.page, "clinician", facility=B, person="bidan.uji")
    ask(clerk.page)
    clerk.page.get_by_label("Kode kehadiran pasien").fill(code)
    clerk.page.get_by_role("button", name="Pakai kode").click()
    clerk.page.get_by_role("button", name="Tautan masuk dengan QR").click()
    assert clerk.page.locator("svg.qr").bounding_box()["width"] > 100
    link = clerk.page.locator("main code").inner_text()
    other = watched()
    other.page.goto(link)
    other.page.get_by_role("button", name="Masuk").click()
    other.page.wait_for_url("**/saya")


def test_the_patient_asks_and_takes_back_on_a_telephone(served, watched):
    phone, officer = watched(java_script_enabled=False, **PHONE), watched()
    sign_in(served, phone.page, "patient", nik=NIK)
    phone.page.get_by_role("link", name="Permintaan saya").click()
    phone.page.get_by_label("Keterangan").fill("Alamat saya keliru")
    phone.page.get_by_role("button", name="Catat permintaan").click()
    assert "tercatat" in phone.page.get_by_role("status").inner_text()
    assert "sisa 2 hari 23 jam" in phone.page.locator("main").inner_text()
    assert fits(phone.page)
    phone.shot("saya-permintaan")
    sign_in(served, officer.page, "privacy-officer", person="pdp.uji")
    table = officer.page.get_by_role("region", name="Permintaan pasien di loket")
    assert re.search(r"Klinik .*\t\d+\t0", table.inner_text())
    phone.page.get_by_role("button", name="Tarik kembali").first.click()
    assert "ditarik kembali" in phone.page.get_by_role("status").inner_text()
