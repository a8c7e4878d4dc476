"""/faskes/kode: unknown words with suggestions; one press settles a word for good."""

import re

from hub.audit import decode_entry
from tests.web.conftest import ROW, A, B, file_of

WORD = "parasetamoll forte"
OF_IT = {"jenis": "obat", "kata": WORD}


def sent(clinic) -> str:
    clinic.send(file_of(ROW | {"no_kunjungan": "W-1", "obat_1": WORD}))
    return clinic.get("/faskes/kode")


def test_an_unknown_word_is_shown_with_suggestions_and_settled(clinic):
    html = sent(clinic)
    assert WORD in html
    assert "N02BE01" in html
    done = clinic.post("/faskes/kode", "/faskes/kode", {**OF_IT, "arti": "paracetamol"}).text
    assert "→ paracetamol" in done
    assert 'name="arti"' not in done


def test_another_known_word_may_be_typed(clinic):
    sent(clinic)
    assert (
        "→ ibuprofen"
        in clinic.post("/faskes/kode", "/faskes/kode", {**OF_IT, "arti": "lain", "lain": "Ibuprofen"}).text
    )


def test_it_may_stay_text(clinic):
    sent(clinic)
    assert 'name="arti"' not in clinic.post("/faskes/kode", "/faskes/kode", {**OF_IT, "arti": "-"}).text


def test_what_does_not_fit_is_refused_in_words(clinic):
    sent(clinic)
    for fields, code in (
        ({"arti": "lain", "lain": ""}, "HUB-5907"),
        ({"arti": "lain", "lain": "obat karangan"}, "HUB-2601"),
        ({"arti": "paracetamol", "kata": "tak pernah dikirim"}, "HUB-2602"),
    ):
        status = 404 if code == "HUB-2602" else 400
        assert code in clinic.post("/faskes/kode", "/faskes/kode", OF_IT | fields, status=status).text


def test_the_words_are_the_facilitys_own(clinic, visitor):
    sent(clinic)
    other = visitor()
    other.sign_in("clinician", facility=B, person="bidan.uji")
    assert WORD not in other.get("/faskes/kode")


def test_what_was_settled_can_be_undone(clinic):
    sent(clinic)
    for meaning, shown in (("paracetamol", "→ paracetamol"), ("-", "→ Tidak ada kodenya")):
        assert shown in clinic.post("/faskes/kode", "/faskes/kode", {**OF_IT, "arti": meaning}).text
        undone = clinic.post("/faskes/kode", "/faskes/kode/batal", OF_IT).text
        assert shown not in undone
        assert 'name="arti"' in undone, "it waits for a meaning again"
    assert "codes" not in clinic.hub.facilities[A].settings
    assert "HUB-2602" in clinic.post("/faskes/kode", "/faskes/kode/batal", OF_IT, status=404).text
    with clinic.hub.store.reading() as tx:
        rows = [*tx.unsequenced(1000), *tx.log(0, 1000)]
    entries = [decode_entry(clinic.hub.boxes.audit.open(row.body, b"audit")) for row in rows]
    assert sum(entry.event == "facility.codes" for entry in entries) == 4


def test_a_sensitive_word_is_never_offered_an_ordinary_meaning(clinic):
    clinic.send(file_of(ROW | {"no_kunjungan": "W-2", "poli": "Poliklinik VCT"}))
    html = clinic.get("/faskes/kode")
    form = re.search(r'<form[^>]*class="card">(?:(?!</form>).)*poliklinik vct.*?</form>', html, re.S)
    assert form
    assert "Kata sensitif" in form[0]
    assert re.findall(r'name="arti" value="([^"]*)"', form[0]) == ["-"]
    fields = {"jenis": "poli", "kata": "poliklinik vct", "arti": "lain", "lain": "poliklinik umum"}
    assert "HUB-2603" in clinic.post("/faskes/kode", "/faskes/kode", fields, status=400).text
