import io
import json
import re

from pypdf import PdfReader

from hub.fhir import json as fhir_json
from hub.fhir import references
from hub.validation import check_resource
from tests.web.conftest import BAD, NIK, ROW, A, B, file_of


def test_the_record_of_both_clinics_in_plain_words(patient):
    html = patient.get("/saya")
    assert "Halo, Siti &lt;b&gt;Aminah&lt;/b&gt;" in html
    for words in ("Darah tinggi (hipertensi)", "Batuk pilek (ISPA)", "Radang lambung (maag)", "3 kali sehari"):
        assert words in html, words
    assert "130/85 mmHg" in html
    assert "Klinik Pratama Teratai Putih" in html
    assert "Klinik Bekantan &lt;i&gt;Sehat&lt;/i&gt;" in html
    assert "<b>Aminah" not in html
    assert "High blood pressure" in patient.get("/saya?lang=en")


def test_the_downloads(patient):
    response = patient.client.get("/saya/unduh.pdf")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    assert "Darah tinggi (hipertensi)" in text
    assert "DATA SINTETIS" in text
    response = patient.client.get("/saya/unduh.json")
    assert response.headers["content-type"] == "application/fhir+json"
    assert response.headers["content-disposition"].startswith("attachment")
    bundle = fhir_json.read(response.content)
    assert [i for i in check_resource(bundle) if i.severity in ("error", "fatal")] == []
    urls = {entry["fullUrl"] for entry in bundle["entry"]}
    assert {text for e in bundle["entry"] for _, text in references(e["resource"]) if text[0] != "#"} <= urls


def test_each_switch_says_what_it_does_and_is_remembered(patient):
    html = patient.get("/saya/persetujuan")
    assert html.count("Akibatnya") == 4
    assert "Izinkan berbagi" in html
    done = patient.post("/saya/persetujuan", "/saya/persetujuan", {"pilihan": "optin"}).text
    assert "Tersimpan: berbagi antar-fasilitas diizinkan." in done
    assert "Hentikan berbagi" in done
    assert "Berbagi antar-fasilitas: diizinkan" in patient.get("/saya")
    done = patient.post("/saya/persetujuan", "/saya/persetujuan", {"pilihan": "optout"}).text
    assert "Izinkan berbagi" in done


def test_one_facility_and_sensitive_categories(patient):
    choose = {"pilihan": "facility-deny", "faskes": B}
    html = patient.post("/saya/persetujuan", "/saya/persetujuan", choose).text
    assert html.count('name="nomor"') == 1
    assert "Klinik Bekantan &lt;i&gt;Sehat" in html
    choose = {"pilihan": "sensitive-permit", "faskes": B, "kategori": ["HIV", "PSY"]}
    html = patient.post("/saya/persetujuan", "/saya/persetujuan", choose).text
    assert "HIV/AIDS, Kesehatan jiwa" in re.sub(r"\s+", " ", html)
    number = re.search(r'name="nomor" value="([^"]+)"', html)[1]
    active = html.count('name="nomor"')
    html = patient.post("/saya/persetujuan", "/saya/persetujuan", {"pilihan": "withdraw", "nomor": number}).text
    assert html.count('name="nomor"') == active - 1


def test_a_choice_that_is_incomplete_or_unknown_is_refused(patient):
    for wrong in (
        {"pilihan": "everything"},
        {"pilihan": "facility-permit"},
        {"pilihan": "facility-permit", "faskes": "no-such"},
        {"pilihan": "sensitive-permit", "faskes": B, "kategori": ["SDV"]},
        {},
    ):
        assert "HUB-5907" in patient.post("/saya/persetujuan", "/saya/persetujuan", wrong, status=400).text


def test_a_choice_needs_the_token_and_our_own_page(patient):
    assert patient.client.post("/saya/persetujuan", data={"pilihan": "optin"}).status_code == 403
    evil = {"origin": "https://evil.example"}
    patient.post("/saya/persetujuan", "/saya/persetujuan", {"pilihan": "optin"}, status=403, headers=evil)
    assert "Izinkan berbagi" in patient.get("/saya/persetujuan")


def test_a_message_in_the_address_is_one_of_ours(patient):
    html = patient.get("/saya/persetujuan?pesan=%3Cscript%3E")
    assert "script" not in html
    assert 'role="status"' not in html


def test_every_look_is_on_the_page_and_can_be_filtered(patient, clinic):
    everything = patient.get("/saya/akses")
    assert "Proses otomatis" in everything
    assert "Klinik Pratama Teratai Putih" in everything
    rows = everything.count("<tr>")
    only = patient.get("/saya/akses?jenis=otomatis&dari=2020-01-01")
    assert 1 < only.count("<tr>") < rows
    assert "Tidak ada catatan akses" in patient.get("/saya/akses?sampai=2020-01-01")
    assert "&lt;x&gt;" not in patient.get("/saya/akses?faskes=%3Cx%3E")


def test_the_presence_code_is_made_by_a_button_only(patient):
    assert "Kode Anda" not in patient.get("/saya/kode")
    html = patient.post("/saya/kode", "/saya/kode").text
    assert "Berlaku sampai" in html
    assert '<svg role="img"' in html


def test_a_row_in_quarantine_is_not_in_the_record(patient, clinic):
    clinic.upload(file_of(BAD))
    assert "J6.9x" not in json.dumps(patient.get("/saya"))


def test_a_request_without_its_explanation_is_shown_again_as_typed(clinic, visitor):
    clinic.send(file_of(ROW))
    me = visitor()
    me.sign_in("patient", nik=NIK)
    html = me.post(
        "/saya/permintaan", "/saya/permintaan", {"faskes": B, "jenis": "correction", "isi": " "}, status=422
    ).text
    assert 'role="alert"' in html
    assert f'<option value="{B}" selected>' in html
    long = "x" * 4001
    again = me.post(
        "/saya/permintaan", "/saya/permintaan", {"faskes": B, "jenis": "copy", "isi": long}, status=422
    ).text
    assert long in again
    assert '<option value="copy" selected>' in again
    done = me.post("/saya/permintaan", "/saya/permintaan", {"faskes": A, "jenis": "correction", "isi": "Keliru"}).text
    assert "bawa kode kehadiran ke loketnya" in done
    mark = re.search(r'name="tanda" value="([0-9a-f]{32})"', done)
    assert mark
    for _ in ("sent", "and again by a double click"):
        me.post("/saya/permintaan", "/saya/permintaan", {"faskes": A, "jenis": "copy", "tanda": mark[1]})
    assert len(re.findall(r"permintaan/PM-[0-9a-f]+/cabut", me.get("/saya/permintaan"))) == 2
    page = clinic.get("/faskes/permintaan")
    found = re.search(r"/faskes/permintaan/PM-[0-9a-f]+", page)
    assert found
    shown = clinic.get(found[0])
    assert "RM-1" in shown
    assert "Jawab dan tutup" in shown


def test_a_clinic_that_does_not_know_the_patient_is_offered_no_answer(clinic, visitor):
    clinic.send(file_of(ROW))
    me, other = visitor(), visitor()
    me.sign_in("patient", nik=NIK)
    me.post("/saya/permintaan", "/saya/permintaan", {"faskes": B, "jenis": "correction", "isi": "Keliru"})
    other.sign_in("clinician", facility=B, person="bidan.uji")
    found = re.search(r"/faskes/permintaan/PM-[0-9a-f]+", other.get("/faskes/permintaan"))
    assert found
    shown = other.get(found[0])
    assert "Jawab dan tutup" not in shown
    assert "tidak mempunyai catatan pasien ini" in shown
