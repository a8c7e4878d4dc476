"""A file with headers nobody knows: refused, asked about, confirmed by a person, checked again, and taken back."""

import re

import pytest

from hub.audit import decode_entry
from hub.mapping.context import pairs
from tests.web.conftest import ROW, A, file_of

RENAMED = {"tanggal_lahir": "Tgl Lhir", "nama_pasien": "Nma Pasien"}
"""Headers of required columns as somebody misspells them."""


def misspelt(*rows: dict[str, str], renamed: dict[str, str] = RENAMED) -> bytes:
    data = file_of(*rows)
    for ours, theirs in renamed.items():
        data = data.replace(ours.encode(), theirs.encode(), 1)
    return data


def options(html: str) -> dict[str, list[tuple[str, bool]]]:
    """By header: the columns offered for it, and which is preselected."""
    found: dict[str, list[tuple[str, bool]]] = {}
    for value, chosen in re.findall(r'<option value="([^"]*=[^"]*)"( selected)?>', html):
        header, _, column = value.partition("=")
        if column != "-":  # the choice to leave it out
            found.setdefault(header, []).append((column, bool(chosen)))
    return found


def events(hub) -> list:
    """The audit trail, numbered or still waiting to be."""
    with hub.store.reading() as tx:
        rows = [*tx.unsequenced(1000), *tx.log(0, 1000)]
    return [decode_entry(hub.boxes.audit.open(row.body, b"audit")) for row in rows]


def test_a_refused_file_asks_what_its_headers_mean(clinic):
    checked = clinic.upload(misspelt(ROW))
    html = checked.text
    assert "HUB-2007" in html
    assert "Kolom ini berarti" in html
    offered = options(html)
    assert set(offered) == {"Tgl Lhir", "Nma Pasien"}
    assert offered["Tgl Lhir"][0] == ("tanggal_lahir", True)
    assert offered["Nma Pasien"][0] == ("nama_pasien", True)
    assert all(column not in {"nik", "poli"} for column, _ in offered["Tgl Lhir"]), "what the file fills is no choice"
    assert "1990" not in re.search(r'id="kolom".*?</section>', html, re.S)[0], "values are shown by their shape"
    assert pairs(clinic.hub.facilities[A].settings.get("columns", "")) == {}, "nothing is applied without the button"


def test_confirming_checks_the_same_draft_again(clinic):
    draft = clinic.upload(misspelt(ROW)).url.path
    again = clinic.post(draft, f"{draft}/kolom", {"kolom": ["Tgl Lhir=tanggal_lahir", "Nma Pasien=nama_pasien", ""]})
    assert again.url.path == draft
    assert "Kirim 1 yang siap" in again.text
    assert "Kolom ini berarti" not in again.text
    assert pairs(clinic.hub.facilities[A].settings["columns"]) == {
        "Tgl Lhir": "tanggal_lahir",
        "Nma Pasien": "nama_pasien",
    }
    sent = clinic.post(draft, f"{draft}/kirim").text
    assert "Tanda terima" in sent
    other = clinic.upload(misspelt(ROW | {"no_kunjungan": "K-9"})).text
    assert "Kirim 1 yang siap" in other, "it holds for the next file"


def test_confirmed_headers_are_listed_merged_and_taken_back(clinic):
    draft = clinic.upload(misspelt(ROW)).url.path
    clinic.post(draft, f"{draft}/kolom", {"kolom": "Tgl Lhir=tanggal_lahir"})
    clinic.post(draft, f"{draft}/kolom", {"kolom": "Nma Pasien=nama_pasien"})
    html = clinic.get("/faskes/kolom")
    assert "Tgl Lhir" in html
    assert "Nma Pasien" in html
    left = clinic.post("/faskes/kolom", "/faskes/kolom", {"judul": "Tgl Lhir"}).text
    assert "Tgl Lhir" not in left
    assert pairs(clinic.hub.facilities[A].settings["columns"]) == {"Nma Pasien": "nama_pasien"}
    clinic.post("/faskes/kolom", "/faskes/kolom", {"judul": "Nma Pasien"})
    assert "columns" not in clinic.hub.facilities[A].settings
    assert "Belum ada judul" in clinic.get("/faskes/kolom")


