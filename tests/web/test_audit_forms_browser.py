"""The form for observed quality in a real Chromium: no JavaScript, on a phone, by keyboard, axe, both languages."""

import pytest

from tests.web.browsing import PHONE, fits, sign_in
from tests.web.conftest import A

pytestmark = pytest.mark.chromium


def test_a_facility_fills_in_the_form_and_the_office_reads_it(served, watched):
    clinic = watched(java_script_enabled=False, **PHONE)
    sign_in(served, clinic.page, "clinician", facility=A, person="perawat.uji")
    clinic.page.wait_for_url("**/faskes")
    clinic.page.goto("/faskes/pengamatan?lang=id")
    assert fits(clinic.page)
    group = clinic.page.get_by_role("group", name="Kepatuhan kebersihan tangan")
    group.get_by_role("textbox").first.fill("42")
    group.get_by_role("textbox").last.fill("50")
    clinic.shot("faskes-pengamatan")
    clinic.page.get_by_role("button", name="Simpan laporan").press("Enter")
    assert "Laporan tersimpan" in clinic.page.get_by_role("status").inner_text()
    assert "84,0 dari 100" in group.inner_text()
    assert clinic.page.locator("nav a[aria-current]").first.inner_text() == "Mutu"
    office = watched(java_script_enabled=False).page
    sign_in(served, office, "auditor", person="auditor.uji")
    office.wait_for_url("**/dinas")
    office.goto("/dinas/indikator/dilaporkan")
    said = office.get_by_role("region", name="Kepatuhan kebersihan tangan").inner_text()
    assert "Klinik Pratama Teratai Putih" in said
    assert "42" not in said, "who has reported; how much is released with the month"
