"""hub.fhir.definitions: the derived data are what the official package says, and their order is frozen."""

from pathlib import Path

import pytest
import zstandard

from hub.fhir import RESOURCE_TYPES, is_a, search_parameters, table, type_definition, type_name, type_number
from hub.fhir.derive.__main__ import TARGET, derive
from hub.fhir.derive.codes import CodeBook
from hub.fhir.path import PathSyntaxError, compile_path
from tests.conftest import not_run

PACKAGE = Path(__file__).parents[2].parent / "shared" / "data" / "r4" / "hl7.fhir.r4.core-4.0.1.tgz"


def test_numbers_of_types_never_change() -> None:
    assert len(RESOURCE_TYPES) == 146
    frozen = {
        "Account": 1,
        "Bundle": 12,
        "Condition": 28,
        "Encounter": 44,
        "Observation": 96,
        "Patient": 103,
        "VisionPrescription": 146,
    }
    assert {name: type_number(name) for name in frozen} == frozen
    assert all(type_name(type_number(name)) == name for name in RESOURCE_TYPES)
    for unknown in (0, 147):
        with pytest.raises(IndexError):
            type_name(unknown)
    with pytest.raises(KeyError):
        type_number("Resource")


def test_definitions_hold_what_the_standard_says() -> None:
    contact = type_definition("Patient.contact")
    assert contact["constraints"] == ["pat-1"]
    assert contact["elements"]["organization"] == {"type": "Reference", "targets": ["Organization"]}
    assert type_definition("Observation")["elements"]["code"]["min"] == 1
    assert type_definition("Dosage.doseAndRate")["choices"]["dose"]["names"] == ["doseRange", "doseQuantity"]
    assert table()["codes"]["http://hl7.org/fhir/ValueSet/administrative-gender"] == {
        "http://hl7.org/fhir/administrative-gender": ["male", "female", "other", "unknown"]
    }
    assert is_a("Patient", "DomainResource")
    assert is_a("id", "string")
    assert not is_a("Bundle", "DomainResource")


def test_search_parameters_are_complete() -> None:
    found = search_parameters()
    assert len(found) > 1350
    by_name = {(base, each["code"]): each for each in found for base in each["base"]}
    assert by_name["Observation", "code"]["type"] == "token"
    assert "Patient" in by_name["Encounter", "patient"]["target"]
    assert by_name["Resource", "_lastUpdated"]["expression"] == "Resource.meta.lastUpdated"
    bases = {base for each in found for base in each["base"]}
    assert bases - set(RESOURCE_TYPES) == {"Resource"}


def test_nearly_all_constraints_compile() -> None:
    left = []
    for key, constraint in table()["constraints"].items():
        try:
            compile_path(constraint["expression"])
        except PathSyntaxError:
            left.append(key)
    assert sorted(left) == ["txt-1", "txt-2"]  # written by hand


def test_the_official_package_gives_these_very_bytes(tmp_path: Path) -> None:
    if not PACKAGE.exists():
        not_run("official R4 package (../shared/data/r4)")
    derive(PACKAGE, tmp_path)
    for name in ("types.json", "search.json", "compartments.json"):
        assert (tmp_path / name).read_bytes() == (TARGET / name).read_bytes()
    packed = [folder / "terminology.jsonl.zst" for folder in (tmp_path, TARGET)]
    made, shipped = (zstandard.ZstdDecompressor().decompress(each.read_bytes()) for each in packed)
    assert made == shipped
    assert packed[1].stat().st_size < 1 << 20


def test_value_sets_are_expanded() -> None:
    system = {
        "url": "s",
        "content": "complete",
        "concept": [
            {"code": "a", "concept": [{"code": "b"}]},
            {"code": "c", "property": [{"code": "parent", "valueCode": "b"}]},
        ],
    }

    def expanded(*include: dict[str, object], exclude: tuple[dict[str, object], ...] = ()) -> object:
        return CodeBook([system], [{"url": "v", "compose": {"include": include, "exclude": exclude}}]).expand("v|1")

    assert expanded({"system": "s"}) == {"s": ["a", "b", "c"]}
    assert expanded({"system": "s", "filter": [{"property": "concept", "op": "is-a", "value": "a"}]}) == {
        "s": ["a", "b", "c"]
    }
    assert expanded({"system": "s", "filter": [{"property": "concept", "op": "is-not-a", "value": "b"}]}) == {
        "s": ["a"]
    }
    assert expanded({"system": "s", "filter": [{"property": "concept", "op": "descendent-of", "value": "b"}]}) == {
        "s": ["c"]
    }
    assert expanded({"system": "s"}, exclude=({"system": "s", "concept": [{"code": "a"}]},)) == {"s": ["b", "c"]}
    assert expanded({"system": "elsewhere"}) is None
    assert expanded({"system": "s", "filter": [{"property": "x", "op": "regex", "value": "a"}]}) is None