def test_a_file_without_any_known_header_can_still_be_confirmed(clinic):
    renamed = {name: f"{name.replace('_', ' ').title()}x" for name in ROW}
    draft = clinic.upload(misspelt(ROW, ROW | {"no_kunjungan": "K-2"}, renamed=renamed))
    assert "HUB-2006" in draft.text
    assert '<dl class="counts">' not in draft.text, "no row was read: only what is wrong with the file"
    offered = options(draft.text)
    chosen = [f"{header}={found[0][0]}" for header, found in offered.items()]
    assert {f"{theirs}={ours}" for ours, theirs in renamed.items()} == set(chosen)
    path = draft.url.path
    again = clinic.post(path, f"{path}/kolom", {"kolom": chosen})
    assert "Kirim 2 yang siap" in again.text


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        (["Tgl Lhir=tanggal_lahir", "Nma Pasien=tanggal_lahir"], "HUB-2024"),
        (["Tgl Lhir=bukan_kolom"], "HUB-2023"),
        (["Judul Orang Lain=nik"], "HUB-2026"),
        (["tanpa tanda"], "HUB-2026"),
    ],
)
def test_what_cannot_be_confirmed(clinic, choice, code):
    draft = clinic.upload(misspelt(ROW)).url.path
    refused = clinic.post(draft, f"{draft}/kolom", {"kolom": choice}, status=400)
    assert code in refused.text
    assert pairs(clinic.hub.facilities[A].settings.get("columns", "")) == {}


def test_another_clinic_cannot_touch_the_draft(clinic, visitor):
    draft = clinic.upload(misspelt(ROW)).url.path
    other = visitor()
    other.sign_in("clinician", facility="klinik-bekantan", person="orang.lain")
    refused = other.post("/faskes", f"{draft}/kolom", {"kolom": "Tgl Lhir=tanggal_lahir"}, status=404)
    assert "Tgl Lhir" not in refused.text
    assert all("columns" not in each.settings for each in clinic.hub.facilities.values())


def test_a_sent_submission_asks_nothing_any_more(clinic):
    sent = clinic.upload(file_of(ROW)).url.path
    clinic.post(sent, f"{sent}/kirim")
    after = clinic.post("/faskes", f"{sent}/kolom", {"kolom": "Tgl Lhir=tanggal_lahir"}, status=400)
    assert "HUB-2026" in after.text


def test_the_change_is_audited_without_the_senders_words(clinic):
    draft = clinic.upload(misspelt(ROW)).url.path
    clinic.post(draft, f"{draft}/kolom", {"kolom": "Tgl Lhir=tanggal_lahir"})
    found = [entry for entry in events(clinic.hub) if entry.event == "facility.columns"]
    assert [(entry.action, entry.facility, entry.details) for entry in found] == [
        ("U", A, {"columns": "tanggal_lahir"})
    ]
    assert "Tgl Lhir" not in repr(found)


def test_a_wrong_draft_number_is_not_found(clinic):
    clinic.post("/faskes", "/faskes/kiriman/KJ-0000/kolom", {"kolom": "a=nik"}, status=404)


def test_a_header_may_be_left_out_for_good(clinic):
    def extra(**more: str) -> bytes:
        head, *rows = file_of(ROW | more).decode().splitlines()
        return "\n".join([f"{head};Warna Map;Xqz Vbn", *(f"{row};merah;9" for row in rows)]).encode()

    first = clinic.upload(extra())
    assert "HUB-2011" in first.text
    assert '<option value="Xqz Vbn=-" selected>' in first.text
    path = first.url.path
    again = clinic.post(path, f"{path}/kolom", {"kolom": ["Warna Map=-", "Xqz Vbn=-"]})
    assert "HUB-2011" not in again.text
    assert "Kirim 1 yang siap" in again.text
    assert pairs(clinic.hub.facilities[A].settings["columns"]) == {"Warna Map": "-", "Xqz Vbn": "-"}
    assert "HUB-2011" not in clinic.upload(extra(no_kunjungan="K-8")).text
    assert "Jangan diambil" in clinic.get("/faskes/kolom")


def test_the_lead_says_that_required_columns_are_unknown(clinic):
    html = clinic.upload(misspelt(ROW)).text
    assert "kolom wajib belum dikenal. Pilih artinya di bawah" in html
    assert "kolom wajib belum dikenal" not in clinic.upload(file_of(ROW)).text


def test_no_choice_is_cut_inside_a_word(clinic):
    html = clinic.upload(misspelt(ROW)).text
    titles = re.findall(r'<option value="[^"]+=[a-z_0-9]+"(?: selected)?>([^<]*)<', html)
    known = {word for each in clinic.hub.adapters["klinik_csv"].manifest.columns for word in (each.id or "").split()}
    known |= {word for each in clinic.hub.adapters["klinik_csv"].manifest.ignored for word in each.reason.split()}
    assert titles
    for title in titles:
        said = title.partition(" · ")[2].removesuffix(" …")
        assert not said or said.split()[-1] in known
