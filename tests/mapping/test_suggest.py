"""Suggestions for headers nobody knows: misspelt and abbreviated headers of every adapter, and other things."""

import json
import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.mapping import load_adapters, read_file, read_json
from hub.mapping.manifest import Column
from hub.mapping.readers.evidence import looks_like, masked
from hub.mapping.readers.header import known_names, plain
from hub.mapping.readers.suggest import SURE, suggest
from hub.mapping.readers.wording import words_of
from hub.model import Facility

ADAPTERS = load_adapters(Path(__file__).parents[2] / "adapters")
SHORT = {
    "tanggal": ("tgl", "tggl", "tngl"), "tgl": ("tanggal",), "nomor": ("no", "nmr", "nomer"), "no": ("nomor", "nomer"),
    "nama": ("nm", "nma"), "nm": ("nama",), "jenis": ("jns",), "kelamin": ("klmn",), "diagnosa": ("diag", "dx"),
    "diagnosis": ("diag", "diagnosa"), "kelurahan": ("kel",), "alamat": ("almt",), "telp": ("tlp", "telepon"),
    "pasien": ("psn", "px"), "dokter": ("dr",), "tindakan": ("tind",), "tahun": ("th", "thn"), "jumlah": ("jml",),
    "pernapasan": ("pernafasan",), "pemeriksaan": ("periksa",), "kunjungan": ("kunj",), "berat": ("brt",),
    "asuransi": ("asr",), "riwayat": ("riw",), "lahir": ("lhr",), "bulan": ("bln",), "obat": ("obt",),
    "hasil": ("hsl",), "satuan": ("sat",), "aktivitas": ("aktifitas",), "keterangan": ("ket",), "kode": ("kd",),
    "kd": ("kode",), "kasus": ("kss",),
}  # fmt: skip
OTHER_THINGS = (
    *("Status Bayar", "Email", "Harga", "Total Tagihan", "Kode Barang", "Shift", "Nama Kasir", "No Antrian", "Diskon"),
    *("Tanggal Bayar", "Tgl Kontrol", "Nama Perusahaan", "Tanda Tangan", "Golongan Darah", "No Polisi", "Nomor Kamar"),
    *("Jam Tutup", "Tanggal Rujukan", "No Rujukan", "Nama Suami", "NIK Suami", "Tgl Input", "Petugas Kasir"),
    *(
        "Tensi Bawah",
        "Tensi Atas",
        "No Resep",
        "Tgl Resep",
        "Total Obat",
        "Kelas",
        "Lingkar Kepala",
        "LILA",
        "Tanggal Haid",
        "Berat Lahir",
    ),
)
BY_HAND = (
    ("klinik_csv", "Tgl.Lhr", "tanggal_lahir"),
    ("klinik_csv", "NmPasien", "nama_pasien"),
    ("klinik_csv", "Jns Klmn", "jenis_kelamin"),
    ("klinik_csv", "NO_TELPON", "no_hp"),
    ("klinik_csv", "tekanan drh (mmHg)", "tekanan_darah"),
    ("klinik_csv", "Dianosa 2", "diagnosis_2"),
    ("klinik_csv", "Obat ke-3", "obat_3"),
    ("klinik_csv", "Nomer Kunjungan", "no_kunjungan"),
    ("epuskesmas", "Nomer eRM", "no_erm"),
    ("epuskesmas", "Tgl Pemeriksan", "tgl_periksa"),
    ("epuskesmas", "Poli Ruangan Pelayanan", "poli"),
    ("epuskesmas", "Jns Kasus 4", "kasus_4"),
    ("epuskesmas", "ICD X ke 2", "icd_2"),
    ("epuskesmas", "Kurang Sayur & Buah", "kurang_sayur_buah"),
    ("epuskesmas", "Lingkr Perut", "lingkar_perut"),
)


def typo(random_: random.Random, word: str) -> str:
    """One letter lost, doubled, swapped or wrong; never the first."""
    if len(word) < 5:
        return word
    at = random_.randrange(1, len(word) - 1)
    return random_.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[: at + 1] + word[at:],
            word[:at] + random_.choice("aeiounst") + word[at + 1 :],
        )
    )


