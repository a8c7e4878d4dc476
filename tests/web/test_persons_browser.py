"""The steward of identities in a real Chromium: a doubt is decided and taken back; axe finds nothing on any page."""

import pytest

from hub.model import Principal
from hub.parts import Hub
from hub.pipeline import submit
from hub.store import ReviewRow
from hub.web.pages.persons import SHOWN
from tests.web.browsing import sign_in
from tests.web.conftest import NIK, ROW, A, B, file_of

pytestmark = pytest.mark.chromium
WHY = "Dicocokkan dengan KTP di loket"


def make_doubt(hub: Hub, nik: str) -> None:
    """Two clinics sent one NIK, so the hub joined them; then one found that it had mixed up two patients, which ends
    the link and asks a person."""
    at_a = {"no_kunjungan": f"A-{nik}", "no_rm": f"A-{nik}", "nik": nik, "nama_pasien": "Noorhalimah Rusdiana"}
    at_b = {"no_kunjungan": f"B-{nik}", "no_rm": f"B-{nik}", "nik": nik, "nama_pasien": "Noorhalimah Rusdiana"}
    other = {"nik": f"637102030261{nik[-4:]}", "nama_pasien": "Johansyah", "tanggal_lahir": "03/02/1961"}
    corrected = at_b | other | {"jenis_kelamin": "L"}
    for facility, row in ((A, at_a), (B, at_b), (B, corrected)):
        who = Principal("clinician", "uji", "TREAT", facility=facility, person="uji")
        counts = submit(hub, who, "klinik_csv", file_of(ROW | row), "kunjungan.csv").counts
        assert counts["accepted"] + counts["corrected"] == 1


def test_a_doubt_is_decided_and_taken_back(served, watched):
    make_doubt(served, "6371024509900011")
    one = watched(java_script_enabled=False)
    page = one.page
    sign_in(served, page, "steward", person="steward.uji")
    page.wait_for_url("**/petugas/orang")
    assert "Noorhalimah" not in page.content()
    one.shot("petugas-orang")
    page.get_by_role("link", name="Bandingkan pasangan").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Satu orang atau bukan?"
    assert "berdiri sendiri-sendiri. Menunggu keputusan" in page.locator(".lead").inner_text()
    assert all(text.strip() for text in page.locator("main table").first.locator("td:last-child").all_inner_texts())
    assert "menentang" in page.locator("main").inner_text()
    assert page.get_by_role("cell", name="Noorhalimah Rusdiana").count() == 1
    assert page.get_by_role("cell", name="Johansyah").count() == 1
    one.shot("petugas-orang-banding")
    page.get_by_label("Alasan tertulis").first.fill(WHY)
    page.get_by_role("button", name="Satu orang").click()
    assert "satu orang" in page.get_by_role("status").inner_text()
    page.get_by_role("link", name="Lihat orang 1").click()
    assert "2 catatan" in page.locator(".lead").inner_text()
    page.get_by_role("link", name="Buka pasangan").first.click()
    page.get_by_label("Alasan tertulis").last.fill("Ternyata dua orang")
    page.get_by_role("button", name="Batalkan keputusan ini").click()
    assert "dibatalkan" in page.get_by_role("status").inner_text()
    assert "Menunggu keputusan sejak" in page.locator(".lead").inner_text()
    page.get_by_label("Alasan tertulis").first.fill("Ternyata dua orang")
    page.get_by_role("button", name="Bukan orang yang sama").click()
    assert "tidak akan ditanyakan lagi" in page.get_by_role("status").inner_text()
    page.get_by_role("link", name="Lewati").click()
    page.goto("/petugas/orang")
    assert "Menunggu keputusan: 0" in page.locator("main").inner_text()


def test_a_person_is_found_by_nik_and_the_patient_sees_the_look(served, watched):
    steward, patient = watched(), watched()
    page = steward.page
    sign_in(served, page, "steward", person="steward.uji")
    page.get_by_label("NIK atau nomor pasien").fill(NIK)
    page.get_by_role("button", name="Cari").click()
    assert NIK not in page.url
    assert NIK not in page.content()
    assert "•" * 12 + NIK[-4:] in page.content()
    sign_in(served, patient.page, "patient", nik=NIK)
    patient.page.goto("/saya/akses")
    assert "Membandingkan data diri untuk memastikan identitas" in patient.page.locator("main").inner_text()


def test_many_doubts_are_shown_a_page_first(served, watched):
    niks = [f"63710145099{number:05}" for number in range(1, SHOWN + 3)]
    rows = [ROW | {"nik": nik, "no_rm": nik, "no_kunjungan": nik, "nama_pasien": f"Uji {nik}"} for nik in niks]
    submit(served, Principal("clinic-client", "uji", "TREAT", facility=A), "klinik_csv", file_of(*rows), "k.csv")
    with served.store.reading() as tx:
        first, *others = sorted(min(tx.mpi([token])[token]) for token in (served.blinder.mpi("nik", n) for n in niks))
    new = [ReviewRow(first, other, 0.7, "open", served.clock(), None, None, b"") for other in others]
    with served.store.writing() as tx:
        tx.add_reviews(new)
        how_many = len(tx.reviews(limit=1000))
    page = watched(java_script_enabled=False).page
    sign_in(served, page, "steward", person="steward.uji")
    page.wait_for_url("**/petugas/orang")
    assert page.locator("main tbody tr").count() == SHOWN
    page.get_by_role("link", name="Tampilkan semua").click()
    assert page.locator("main tbody tr").count() == how_many > SHOWN
