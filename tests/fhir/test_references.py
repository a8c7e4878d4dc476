"""hub.fhir.references: every Reference of a tree, and only those."""

import copy

import pytest

from hub.fhir import Reference, parse_conditional, parse_reference, references


def test_all_references_are_found_and_can_be_rewritten() -> None:
    resource = {
        "resourceType": "Immunization",
        "patient": {"reference": "Patient/1", "display": "x"},
        "performer": [{"actor": {"reference": "urn:uuid:2", "type": "Practitioner"}}],
        "education": [{"reference": "https://example.id/leaflet"}],
        "extension": [{"url": "x", "valueReference": {"reference": "Group/3"}}],
        "contained": [{"resourceType": "Condition", "subject": {"reference": "#"}, "note": [{"text": "reference"}]}],
        "protocolApplied": [{"authority": {"identifier": {"value": "7"}}}],
    }
    expression = {"language": "text/cql", "reference": "https://example.id/library"}
    before = copy.deepcopy(resource)
    assert sorted(text for _, text in references(resource)) == ["#", "Group/3", "Patient/1", "urn:uuid:2"]
    assert list(references({"condition": expression})) == []
    for holder, text in references(resource):
        holder["reference"] = text.replace("Patient/1", "Patient/9")
    assert resource["patient"]["reference"] == "Patient/9"  # type: ignore[index]
    assert resource["education"] == before["education"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patient/1", Reference("Patient", "1", None)),
        ("Patient/a-1.b/_history/3", Reference("Patient", "a-1.b", "3")),
        ("Pasien/1", None),
        ("Patient/", None),
        ("Patient/1/", None),
        ("Patient/" + "x" * 65, None),
        ("https://x.id/Patient/1", None),
        ("#1", None),
        ("Patient?identifier=a|b", None),
        ("Patient/1\n", None),
    ],
)
def test_parse_reference(text: str, expected: Reference | None) -> None:
    assert parse_reference(text) == expected


def test_parse_conditional() -> None:
    assert parse_conditional("Patient?identifier=https://x.id/a|b") == ("Patient", "identifier=https://x.id/a|b")
    assert parse_conditional("Patient/1") is None
    assert parse_conditional("Pasien?a=b") is None