def misspelt(random_: random.Random, name: str) -> list[str]:
    """A header as other hands would write it."""
    words = re.findall(r"[A-Za-z]+|\d+", name)
    longest = max(range(len(words)), key=lambda at: len(words[at]))
    wrong = [typo(random_, word) if at == longest else word for at, word in enumerate(words)]

    def shortened(some: list[str]) -> str:
        return " ".join(random_.choice(SHORT.get(word.lower(), (word,))) for word in some)

    found = [" ".join(wrong), shortened(words), shortened(wrong)]
    if len(words) > 1 and not words[-1].isdigit():
        found.append(" ".join(words[1:] + words[:1]))
    return found


def cases() -> list[tuple[str, str, str]]:
    random_ = random.Random(11)
    found = list(BY_HAND)
    for name, adapter in ADAPTERS.items():
        known = known_names(adapter.manifest, {})
        for column in adapter.manifest.columns:
            for alias in (column.name, *column.aliases[:2]):
                found += [(name, each, column.name) for each in misspelt(random_, alias) if plain(each) not in known]
    return found


def test_the_right_column_comes_first_and_no_sure_one_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    right = sure = 0
    everything = cases()
    wrong = []
    for adapter, header, column in everything:
        found = suggest(ADAPTERS[adapter].manifest, [header], (), {})[0]
        right += found.column == column
        sure += found.is_sure
        if found.column != column:
            wrong.append((adapter, header, column, found.column, found.score))
    with capsys.disabled():
        share = right / len(everything)
        print(f"\nheaders: {right} of {len(everything)} right ({share:.1%}), {sure} sure, wrong: {wrong[:6]}")
    assert len(everything) > 500
    assert right >= 0.95 * len(everything)
    assert sure >= 0.8 * len(everything)
    assert [each for each in wrong if each[4] >= SURE] == []


@pytest.mark.parametrize("adapter", ["klinik_csv", "epuskesmas"])
def test_headers_of_other_things_are_never_sure(adapter: str) -> None:
    found = suggest(ADAPTERS[adapter].manifest, OTHER_THINGS, (), {})
    assert [(each.header, each.column, each.score) for each in found if each.is_sure] == []


@pytest.mark.parametrize(
    ("header", "values", "column"),
    [
        ("Nomor Induk", ["6371014509909001", "6371012102889015", "6371050107629012"], "nik"),
        ("Tgl", ["01/02/2026", "02/02/2026", "03/02/2026"], "tanggal_kunjungan"),
    ],
)
def test_values_help(header: str, values: list[str], column: str) -> None:
    manifest = ADAPTERS["klinik_csv"].manifest
    with_values = suggest(manifest, [header], (), {header: values})[0]
    against = suggest(manifest, [header], (), {header: ["abc", "def", "ghi"]})[0]
    assert with_values.column == column
    assert with_values.score > against.score or against.column != column


def test_each_column_is_suggested_once_and_filled_ones_never() -> None:
    manifest = ADAPTERS["klinik_csv"].manifest
    found = suggest(manifest, ["Tgl Lhir", "Tanggal Lahirr", "Nma Pasien"], ["nama_pasien"], {})
    columns = [each.column for each in found if each.column]
    assert len(set(columns)) == len(columns)
    assert "nama_pasien" not in columns


