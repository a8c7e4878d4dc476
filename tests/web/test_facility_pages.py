import io
import re

import pytest
from python_calamine import CalamineWorkbook

from tests.web.conftest import BAD, ROW, A, B, file_of


def stored(hub) -> int:
    with hub.store.reading() as tx:
        return tx.counts()["resource"]


def test_nothing_is_stored_before_send(clinic):
    before = stored(clinic.hub)
    checked = clinic.upload(file_of(ROW, BAD))
    assert "/faskes/kiriman/" in checked.url.path
    assert "Hasil pemeriksaan" in checked.text
    assert "Kirim 1 yang siap" in checked.text
    assert stored(clinic.hub) == before
    sent = clinic.post(checked.url.path, f"{checked.url.path}/kirim")
    assert "Tanda terima" in sent.text
    assert stored(clinic.hub) > before


def test_the_check_names_row_column_value_problem_and_repair(clinic):
    html = clinic.upload(file_of(ROW, BAD)).text
    rows = re.findall(r"<tr>\s*<td class=\"number\">(\d+)</td>\s*<td>(\w+)</td>\s*<td class=\"own\">(.*?)</td>", html)
    assert ("3", "tanggal_kunjungan", "31/02/2026") in rows
    assert re.search(r"HUB-\d{4} · \d+ temuan", html)


def test_the_receipt_has_number_hash_and_qr(clinic):
    html = clinic.send(file_of(ROW))
    number = re.search(r"KJ-[0-9a-f]+", html)
    assert number
    assert re.search(r"<code>[0-9a-f]{64}</code>", html)
    assert '<svg role="img"' in html
    assert number[0] in clinic.get("/faskes")


def test_sending_the_same_file_twice_doubles_nothing(clinic):
    clinic.send(file_of(ROW))
    before = stored(clinic.hub)
    again = clinic.upload(file_of(ROW)).text
    assert "Tidak ada baris baru yang siap dikirim" in again
    assert stored(clinic.hub) == before


def test_the_error_file_is_the_senders_own_with_a_column_more(clinic):
    draft = clinic.upload(file_of(ROW, BAD)).url.path
    response = clinic.client.get(f"{draft}/perbaikan.xlsx")
    assert response.headers["content-disposition"].startswith('attachment; filename="perbaikan-KJ-')
    rows = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()
    assert any("CATATAN_KESALAHAN" in row for row in rows)
    assert any("31/02/2026" in [str(cell) for cell in row] for row in rows)


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_template_passes_its_own_check(clinic, ending):
    response = clinic.client.get(f"/faskes/templat.{ending}")
    assert response.status_code == 200
    html = clinic.upload(response.content, f"templat.{ending}").text
    assert "Kirim 1 yang siap" in html


def test_a_submission_is_absent_for_another_facility(clinic, visitor):
    draft = clinic.upload(file_of(ROW)).url.path
    other = visitor()
    other.sign_in("clinician", facility=B, person="bidan.uji")
    other.get(draft, 404)
    other.get(f"{draft}/perbaikan.xlsx", 404)
    other.post("/faskes", f"{draft}/kirim", status=404)


def test_a_file_that_is_none_is_refused_in_words(clinic):
    assert "HUB-5906" in clinic.post("/faskes", "/faskes/kiriman", status=400).text
    refused = clinic.upload(b"\x89PNG\r\n\x1a\n" + bytes(200), "foto.csv")
    assert "siap dikirim" in refused.text
    assert "HUB-2" in refused.text
    assert "perbaikan.xlsx" not in refused.text


def test_an_upload_without_the_token_is_refused(clinic):
    sent = clinic.client.post("/faskes/kiriman", files={"berkas": ("a.csv", file_of(ROW), "text/csv")})
    assert sent.status_code == 403
    assert "HUB-5903" in sent.text


def test_presence_is_recorded_with_a_patients_code(clinic, patient):
    html = patient.post("/saya/kode", "/saya/kode").text
    code = re.search(r"<code>([0-9A-Z]{4} [0-9A-Z]{4})</code>", html)[1]
    done = clinic.post("/faskes", "/faskes/hadir", {"kode": code.lower()})
    assert "Kehadiran pasien tercatat" in done.text
    assert "Patient/" in done.text
    assert "HUB-5101" in clinic.post("/faskes", "/faskes/hadir", {"kode": code}, status=404).text


def test_codes_cannot_be_tried_without_end(clinic, patient):
    statuses = {clinic.post("/faskes", "/faskes/hadir", {"kode": "AAAAAAAA"}, status=404).status_code}
    for _ in range(40):
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', clinic.get("/faskes"))[1]
        statuses.add(clinic.client.post("/faskes/hadir", data={"csrf": token, "kode": "BBBBBBBB"}).status_code)
    assert statuses == {404, 429}


def test_the_facility_page_names_the_facility(clinic):
    html = clinic.get("/faskes")
    assert clinic.hub.facilities[A].name in html
