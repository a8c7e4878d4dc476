"""A facility enters what it observed; the office reads it, marked self-reported; an indicator comes as FHIR."""

import re
from html import escape

import pytest

from tests.web.conftest import A


@pytest.fixture
def facility(visitor):
    pages = visitor()
    pages.sign_in("clinician", facility=A, person="perawat.uji")
    return pages


def test_what_a_facility_enters_is_what_it_and_the_office_read(facility, visitor):
    html = facility.get("/faskes/pengamatan")
    month = re.search(r'<option value="([\d-]{7})" selected', html)[1]
    assert "Kepatuhan kebersihan tangan" in html
    assert "Dilaporkan sendiri" in html
    assert "operasi sesar" not in html, "a clinic is not asked for a hospital's indicators"
    assert 'href="/faskes/pengamatan"' in facility.get("/faskes/mutu")
    answer = {"bulan": month, "a-inm-cuci-tangan": "837", "b-inm-cuci-tangan": "900", "a-inm-apd": "", "b-inm-apd": ""}
    assert "Laporan tersimpan" in facility.post("/faskes/pengamatan", "/faskes/pengamatan", answer).text
    html = facility.get(f"/faskes/pengamatan?bulan={month}&lang=en")
    assert "Last reported: 93.0 of 100" in html
    assert "Self-reported" in html
    auditor = visitor()
    auditor.sign_in("auditor", person="auditor.uji")
    html = auditor.get(f"/dinas/indikator/dilaporkan?bulan={month}")
    assert html.count('<th scope="row">') == 1
    assert "/dinas/indikator/inm-cuci-tangan" in html
    assert "837" not in html, "numbers stand where they are released"
    assert "Bekantan" not in html
    assert "Belum ada fasilitas" in auditor.get("/dinas/indikator/dilaporkan?bulan=" + _before(month))
    auditor.get("/dinas/indikator/dilaporkan?bulan=x", 400)
    facility.get("/dinas/indikator/dilaporkan", 403)
    facility.get("/dinas/fhir/MeasureReport", 403)
    assert '"inm-cuci-tangan"' in auditor.get("/dinas/fhir/Measure/inm-cuci-tangan")
    assert "HUB-4262" in auditor.get("/dinas/fhir/MeasureReport?subject=x", 400)


def test_a_wrong_number_says_which_and_how(facility):
    html = facility.get("/faskes/pengamatan")
    month = re.search(r'<option value="([\d-]{7})" selected', html)[1]
    wrong = (("101", "100"), ("x", "1"), ("1", ""), ("-1", "5"), ("1", "20001"), ("1", "9" * 40), ("１", "5"))
    other = {"bulan": month, "a-inm-cuci-tangan": "7", "b-inm-cuci-tangan": "9"}
    for some, whole in wrong:
        answer = other | {"a-inm-apd": some, "b-inm-apd": whole}
        html = facility.post("/faskes/pengamatan", "/faskes/pengamatan", answer, 422).text
        said = re.search(r'id="inm-apd-salah">([^<]*)<', html)[1]
        assert "alat pelindung diri" in said
        assert "20.000" in said
        assert html.count('aria-describedby="inm-apd-salah"') == 2
        for name, value in answer.items():
            assert name == "bulan" or re.search(rf'name="{name}"[^>]* value="{escape(value)}"', html), name
    assert "Tidak ada" not in facility.get("/faskes/pengamatan"), "nothing was kept of a form with a fault"
    assert "HUB-4255" in facility.get("/faskes/pengamatan?bulan=1999-01", 400)


def test_a_number_replaced_is_one_that_was_shown(facility):
    form = "/faskes/pengamatan"
    month = re.search(r'<option value="([\d-]{7})" selected', facility.get(form))[1]
    first = {"bulan": month, "a-inm-apd": "7", "b-inm-apd": "10"}
    facility.post(form, form, first)
    html = facility.post(form, form, first | {"a-inm-apd": "8"}, 422).text
    assert "7/10" in re.search(r'id="inm-apd-salah">([^<]*)<', html)[1]
    assert 'value="8"' in html
    seen = re.search(r'name="tampak" value="([^"]*)"', facility.get(form))[1]
    html = facility.post(form, form, first | {"a-inm-apd": "8", "tampak": seen}).text
    assert "1 angka menggantikan" in html
    assert "Angka baru menggantikan 8 / 10" in html
    stale = {"bulan": month, "a-inm-apd": "7", "b-inm-apd": "10", "a-inm-identifikasi": "1", "b-inm-identifikasi": "2"}
    html = facility.post(form, form, stale | {"tampak": seen}).text
    assert "Angka baru menggantikan 8 / 10" in html, "who left an old number as it was did not mean to bring it back"


def test_empty_fields_take_a_report_back_and_nothing_changed_is_said(facility):
    form = "/faskes/pengamatan"
    month = re.search(r'<option value="([\d-]{7})" selected', facility.get(form))[1]
    first = {"bulan": month, "a-inm-kepuasan": "76", "b-inm-kepuasan": "100"}
    assert "(sudah dirilis)" not in facility.post(form, form, first).text
    assert "Terakhir dilaporkan: 76,0 dari 100" in facility.get(form)
    seen = re.search(r'name="tampak" value="([^"]*)"', facility.get(form))[1]
    html = facility.post(form, form, first | {"tampak": seen}).text
    assert "Tidak ada angka yang berubah" in html
    empty = {"bulan": month, "a-inm-kepuasan": "", "b-inm-kepuasan": "", "tampak": seen}
    html = facility.post(form, form, empty).text
    assert "1 angka ditarik kembali" in html
    assert "Angka baru menggantikan 76" not in html


def test_an_indicator_as_fhir_needs_a_released_month(visitor):
    auditor = visitor()
    auditor.sign_in("auditor", person="auditor.uji")
    assert "HUB-427" in auditor.get("/dinas/indikator/hipertensi-terkendali/fhir", 404)
    assert "HUB-4247" in auditor.get("/dinas/indikator/tidak-ada/fhir", 404)


def _before(month):
    year, number = int(month[:4]), int(month[5:])
    return f"{year - (number == 1)}-{(number - 2) % 12 + 1:02}"