def test_a_file_shows_its_suggestions_and_applies_none() -> None:
    header = "no_kunjungan;tanggal_kunjungan;Nma Pasien;jenis_kelamin;Tgl Lhir;NIK Pasien X;xyz"
    rows = [f"K-{n};0{n}/11/2026;Siti Contoh;P;0{n}/01/1990;637101410190900{n};q" for n in range(1, 6)]
    facility = Facility(1, "klinik-uji", "Klinik Uji")
    table = read_file(ADAPTERS["klinik_csv"], "\n".join((header, *rows)).encode(), "x.csv", facility)
    assert table.records == []
    assert {issue.code for issue in table.issues if issue.severity == "error"} == {"HUB-2007"}
    found = {each.header: each for each in table.suggestions}
    assert set(found) == {"Nma Pasien", "Tgl Lhir", "NIK Pasien X", "xyz"}
    assert (found["Nma Pasien"].column, found["Tgl Lhir"].column, found["NIK Pasien X"].column) == (
        "nama_pasien",
        "tanggal_lahir",
        "nik",
    )
    assert found["Tgl Lhir"].examples == ("99/99/9999",)
    assert found["Tgl Lhir"].reason == ("name", "value")
    assert (found["xyz"].column, found["xyz"].score) == ("", 0.0)
    assert "Siti" not in repr(table.suggestions)


def test_json_rows_get_suggestions_too() -> None:
    row = {"no_kunjungan": "K-1", "tanggal_kunjungan": "01/11/2026", "Nma Pasien": "Siti", "jenis_kelamin": "P"}
    table = read_json(ADAPTERS["klinik_csv"], json.dumps([row]).encode())
    assert [(each.header, each.column) for each in table.suggestions] == [("Nma Pasien", "nama_pasien")]


def test_a_file_without_any_known_header_still_gets_suggestions() -> None:
    lines = ["Klinik Uji;;", "Nomer Kunjgan;Tgl Kunjgan;Nma Pasein;Jns Klmn;Tgl Lhir"]
    lines += [f"K-{n};0{n}/11/2026;Siti Contoh;P;0{n}/01/1990" for n in range(1, 6)]
    facility = Facility(1, "klinik-uji", "Klinik Uji")
    table = read_file(ADAPTERS["klinik_csv"], "\n".join(lines).encode(), "x.csv", facility)
    assert [issue.code for issue in table.issues] == ["HUB-2006"]
    assert [each.column for each in table.suggestions] == [
        "no_kunjungan",
        "tanggal_kunjungan",
        "nama_pasien",
        "jenis_kelamin",
        "tanggal_lahir",
    ]


def test_rows_of_data_are_never_offered_as_headers() -> None:
    lines = [f"K-10{n};0{n}/11/2026;Siti Contoh;P;0{n}/01/1990;Pekauman" for n in range(1, 9)]
    facility = Facility(1, "klinik-uji", "Klinik Uji")
    table = read_file(ADAPTERS["klinik_csv"], "\n".join(lines).encode(), "x.csv", facility)
    assert table.suggestions == ()


@given(st.text(max_size=60))
def test_shapes_show_nothing_of_a_value(value: str) -> None:
    shape = masked(value)
    assert len(shape) <= 25
    assert not {letter for letter in shape if letter.isalpha()} - set("aA")
    assert not {letter for letter in shape if letter.isdecimal()} - set("9")


@given(st.lists(st.text(max_size=30), max_size=6, unique=True))
def test_any_header_gets_an_answer(headers: list[str]) -> None:
    found = suggest(ADAPTERS["klinik_csv"].manifest, headers, (), {})
    assert [each.header for each in found] == headers
    assert all(0.0 <= each.score <= 1.0 and bool(each.column) == bool(each.score) for each in found)


@given(st.sampled_from(["Tanggal Lahir", "nama_pasien", "Diagnosa 2", "No. HP"]), st.sampled_from([" ", "_", ".", "-"]))
def test_signs_and_case_do_not_count(name: str, sign: str) -> None:
    assert words_of(name) == words_of(re.sub(r"[ _.]+", sign, name).upper())


def test_looks() -> None:
    day, choice = Column("x", "date"), Column("x", "choice", allowed=("L", "P"))
    assert looks_like(day, ["01/02/2026", "2026-01-02", "3 Mar 2026"]) is True
    assert looks_like(day, ["a", "b", "c"]) is False
    assert looks_like(day, ["01/02/2026"]) is None
    assert looks_like(choice, ["L", "P", "P", "L"]) is True
    assert looks_like(choice, [f"nama {n}" for n in range(20)]) is False
