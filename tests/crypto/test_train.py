"""The training script: repeatable, synthetic, never overwriting."""

import json
from pathlib import Path

import pytest
import zstandard

from hub.crypto import train
from hub.crypto.codec import digested
from hub.crypto.invented import invented_records

BUNDLE = {
    "resourceType": "Bundle",
    "entry": [
        {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": "1"}},
        {
            "fullUrl": "urn:uuid:2",
            "resource": {"resourceType": "Claim", "id": "2", "patient": {"reference": "urn:uuid:1"}},
        },
    ],
}


def test_samples_look_like_stored_records(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(json.dumps(BUNDLE))
    mixed = [json.loads(sample) for sample in train.samples([tmp_path / "b.json"])]
    claim = next(record for record in mixed if record["resourceType"] == "Claim")
    assert claim["patient"]["reference"].startswith("Patient/")
    assert len(claim["id"]) == 32
    assert {
        "Patient",
        "Encounter",
        "Condition",
        "Observation",
        "Procedure",
        "MedicationRequest",
        "Provenance",
        "Consent",
    } <= {record["resourceType"] for record in mixed}


def test_invented_records_repeat_by_seed() -> None:
    assert list(invented_records(3, 5)) == list(invented_records(3, 5)) != list(invented_records(4, 5))


def test_a_dictionary_can_be_trained_and_used() -> None:
    dictionary = train.train(list(invented_records(8, 60)), 9, size=16 << 10)
    assert len(dictionary) <= 16 << 10
    assert digested(zstandard.ZstdCompressionDict(dictionary)).dict_id() == 9


def test_an_existing_dictionary_stays(capsys: pytest.CaptureFixture[str]) -> None:
    assert train.main(["--number", "1"]) == 1
    assert "stays" in capsys.readouterr().err
