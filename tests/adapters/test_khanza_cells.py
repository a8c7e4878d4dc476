"""What the Khanza adapter makes of cells that people type: examinations, diagnoses, laboratory, pharmacy."""

import pytest

from tests.adapters.test_khanza_decisions import ADULT, BABY, CHILD, all_of, codes, mapped, one


def exam(**cells):
    return mapped(ralan=[{"tgl_perawatan": "2026-11-18", "jam_rawat": "08:10:00", **cells}])


@pytest.mark.parametrize(
    ("column", "text", "value", "code"),
    [
        ("suhu_tubuh", "36,5", 36.5, None),
        ("suhu_tubuh", "36.5 C", 36.5, None),
        ("suhu_tubuh", "-", None, None),
        ("suhu_tubuh", "", None, None),
        ("suhu_tubuh", "365", None, "HUB-2052"),
        ("nadi", "0", None, None),
        ("nadi", "abc", None, "HUB-2050"),
        ("spo2", "98%", 98, None),
        ("tinggi", "1,60 m", 160, None),
        ("berat", "65 kg", 65, None),
        ("lingkar_perut", "92", 92, None),
        ("gcs", "E4V5M6", 15, None),
        ("gcs", "2-1-4", 7, None),
        ("gcs", "456", 15, None),
        ("gcs", "15", 15, None),
        ("gcs", "99", None, "HUB-2052"),
    ],
)
def test_numbers_in_words(column, text, value, code):
    outcome = exam(**{column: text})
    found = [float(each["valueQuantity"]["value"]) for each in all_of(outcome, "Observation")]
    assert found == ([] if value is None else [value])
    assert codes(outcome) == ({code} if code else set())


@pytest.mark.parametrize(
    ("text", "values", "code"),
    [
        ("120/80", [120, 80], None),
        ("120 / 80", [120, 80], None),
        ("-", [], None),
        ("0/0", [], None),
        ("120", [], "HUB-2054"),
        ("80/120", [], "HUB-2055"),
    ],
)
def test_blood_pressure(text, values, code):
    outcome = exam(tensi=text)
    parts = [part for each in all_of(outcome, "Observation") for part in each["component"]]
    assert [int(part["valueQuantity"]["value"]) for part in parts] == values
    assert codes(outcome) == ({code} if code else set())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("-", []),
        ("Tidak diketahui", []),
        ("tidak ada", ["716186003"]),
        ("(-)", ["716186003"]),
        ("Disangkal", ["716186003"]),
        ("Amoxicillin", ["J01CA04"]),
        ("Alergi: Ibuprofen", ["M01AE01"]),
        ("udang dan telur", ["227151004", "102263004"]),
        ("debu rumah", [None]),
    ],
)
def test_allergies_in_words(text, found):
    allergies = all_of(exam(alergi=text), "AllergyIntolerance")
    assert [each["code"].get("coding", [{}])[0].get("code") for each in allergies] == found


def test_the_same_code_of_clinic_and_ward_is_one_condition():
    rows = [
        {"kd_penyakit": "A91", "status": "Ralan", "prioritas": "1", "status_penyakit": "Lama"},
        {"kd_penyakit": "A91", "status": "Ranap", "prioritas": "2", "status_penyakit": "Baru"},
        {"kd_penyakit": "D69.6", "status": "Ranap", "prioritas": "1", "status_penyakit": "Baru"},
    ]
    found = all_of(mapped(status_lanjut="Ranap", stts="Dirawat", diagnosa=rows), "Condition")
    assert [each["code"]["coding"][0]["code"] for each in found] == ["D69.6", "A91"]
    assert [each["identifier"][0]["value"].removeprefix("2026/11/18/000001/") for each in found] == [
        "ranap/1",
        "ralan/1",
    ]
    assert [each["extension"][0]["valueCode"] for each in found] == ["new", "new"]


def laboratory(panel="Kimia Klinik", person=ADULT, **result):
    session = {"kd_jenis_prw": "L1", "tgl_periksa": "2026-11-18", "jam": "09:00:00"}
    return mapped(
        **person,
        lab=[{**session, "nm_perawatan": panel, "kategori": "PK"}],
        hasil_lab=[{**session, "id_template": "7", **result}],
    )


RANGES = {
    "nilai_rujukan_ld": "0,7 - 1,3",
    "nilai_rujukan_la": "0,3 - 0,7",
    "nilai_rujukan_pd": "0,6 - 1,1",
    "nilai_rujukan_pa": "0,2 - 0,6",
}


