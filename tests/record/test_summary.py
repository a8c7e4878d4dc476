import random

import pytest

from hub.record import author, summary


def test_one_person_from_two_facilities(resources, facilities):
    record = summary(resources, facilities, "id")
    assert record.person.name == "Siti <b>Aminah</b> & #panic()"
    assert (record.person.birth, record.person.sex) == ("5 September 1990", "Perempuan")
    assert record.person.nik == "6371014509900001"
    assert [group.facility for group in record.visits] == ["Klinik Teratai", "Klinik Bekantan"]
    assert [v.day for v in record.visits[0].visits] == ["2026-11-20", "2026-08-01"]
    assert [(u.facility, u.at_text) for u in record.updated] == [
        ("Klinik Teratai", "20 November 2026"),
        ("Klinik Bekantan", "10 November 2026"),
    ]


def test_plain_words_with_the_clinical_name_beside_them(resources, facilities):
    titles = {line.title: line for line in summary(resources, facilities, "id").diagnoses}
    assert titles["Batuk pilek (ISPA)"].detail == "Acute upper respiratory infection, unspecified"
    pressure = titles["Darah tinggi (hipertensi)"]
    assert (pressure.times, pressure.last, pressure.facilities) == (
        2,
        "2026-11-10",
        ("Klinik Bekantan", "Klinik Teratai"),
    )
    assert titles["Chromosomal abnormality, unspecified"].detail == ""
    english = {line.title for line in summary(resources, facilities, "en").diagnoses}
    assert {"High blood pressure", "Cold or cough (upper airway infection)"} <= english


def test_a_refuted_diagnosis_is_not_shown(resources, facilities):
    assert all("Kencing manis" not in line.title for line in summary(resources, facilities, "id").diagnoses)


def test_a_visit_holds_what_was_found_and_done(resources, facilities):
    visit = summary(resources, facilities, "id").visits[0].visits[0]
    assert (visit.day_text, visit.kind, visit.service, visit.complaint) == (
        "20 November 2026",
        "Rawat jalan",
        "Poli Umum",
        "batuk",
    )
    assert visit.practitioners == ("dr. Budi",)
    assert visit.diagnoses == ("Batuk pilek (ISPA) (J06.9)",)
    assert visit.procedures == ("Uap obat (nebulisasi)",)
    assert visit.medicines == ("Amoksisilin 500 mg, 3 kali sehari, tiap kali 1, sesudah makan",)
    assert "Tekanan darah: 130/85 mmHg" in visit.measures


def test_the_newest_measurement_counts_and_days_are_city_days(resources, facilities):
    vitals = {m.title: m for m in summary(resources, facilities, "id").vitals}
    assert (vitals["Tekanan darah"].value, vitals["Tekanan darah"].facility) == ("130/85 mmHg", "Klinik Teratai")
    assert (vitals["Suhu tubuh"].value, vitals["Suhu tubuh"].last) == ("36,5 °C", "2026-11-20")
    (sugar,) = summary(resources, facilities, "id").results
    assert (sugar.title, sugar.value, sugar.note) == (
        "Gula darah sewaktu",
        "142 mg/dL",
        "tinggi, nilai rujukan 70–140 mg/dL",
    )


def test_medicines_follow_references_and_allergies_name_their_danger(resources, facilities):
    record = summary(resources, facilities, "id")
    assert [m.title for m in record.medicines] == ["Amoksisilin 500 mg", "Amlodipin 5 mg"]
    (allergy,) = record.allergies
    assert (allergy.title, allergy.detail, allergy.status) == ("Penisilin", "gatal", "dapat berbahaya")


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_input_does_not_matter(resources, facilities, seed):
    expected = summary(resources, facilities, "id")
    random.Random(seed).shuffle(resources)
    assert summary(resources, facilities, "id") == expected


def test_nothing_at_all_is_a_summary_too(facilities):
    record = summary([], facilities, "id")
    assert (record.person.name, record.visits, record.allergies) == ("(tanpa nama)", (), ())


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ({"meta": {"source": "https://jukung.id/facility/klinik-teratai"}}, "klinik-teratai"),
        ({"meta": {"source": "klinik-teratai"}}, "klinik-teratai"),
        ({"meta": {"source": "urn:jukung:klinik-teratai#abc"}}, "klinik-teratai"),
        ({"identifier": [{"system": "https://jukung.id/sid/klinik-bekantan/pasien"}]}, "klinik-bekantan"),
        ({"identifier": {"system": "https://jukung.id/sid/klinik-bekantan/x"}}, "klinik-bekantan"),
        ({"meta": {"source": "https://jukung.id/facility/klinik"}}, ""),
        ({}, ""),
    ],
)
def test_the_author_of_a_resource(resource, expected, facilities):
    assert author(resource, facilities) == expected
