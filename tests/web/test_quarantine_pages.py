import re

from hub.pipeline import waiting
from hub.pipeline.receipts import Kept, seal_kept
from hub.store import Submission
from tests.web.conftest import BAD, ROW, A, B, file_of

HERE = "/faskes/ditolak"
WRONG = BAD | {"diagnosis_1": "J06.9"}


def rows_of(html: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"/faskes/ditolak/baris/(KJ-[0-9a-f]+\.\d+)", html)))


def test_groups_rows_form_and_acceptance(clinic):
    clinic.send(file_of(ROW, WRONG, WRONG | {"no_kunjungan": "K-3"}))
    board = clinic.get(HERE)
    assert re.search(r"<a href=\"/faskes/ditolak/kode/HUB-\d{4}\">", board)
    assert "(2 masih menunggu)" in clinic.get("/faskes")
    code = re.search(r"kode/(HUB-\d{4})", board)[1]
    first, second = rows_of(clinic.get(f"{HERE}/kode/{code}"))
    page = f"{HERE}/baris/{first}?kode={code}"
    html = clinic.get(page)
    assert 'name="sel.tanggal_kunjungan" value="31/02/2026"' in html
    assert 'name="sel.nik"' not in html, "only what is at fault is to be changed"
    assert "Siti &lt;b&gt;Aminah" in html
    assert f'rel="next" href="/faskes/ditolak/baris/{second}?kode={code}"' in html
    assert 'name="sel.nik"' in clinic.get(f"{HERE}/baris/{first}?semua=1")
    still = clinic.post(page, f"{HERE}/baris/{first}", {"sel.tanggal_kunjungan": "x", "kode": code}, status=422).text
    assert "masih belum dapat diterima" in still
    assert "Semula: 31/02/2026" in still
    done = clinic.post(page, f"{HERE}/baris/{first}", {"sel.tanggal_kunjungan": "20/11/2026", "kode": code})
    assert done.url.path == f"{HERE}/baris/{second}"
    assert "Baris diterima." in done.text
    gone = clinic.post(page, f"{HERE}/baris/{second}/buang", {"alasan": "salah unggah", "kode": code})
    assert gone.url.path == HERE
    assert "salah unggah" in gone.text
    assert "Diperbaiki di sini dan diterima" in gone.text
    assert "Tidak ada baris yang menunggu." in gone.text
    assert waiting(clinic.hub, A) == []
    assert "masih menunggu)" not in clinic.get("/faskes")


def test_one_value_in_all_rows_and_sending_again(clinic):
    clinic.send(file_of(*(WRONG | {"no_kunjungan": f"K-{n}"} for n in range(2, 5))))
    code = re.search(r"kode/(HUB-\d{4})", clinic.get(HERE))[1]
    html = clinic.get(f"{HERE}/kode/{code}")
    assert '<option value="tanggal_kunjungan=31/02/2026">' in html
    replayed = clinic.post(HERE, f"{HERE}/ulang", {"kode": code}).text
    assert "0 baris diterima, 3 masih menunggu" in replayed
    changed = clinic.post(
        f"{HERE}/kode/{code}",
        f"{HERE}/kode/{code}/ganti",
        {"dari": "tanggal_kunjungan=31/02/2026", "menjadi": "20/11/2026"},
    ).text
    assert "3 baris diterima, 0 masih menunggu" in changed
    clinic.post(HERE, f"{HERE}/kode/{code}/ganti", {"dari": "tanggal_kunjungan", "menjadi": ""}, status=400)


def test_another_facilitys_rows_are_absent(clinic, visitor):
    clinic.send(file_of(WRONG))
    (row,) = rows_of(clinic.get(f"{HERE}/kode/HUB-2040")) or rows_of(clinic.get(HERE))
    other = visitor()
    other.sign_in("clinician", facility=B, person="bidan.uji")
    assert "Tidak ada baris yang menunggu." in other.get(HERE)
    other.get(f"{HERE}/baris/{row}", 404)
    other.post("/faskes", f"{HERE}/baris/{row}", {"sel.tanggal_kunjungan": "20/11/2026"}, status=404)
    other.post("/faskes", f"{HERE}/baris/{row}/buang", {"alasan": "bukan kami"}, status=404)
    assert len(waiting(clinic.hub, A)) == 1


def test_words_in_the_address_are_not_shown(clinic):
    html = clinic.get(f"{HERE}?pesan=<b>x</b>&diterima=9999999999999&menunggu=-1")
    assert "<b>x" not in html
    assert "9999999" in clinic.get(f"{HERE}?pesan=many&diterima=9999999999")
    clinic.get(f"{HERE}?pesan=many&diterima=%C2%B2")


def test_an_interrupted_submission_is_shown_and_goes_on(clinic):
    hub, id_ = clinic.hub, "KJ-00000000000000aa"
    body = seal_kept(hub, id_, Kept("putus.csv", "", file_of(ROW), []))
    at = hub.clock() - 3_600_000
    with hub.store.writing() as tx:
        tx.add_submission(Submission(id_, A, "klinik_csv", "received", at, at, {}, 0, body))
    assert "Kiriman yang terputus" in clinic.get(HERE)
    assert "belum selesai diproses" in clinic.get(f"/faskes/kiriman/{id_}")
    done = clinic.post(HERE, f"/faskes/kiriman/{id_}/lanjut").text
    assert "Tanda terima" in done
    assert "belum selesai diproses" not in done
    assert "Kiriman yang terputus" not in clinic.get(HERE)
    clinic.post(HERE, f"/faskes/kiriman/{id_}/lanjut", status=409)
