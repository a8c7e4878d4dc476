"""What `_summary` and `_elements` leave of a resource, held against the official definitions."""

from pathlib import Path
from typing import Any

import pytest

from hub.fhir import RESOURCE_TYPES, json, type_definition
from hub.fhir.definitions import table
from hub.fhir.derive.package import read_package
from hub.fhir.derive.summary import summary_elements
from hub.fhir.trimming import SUBSETTED, mandatory, trimmed
from hub.validation import check_resource

PACKAGE = Path(__file__).parents[3] / "shared/data/r4/hl7.fhir.r4.core-4.0.1.tgz"
OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "1",
    "meta": {"versionId": "1", "tag": [{"system": "urn:a", "code": "b"}]},
    "implicitRules": "urn:rules",
    "language": "id",
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">a</div>'},
    "extension": [{"url": "urn:e", "valueCode": "x"}],
    "modifierExtension": [{"url": "urn:m", "valueCode": "y"}],
    "status": "final",
    "_status": {"id": "s"},
    "category": [{"text": "a"}],
    "code": {"id": "c", "coding": [{"system": "urn:s", "code": "c", "extension": [{"url": "urn:x"}]}], "text": "t"},
    "_effectiveDateTime": {"extension": [{"url": "urn:absent", "valueCode": "unknown"}]},
    "valueQuantity": {"value": 1, "unit": "kg"},
    "note": [{"text": "n"}],
    "referenceRange": [{"text": "r"}],
    "component": [{"code": {"text": "k"}, "valueString": "v", "referenceRange": [{"text": "r"}]}],
}
TAGGED = {"versionId": "1", "tag": [{"system": "urn:a", "code": "b"}, SUBSETTED]}
MARKS = {"resourceType", "id", "meta", "implicitRules", "modifierExtension", "status", "code"}


def test_a_summary_holds_the_summary_elements_in_data_types_too():
    found = trimmed(OBSERVATION, "true")
    assert set(found) == MARKS | {"_effectiveDateTime", "valueQuantity", "component"}
    assert found["code"] == {"coding": [{"system": "urn:s", "code": "c"}], "text": "t"}
    assert found["component"] == [{"code": {"text": "k"}, "valueString": "v"}]
    assert found["meta"] == TAGGED


@pytest.mark.parametrize(
    ("summary", "elements", "kept"),
    [
        ("text", (), MARKS | {"_status", "text"}),
        ("data", (), set(OBSERVATION) - {"text"}),
        ("false", ("value", "note"), MARKS | {"_status", "valueQuantity", "note"}),
        ("false", ("valueQuantity",), MARKS | {"_status", "valueQuantity"}),
        ("false", ("Observation.effective",), MARKS | {"_status", "_effectiveDateTime"}),
        ("true", ("note",), MARKS | {"_status", "note"}),
        ("false", ("nothing",), MARKS | {"_status"}),
    ],
)
def test_elements_text_and_data(summary, elements, kept):
    found = trimmed(OBSERVATION, summary, elements)
    assert set(found) == kept
    assert found["meta"] == TAGGED
    assert all(found[name] == OBSERVATION[name] for name in kept - {"meta"})


@pytest.mark.parametrize("summary", ["false", "count"])
def test_nothing_asked_nothing_trimmed(summary):
    assert trimmed(OBSERVATION, summary) == OBSERVATION


def test_the_original_is_left_alone():
    before = json.write(OBSERVATION)
    for summary in ("true", "text", "data"):
        trimmed(OBSERVATION, summary)
    assert json.write(OBSERVATION) == before


def test_official_examples_stay_valid_but_for_what_is_referred_to_inside():
    """What is trimmed is a resource of its type still: contained resources apart, which a summary does not hold."""
    seen = 0
    for resource in read_package(PACKAGE)["SearchParameter"][:200]:
        if any(issue.severity == "error" for issue in check_resource(resource)):
            continue
        for summary in ("true", "text", "data"):
            seen += 1
            left = trimmed(resource, summary)
            assert not [i for i in check_resource(left) if i.severity == "error"], (resource["id"], summary)
    assert seen > 300


def test_the_summary_table_is_what_the_package_says():
    structures = read_package(PACKAGE)["StructureDefinition"]
    derived = summary_elements(structures, table()["types"])
    for structure in structures:
        if structure["id"] not in RESOURCE_TYPES or structure.get("derivation") == "constraint":
            continue
        type_ = structure["id"]
        for element in structure["snapshot"]["element"]:
            holder, _, name = element["path"].rpartition(".")
            if holder == type_ and element["max"] != "0" and not name.endswith("[x]"):
                assert (name in derived[type_]) == element.get("isSummary", False), element["path"]
                assert (name in mandatory(type_)) == (element["min"] > 0), element["path"]
        assert set(derived[type_]) <= type_definition(type_)["elements"].keys()
