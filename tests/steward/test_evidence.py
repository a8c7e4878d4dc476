"""The comparison a steward reads: no blank cell, no raw class or rule, and strength in words."""

import csv
from importlib.resources import files
from typing import Any

import pytest

from hub.access.faces import covered_pair, face_of
from hub.fhir.systems import NIK, NIK_IBU
from hub.identity import Match, class_words, demographics, feature_words, judge
from hub.web.call import Lang
from hub.web.evidence import reasons, rows
from hub.web.language import translator


def patient(nik: str, phone: str, mother: str = "") -> dict[str, Any]:
    numbers = [{"system": NIK, "value": nik}] + ([{"system": NIK_IBU, "value": mother}] if mother else [])
    return {
        "resourceType": "Patient",
        "identifier": numbers,
        "name": [{"text": "Noorhalimah Rusdiana"}],
        "birthDate": "1990-09-05",
        "gender": "female",
        "telecom": [{"system": "phone", "value": phone}],
    }


def compared(one: dict[str, Any], other: dict[str, Any], lang: Lang) -> dict[str, tuple[str, bool]]:
    faces = covered_pair(face_of("a", "x", one), face_of("b", "y", other))
    found = rows(faces, judge(demographics(one), demographics(other)), lang)
    assert all(row.words for row in found)
    return {row.title: (row.words, row.is_different) for row in found}


def test_covered_numbers_are_compared_in_words():
    one = patient("6371014509900001", "081251234567", "6371014101650003")
    other = patient("6371014509900001", "085712345678", "6371014101650003")
    found = compared(one, other, "id")
    assert (found["nik"], found["phones"]) == (("sama", False), ("berbeda", True))
    assert found["mother_nik"] == ("sama", False)
    assert found["bpjs"] == ("tidak diketahui", False)


def test_the_mothers_nik_is_a_line_only_where_somebody_sent_it():
    one, other = patient("6371014509900001", "081251234567"), patient("6371014509900001", "081251234567")
    assert "mother_nik" not in compared(one, other, "en")


def test_the_mothers_nik_is_covered():
    one = patient("6371014509900001", "081251234567", "6371014101650003")
    other = patient("6371014509900001", "081251234567", "6371024303700004")
    shown = [face.mother_nik for face in covered_pair(face_of("a", "x", one), face_of("b", "y", other))]
    assert shown == ["•" * 12 + "0003", "•" * 12 + "0004"]


@pytest.mark.parametrize(
    ("bits", "words", "shown"),
    [
        (12.3, "mendukung kuat", "+12,3"),
        (1.5, "mendukung", "+1,5"),
        (0.1, "tidak berarti", "+0,1"),
        (-8.0, "menentang", "−8,0"),
    ],
)
def test_strength_is_a_word(bits, words, shown):
    (reason,) = reasons(Match("unsure", 0.5, (("name", "same", bits), ("nik", "unknown", 0.0)), "twin"), "id")
    assert (translator("id")(f"steward.strength.{reason.strength}"), reason.bits) == (words, shown)
    assert (reason.feature, reason.words) == ("Nama", "sama")


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_feature_and_class_has_words(lang):
    rows_ = csv.DictReader(files("hub.identity").joinpath("weights.csv").read_text(encoding="utf-8").splitlines())
    for row in rows_:
        if row["feature"] != "prior":
            assert feature_words(row["feature"], lang)
            assert class_words(row["class"], lang)