@pytest.mark.parametrize(
    ("person", "printed", "text"),
    [
        (ADULT, "", "0,6 - 1,1"),
        (CHILD, "", "0,2 - 0,6"),
        ({**ADULT, "jk": "L"}, "", "0,7 - 1,3"),
        ({**CHILD, "jk": "L"}, "", "0,3 - 0,7"),
        (ADULT, "0,5 - 1,0", "0,5 - 1,0"),
    ],
)
def test_reference_range_of_sex_and_age(person, printed, text):
    outcome = laboratory(
        person=person, pemeriksaan="Kreatinin", nilai="1,2", satuan="mg/dL", nilai_rujukan=printed, **RANGES
    )
    (found,) = all_of(outcome, "Observation")
    assert found["referenceRange"][0]["text"] == text
    assert float(found["referenceRange"][0]["low"]["value"]) == float(text.split()[0].replace(",", "."))


@pytest.mark.parametrize(
    ("panel", "test", "nilai", "satuan", "loinc", "value"),
    [
        ("Darah Lengkap", "Leukosit", "8072", "/uL", "26464-8", 8072),
        ("Urin Lengkap", "Leukosit", "8 - 10", "/LPB", "5821-4", "8 - 10 /LPB"),
        ("Urin Lengkap", "Protein", "+1", "", "20454-5", "+1"),
        ("Analisa Gas Darah", "pH", "7,41", "", "2744-1", 7.41),
        ("Urin Lengkap", "pH", "6,5", "", "5803-2", 6.5),
        ("Kimia Klinik", "GDS", "243", "mg/dL", "2345-7", 243),
        ("Kimia Klinik", "GDS", "6,1", "mmol/L", None, 6.1),
        ("Feses Rutin", "Darah samar", "Negatif", "", "2335-8", "Negatif"),
        ("Feses Rutin", "Leukosit", "1", "/LPB", None, 1),
    ],
)
def test_the_panel_and_the_unit_tell_the_code(panel, test, nilai, satuan, loinc, value):
    (found,) = all_of(laboratory(panel, pemeriksaan=test, nilai=nilai, satuan=satuan), "Observation")
    assert found["code"].get("coding", [{}])[0].get("code") == loinc
    got = found["valueString"] if "valueString" in found else float(found["valueQuantity"]["value"])
    assert got == value


@pytest.mark.parametrize(
    ("nilai", "range_", "value", "code"),
    [
        ("148.000", "150000 - 440000", 148000, "HUB-2056"),
        ("4.500", "3,8 - 5,8", 4.5, "HUB-2056"),
        ("8.500", "", "8.500 /uL", "HUB-2082"),
    ],
)
def test_a_number_that_reads_two_ways(nilai, range_, value, code):
    outcome = laboratory("Darah Lengkap", pemeriksaan="Trombosit", nilai=nilai, satuan="/uL", nilai_rujukan=range_)
    (found,) = all_of(outcome, "Observation")
    got = found["valueString"] if "valueString" in found else float(found["valueQuantity"]["value"])
    assert got == value
    assert codes(outcome) == {code}


@pytest.mark.parametrize(("flag", "code"), [("H", "H"), ("L", "L"), ("T", "H"), ("-", None), ("lisis", None)])
def test_marks_of_the_laboratory(flag, code):
    (found,) = all_of(laboratory(pemeriksaan="GDS", nilai="243", satuan="mg/dL", keterangan=flag), "Observation")
    assert found.get("interpretation", [{"coding": [{"code": None}]}])[0]["coding"][0]["code"] == code
    assert ("note" in found) == (flag == "lisis")


def test_a_vaccine_handed_out_is_an_immunization():
    row = {"tgl_perawatan": "2026-11-18", "jam": "09:00:00", "kode_brng": "V1", "jml": "1", "no_batch": "HB-7"}
    outcome = mapped(**BABY, obat=[{**row, "nama_brng": "Uniject HB0", "kode_sat": "PCS"}])
    assert all_of(outcome, "MedicationDispense") == []
    found = one(outcome, "Immunization")
    assert (found["vaccineCode"]["coding"][0]["code"], found["lotNumber"]) == ("08", "HB-7")


def test_one_unreadable_cell_does_not_cost_the_visit_but_its_number_does():
    assert mapped(ralan=[{"tgl_perawatan": "kemarin", "suhu_tubuh": "panas"}]).mapped
    refused = mapped(no_rawat="20261118-1")
    assert refused.mapped == []
    assert codes(refused) == {"HUB-2256"}
