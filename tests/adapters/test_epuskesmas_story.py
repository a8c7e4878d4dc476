"""The puskesmas' report: habits, allergies, pregnancy, immunisations, notes, and prescriptions taken apart or kept."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.test_epuskesmas import ADAPTER, MAN, codes, of, read

PRESCRIPTION = sys.modules[ADAPTER.map.__module__.rpartition(".")[0] + ".prescription"]


@pytest.mark.parametrize(
    ("cells", "coding"),
    [
        ({"merokok": "Ya"}, "77176002"),
        ({"merokok": "0"}, "8392000"),
        ({"alkohol": "Tidak"}, "N"),
        ({"kurang_sayur_buah": "Ya"}, "Y"),
        ({"merokok": "1 bungkus/hari"}, None),
    ],
)
def test_habits(cells: dict[str, str], coding: str | None) -> None:
    found = of(read(**cells), "Observation")[0]
    assert found["category"][0]["coding"][0]["code"] == "social-history"
    assert found["valueCodeableConcept"]["text"] == next(iter(cells.values()))
    assert [each["code"] for each in found["valueCodeableConcept"].get("coding", [])] == ([coding] if coding else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tidak ada", [("Tidak ada", "716186003", None)]),
        ("Tidak ada riwayat alergi", [("Tidak ada riwayat alergi", "716186003", None)]),
        ("Obat: amoksisilin; Makanan: udang", [("amoksisilin", "J01CA04", "medication"), ("udang", None, "food")]),
        ("debu, telur", [("debu", "260147004", None), ("telur", "102263004", None)]),
        ("udang, muncul gatal-gatal", [("udang, muncul gatal-gatal", None, None)]),
        ("Obat: tidak ada; Makanan: susu", [("susu", "3718001", "food")]),
    ],
)
def test_allergies(text: str, expected: list[tuple[str, str | None, str | None]]) -> None:
    found = [
        (
            each["code"]["text"],
            next((c["code"] for c in each["code"].get("coding", ())), None),
            next(iter(each.get("category", ())), None),
        )
        for each in of(read(alergi=text), "AllergyIntolerance")
    ]
    assert found == expected


@pytest.mark.parametrize(
    ("cells", "weeks"),
    [
        ({"keterangan": "G2P1A0 hamil 28 minggu"}, "28"),
        ({"soap_o": "UK 12 mg, DJJ (+)"}, "12"),
        ({"keterangan": "tidak hamil 3 minggu ini"}, None),
        ({"keterangan": "riwayat hamil 8 minggu keguguran"}, None),
        ({"keterangan": "hamil"}, None),
        ({"keterangan": "hamil 28 minggu", **MAN}, None),
        ({"resep": "Asam folat 400 mcg 1 x 1"}, None),
    ],
)
def test_pregnancy_only_where_its_weeks_are_written(cells: dict[str, str], weeks: str | None) -> None:
    found = {each["code"]["text"]: each for each in of(read(**cells), "Observation") if "text" in each["code"]}
    assert ("Status kehamilan" in found) == (weeks is not None)
    if weeks:
        assert str(found["Usia kehamilan"]["valueQuantity"]["value"]) == weeks


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"tindakan": "Imunisasi DPT-HB-Hib 1; Imunisasi Polio 2"}, [("102", 1), ("89", 2)]),
        ({"tindakan": "Imunisasi BCG, Imunisasi Polio Oral 1"}, [("19", None), ("182", 1)]),
        ({"keterangan": "vaksin MR dosis 1"}, [("04", 1)]),
        ({"keterangan": "imunisasi dasar lengkap di posyandu"}, []),
        ({"soap_s": "Imunisasi BCG"}, []),
    ],
)
def test_immunisations_only_as_an_item_of_their_own(
    cells: dict[str, str], expected: list[tuple[str, int | None]]
) -> None:
    found = [
        (
            next((c["code"] for c in each["vaccineCode"].get("coding", ())), None),
            next((p["doseNumberPositiveInt"] for p in each.get("protocolApplied", ())), None),
        )
        for each in of(read(**cells), "Immunization")
    ]
    coded = [pair for pair in found if pair[0]]
    assert coded == expected


def test_procedures_with_and_without_a_code() -> None:
    outcome = read(tindakan="86.59 - Jahit luka; Konseling gizi")
    found = [
        (each["code"].get("coding", [{}])[0].get("code"), each["code"]["text"]) for each in of(outcome, "Procedure")
    ]
    assert found == [("86.59", "Jahit luka"), (None, "Konseling gizi")]


def test_the_note_carries_the_labels_of_its_diagnoses() -> None:
    outcome = read(soap_s="Kontrol", soap_p="Lanjut", rps="3 hari", edukasi="Istirahat", rujukan_internal="Dari KIA")
    note = of(outcome, "ClinicalImpression")[0]
    assert note["description"] == "Kontrol\nRPS: 3 hari"
    assert note["note"] == [{"text": "P: Lanjut\nEdukasi: Istirahat\nRujukan internal: Dari KIA"}]
    condition = of(outcome, "Condition")[0]["identifier"][0]
    assert note["problem"] == [{"reference": f"Condition?identifier={condition['system']}|{condition['value']}"}]
    assert of(read(rujukan_internal="Pendaftaran"), "ClinicalImpression") == []


# prescriptions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Parasetamol 500 mg (3 x 1 sesudah makan) 10 tablet", [("Parasetamol 500 mg", "3 x 1 sesudah makan", "10")]),
        ("Ambroksol 30 mg, 3 x 1, No. XV", [("Ambroksol 30 mg", "3 x 1", "15")]),
        ("R/ Parasetamol 500 mg No. X S 3 dd 1 pc", [("Parasetamol 500 mg", "3 dd 1 pc", "10")]),
        (
            "Oralit (tiap kali BAB cair) 6 sachet; Zink 1x1",
            [("Oralit", "tiap kali BAB cair", "6"), ("Zink", "1x1", None)],
        ),
        ("1. Amlodipin 1x1 malam 2. CTM 2 x 1", [("Amlodipin", "1x1 malam", None), ("CTM", "2 x 1", None)]),
        ("CTM 4 mg 3 x 1 tablet, GG 100 mg 3x1", [("CTM 4 mg", "3 x 1 tablet", None), ("GG 100 mg", "3x1", None)]),
        ("PCT sirup 120 mg/5 ml (3 x 1 sendok) 1 botol", [("PCT sirup 120 mg/5 ml", "3 x 1 sendok", "1")]),
        ("Hidrokortison krim 2,5% (2 x oles tipis) 1 tube", [("Hidrokortison krim 2,5%", "2 x oles tipis", "1")]),
        ("Vitamin C 50 mg 30 tablet", [("Vitamin C 50 mg", None, "30")]),
    ],
)
def test_prescriptions_taken_apart(text: str, expected: list[tuple[str, str | None, str | None]]) -> None:
    found = PRESCRIPTION.prescribed(text)
    assert [(p.name, p.directions, str(p.quantity.value) if p.quantity else None) for p in found] == expected
    assert not any(p.is_whole for p in found)


@pytest.mark.parametrize(
    "text",
    [
        "Parasetamol 500 mg 3x1 CTM 4 mg 3x1",
        "Parasetamol CTM GG m.f. pulv No. X S 3 dd 1",
        "Parasetamol 500 mg CTM 4 mg 3x1",
        "3 x 1 sesudah makan",
        "Parasetamol 500 mg (10 tablet) 3x1, lalu 2x1 bila demam 38",
        "lalu 2 x 1",
        "R/",
    ],
)
def test_prescriptions_kept_whole(text: str) -> None:
    found = PRESCRIPTION.prescribed(text)
    assert [(p.name, p.directions, p.quantity, p.is_whole) for p in found] == [(text, None, None, True)]
    outcome = read(resep=text)
    assert ("HUB-2280", "warning", "resep") in codes(outcome)
    request = of(outcome, "MedicationRequest")[0]
    assert request["medicationCodeableConcept"] == {"text": text}


@given(st.text(alphabet=st.sampled_from("aP 0123x/.,;()\n-RmgSsNoXV"), max_size=60))
def test_no_prescription_loses_a_letter(text: str) -> None:
    """Whatever is taken apart or not, each medicine's name stands in the cell and none is empty."""
    flat = " ".join(text.split())
    for each in PRESCRIPTION.prescribed(text):
        assert each.name
        assert each.name in flat
        assert each.directions is None or each.directions in flat


def test_a_newborns_name_is_temporary() -> None:
    outcome = read(nama_pasien="By Ny Siti", tgl_lahir="01-11-2026")
    assert of(outcome, "Patient")[0]["name"][0]["use"] == "temp"
