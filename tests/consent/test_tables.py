"""The label tables as data: well formed, without contradictions, and matched as they are meant."""

import pytest

from hub.consent.codes import judge
from hub.consent.words import names_something_ordinary, sensitivities, table, tokens_of

KNOWN = {"HIV", "PSY", "ETH", "SDV", "SEX", "STD"}
ICD10 = "http://hl7.org/fhir/sid/icd-10"
ICD9 = "http://hl7.org/fhir/sid/icd-9-cm"
ATC = "http://www.whocc.no/atc"


def test_codes_are_well_formed():
    rows = table("codes")
    assert all(set(row["labels"].split()) <= KNOWN and row["meaning"] and row["source"] for row in rows)
    assert len({(r["system"], r["codes"]) for r in rows}) == len(rows)
    for row in rows:
        if row["system"] in ("icd10", "icd9cm", "atc"):
            first, _, last = row["codes"].partition("-")
            assert not last or (first[0] == last[0] and first <= last)


def test_words_are_folded_as_texts_are():
    for row in table("words"):
        assert set(row["labels"].split()) <= KNOWN
        for entry in row["words"].split(";"):
            assert " ".join(tokens_of(entry.rstrip("*"))) == entry.rstrip("*")
            assert not entry.endswith("*") or len(entry.split()[-1]) > 3


def test_no_ordinary_word_is_sensitive():
    words = [w for row in table("ordinary") if row["kind"] not in ("loinc", "snomed") for w in row["words"].split(";")]
    assert [word for word in words if sensitivities(word)] == []
    assert all(names_something_ordinary(word) for word in words)


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        (ICD10, "B20", "HIV"), (ICD10, "B24.9", "HIV"), (ICD10, "B25", ""), (ICD10, "B19", ""), (ICD10, "A49.9", ""),
        (ICD10, "A50", "STD"), (ICD10, "A649", "STD"), (ICD10, "A65", ""), (ICD10, "F10.1", "ETH"),
        (ICD10, "F20", "PSY"),
        (ICD10, "F09", "PSY"), (ICD10, "Z29.9", ""), (ICD10, "Z39.2", "SEX"), (ICD10, "Z40", ""),
        (ICD10, "T74.1", "SDV"),
        (ICD10, "K29.2", "ETH"), (ICD10, "K29.7", ""), (ICD10, "K29", ""), (ICD10, "R78.6", ""),
        (ICD9, "94.19", "PSY"), (ICD9, "94.65", "ETH"), (ICD9, "94.7", ""), (ICD9, "301.1", "PSY"),
        (ICD9, "300", "PSY"),
        (ICD9, "304.9", "ETH"), (ICD9, "401.9", ""), (ICD9, "69.7", "SEX"), (ICD9, "99.04", ""),
        (ATC, "J05AF06", "HIV"), (ATC, "J05AB11", ""), (ATC, "J05AX12", "HIV"), (ATC, "N06DA02", "PSY"),
        (ATC, "N02BE01", ""),
    ],
)  # fmt: skip
def test_ranges(system, code, expected):
    found, is_understood = judge(system, code, None)
    assert found == set(expected.split())
    assert is_understood


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HIV/AIDS", "HIV"), ("Anti-HIV (reaktif)", "HIV"), ("H.I.V.", "HIV"), ("terapi antiretroviral", "HIV"),
        ("PSIKIATRI", "PSY"), ("dr. Ani, Sp.KJ", "PSY"), ("riwayat kekerasan seksual", "SDV"), ("pil KB", "SEX"),
        ("Poli KIA / KB", ""), ("jenis kelamin: P", ""), ("ST depression V1-V3", ""), ("alkohol 70%", ""),
        ("peminum alkohol", "ETH"), ("kapas alkohol untuk pemabuk alkohol", "ETH"), ("bipolár", "PSY"), ("demam", ""),
        ("", ""), ("mabuk laut", ""), ("depo progestin", "SEX"), ("nonalcoholic steatohepatitis", ""),
    ],
)  # fmt: skip
def test_words(text, expected):
    assert sensitivities(text) == set(expected.split())
