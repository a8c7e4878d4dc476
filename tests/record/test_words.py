import csv
import json
import tomllib
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from hub.record import words
from hub.record.dates import city_day, in_words, moment_in_words

DATA = files("hub.record").joinpath("data")
NAMES = files("hub.fhir.terminology").joinpath("names")


@pytest.mark.parametrize(
    "table",
    [
        DATA.joinpath("observations.csv"),
        DATA.joinpath("answers.csv"),
        NAMES.joinpath("icd-10.csv"),
        NAMES.joinpath("icd-9-cm.csv"),
    ],
    ids=lambda table: table.name,
)
def test_every_code_has_both_languages_once(table):
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert all(row["id"].strip() and row["en"].strip() and None not in row for row in rows)
    assert len({row["code"] for row in rows}) == len(rows)


def test_every_word_has_both_languages():
    sections = tomllib.loads(DATA.joinpath("words.toml").read_text(encoding="utf-8"))
    assert all(set(entry) == {"id", "en"} for section in sections.values() for entry in section.values())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("J06.9", "Batuk pilek (ISPA)"),
        ("j06.9", "Batuk pilek (ISPA)"),
        ("J06.8", "Batuk pilek (ISPA)"),
        ("M54.5", "Nyeri pinggang bawah"),
        ("M54.9", "Nyeri punggung atau leher"),
        ("A18.0†", "TBC di luar paru"),
        ("XXX", ""),
        ("", ""),
    ],
)
def test_diagnoses_fall_back_to_their_category(code, expected):
    assert words.diagnosis(code, "id") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3x1", "3 kali sehari, tiap kali 1"),
        ("3 X 1/2 ac", "3 kali sehari, tiap kali 1/2, sebelum makan"),
        ("2 dd 1 p.c.", "2 kali sehari, tiap kali 1, sesudah makan"),
        ("3x1 tablet", "3 kali sehari, tiap kali 1 tablet"),
        ("S 2dd1", "2 kali sehari, tiap kali 1"),
        ("1 x 1 malam", "1 kali sehari, tiap kali 1, malam"),
        ("3 x 1 sebelum makan", "3 kali sehari, tiap kali 1, sebelum makan"),
        ("oles tipis", "oles tipis"),
        ("", ""),
    ],
)
def test_dosage_in_plain_words(text, expected):
    assert words.dosage(text, "id") == expected


def test_dosage_in_english_leaves_no_indonesian_word_that_is_known():
    assert words.dosage("1 x 1 malam", "en") == "1× a day, 1 each time, at night"


@pytest.mark.parametrize(
    ("text", "day", "shown"),
    [
        ("2026-11-22T17:00:00Z", "2026-11-23", "23 November 2026"),
        ("2026-11-22T10:00:00+08:00", "2026-11-22", "22 November 2026"),
        ("2026-08-02", "2026-08-02", "2 Agustus 2026"),
        ("2026-08", "2026-08", "Agustus 2026"),
        ("2026", "2026", "2026"),
        (None, "", "tanggal tidak tercatat"),
    ],
)
def test_days_are_city_days_in_words(text, day, shown):
    assert city_day(text) == day
    assert in_words(day, "id") == shown


def test_a_moment_names_its_zone(made_ms):
    assert moment_in_words(made_ms, "id") == "22 November 2026 10.15 WITA"
    assert moment_in_words(made_ms, "en") == "22 November 2026 10:15 WITA"


@pytest.mark.parametrize(
    ("value", "indonesian", "english"),
    [
        (284200, "284.200", "284,200"),
        (Decimal("1.2E+4"), "12.000", "12,000"),
        (Decimal("-1234.50"), "-1.234,50", "-1,234.50"),
        (Decimal("36.5"), "36,5", "36.5"),
        ("999", "999", "999"),
        ("1/2", "1/2", "1/2"),
    ],
)
def test_numbers_are_written_as_the_language_does(value, indonesian, english):
    assert (words.number(value, "id"), words.number(value, "en")) == (indonesian, english)


@pytest.mark.parametrize(
    ("written", "indonesian", "english"),
    [
        ("Negatif", "negatif", "negative"),
        ("POSITIVE", "positif", "positive"),
        ("Non  Reaktif", "nonreaktif", "non-reactive"),
        ("Reactive", "reaktif", "reactive"),
        ("Ya", "Ya", "Yes"),
        ("tidak", "Tidak", "No"),
        ("sel gada", "", ""),
    ],
)
def test_answers_are_known_in_both_languages(written, indonesian, english):
    assert (words.answer("", written, "id"), words.answer("", written, "en")) == (indonesian, english)


def test_what_senders_write_names_one_measurement():
    rows = list(csv.DictReader(DATA.joinpath("observations.csv").read_text(encoding="utf-8").splitlines()))
    written = [text for row in rows for text in row["written"].split("|") if text]
    assert len(set(written)) == len(written)
    assert words.observation("", "Limfosit", "en") == "Lymphocytes"


def test_units_that_only_annotate_are_not_shown():
    assert words.unit("{score}", "{score}", "id") == ""
    assert words.unit("{score}", "/10", "id") == "/10"
    assert words.unit("g/dL", "gr%", "id") == "gr%"


@pytest.mark.parametrize("adapter", ["simrs_khanza", "epuskesmas", "klinik_csv"])
def test_every_code_that_an_adapter_sends_has_plain_words(adapter):
    folder = Path(__file__).parents[2] / "adapters" / adapter
    rows = csv.DictReader(folder.joinpath("codes.csv").read_text(encoding="utf-8").splitlines())
    codes = {row["code"] for row in rows if row["kind"].startswith("lab")}
    for golden in folder.joinpath("golden").iterdir():
        codes |= set(_observed(json.loads(golden.read_text(encoding="utf-8"))))
    assert codes
    assert [code for code in codes if not words.observation(code, "", "id")] == []


def _observed(value):
    """The LOINC codes of every Observation inside."""
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _observed(inner)
    if isinstance(value, dict) and value.get("resourceType") == "Observation":
        for part in [value, *value.get("component", ())]:
            for coding in part["code"].get("coding", ()):
                if coding["system"] == "http://loinc.org":
                    yield coding["code"]
