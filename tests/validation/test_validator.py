"""hub.validation.validator: what is valid passes, what is invalid is refused with its place; both tiers agree."""

import re
from collections import Counter
from typing import Any

import pytest

from hub.errors import text
from hub.fhir import RESOURCE_TYPES, json, table
from hub.model import Mapped, Validated
from hub.validation import check, check_resource, structure_issues
from hub.validation.fast import is_plain
from hub.validation.full import full_issues
from hub.validation.refs import TYPES
from tests.validation.mutations import Mutant, mutants, structural
from tests.validation.originals import ORIGINALS, PATIENT, TRAPS, edited
from tests.validation.samples import ips, synthea, synthea_mix

_CHOICES = {
    name: stem
    for form in table()["types"].values()
    for stem, each in form.get("choices", {}).items()
    for name in each["names"]
}


@pytest.mark.parametrize("name", [*ORIGINALS, *TRAPS])
def test_valid_resources_pass(name: str) -> None:
    resource = (ORIGINALS | TRAPS)[name]
    assert structure_issues(resource) == []
    again = json.read(json.write(resource))
    assert again == resource
    assert structure_issues(again) == []


def test_original_resources_need_only_the_fast_tier() -> None:
    slow = [name for name, each in ORIGINALS.items() if not is_plain(each, each["resourceType"])]
    assert slow == ["observation"]  # it has Reference.type


def test_mutants_are_refused_with_their_place() -> None:
    _judge(mutants(), least=2000)


def test_mutants_of_real_world_samples_are_refused() -> None:
    found = [mutant for each in synthea_mix() for mutant in list(structural(each))[::7]]
    found += [
        mutant for each in ips().values() if each["resourceType"] != "Bundle" for mutant in list(structural(each))[::23]
    ]
    _judge(found, least=300)


def _judge(found: list[Mutant], least: int) -> None:
    total: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    missed, misplaced = [], []
    for mutant in found:
        issues = structure_issues(mutant.resource)
        total[mutant.kind] += 1
        if not issues:
            missed.append((mutant.kind, mutant.name, mutant.resource["resourceType"], mutant.path))
        elif not any(_is_near(issue.path, _location(mutant)) for issue in issues):
            misplaced.append((mutant.kind, mutant.name, _location(mutant), [issue.path for issue in issues]))
        else:
            refused[mutant.kind] += 1
        for issue in issues:
            assert text(issue, "id")
            assert text(issue, "en")
            assert issue.path.startswith(mutant.resource["resourceType"])
    caught = sum(refused.values()) / len(found)
    print(f"\n{len(found)} mutants, {caught:.2%} refused with their place")
    for kind in total:
        print(f"  {kind:20} {refused[kind]:5} of {total[kind]}")
    for each in (*missed, *misplaced):
        print("  missed or misplaced:", each)
    assert len(found) >= least
    assert caught >= 0.98, (missed[:20], misplaced[:20])
    assert not misplaced[len(found) // 100 :], misplaced[:20]


def _location(mutant: Mutant) -> str:
    parts = [mutant.resource["resourceType"]]
    for step in mutant.path:
        if isinstance(step, int):
            parts[-1] += f"[{step}]"
        else:
            name = step.lstrip("_")
            parts.append(_CHOICES.get(name, name))
    return ".".join(parts)


def _is_near(found: str, expected: str) -> bool:
    """At the place, inside it, or at the element or list that holds it."""
    holder = re.sub(r"(\[\d+\])?(\.[^.]*)?$", "", expected)
    return (
        found.startswith(expected)
        or found in (holder, expected.rpartition(".")[0], re.sub(r"\[\d+\]$", "", expected))
        or expected.startswith(found + ".")
    )


def test_the_tiers_agree() -> None:
    """What the fast tier accepts has no fault; every original is known to be valid by the full tier alone."""

    def nested(_resource: Any, _path: str) -> list[Any]:
        return []

    for mutant in mutants():
        kind = mutant.resource["resourceType"]
        if is_plain(mutant.resource, kind):
            assert full_issues(mutant.resource, kind, kind, nested) == [], mutant
    for resource in (*ORIGINALS.values(), *TRAPS.values()):
        assert full_issues(resource, resource["resourceType"], "", nested) == []


def test_synthea_resources_are_valid() -> None:
    resources = synthea()
    faults = Counter((r["resourceType"], i.code, i.path) for r in resources for i in structure_issues(r))
    assert len(resources) > 1000
    assert not faults


def test_ips_examples_are_valid() -> None:
    faults = {name: structure_issues(resource) for name, resource in ips().items()}
    assert {name: found for name, found in faults.items() if found} == {}


def test_bundle_is_checked_entry_by_entry() -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"resource": PATIENT, "request": {"method": "POST", "url": "Patient"}},
            {"resource": edited(PATIENT, ("name.0.given.1", "")), "request": {"method": "POST", "url": "Patient"}},
            {"resource": {"resourceType": "Pasien"}, "request": {"method": "POST", "url": "Pasien"}},
            {"fullUrl": "urn:uuid:x", "resource": PATIENT},
        ],
    }
    found = [(issue.code, issue.path) for issue in check_resource(bundle)]
    assert found == [
        ("HUB-1109", "Bundle.entry[1].resource.name[0].given[1]"),
        ("HUB-1102", "Bundle.entry[2].resource"),
        ("HUB-1114", "Bundle.entry[3].fullUrl"),
        ("HUB-1118", "Bundle"),
    ]


@pytest.mark.parametrize(
    ("url", "inner", "code"),
    [
        ("urn:uuid:0b7e2a5c-92a0-4b5f-8a37-5d6f6a0a9b11", {"id": "1"}, None),
        ("https://x.id/fhir/Patient/1", {"id": "1"}, None),
        ("https://x.id/fhir/Patient/1", {}, None),
        ("https://x.id/siapa", {"id": "1"}, None),
        ("Patient/1", {"id": "1"}, "HUB-1212"),
        ("/fhir/Patient/1", {}, "HUB-1212"),
        ("https://x.id/fhir/Patient/2", {"id": "1"}, "HUB-1213"),
        ("https://x.id/fhir/Encounter/1", {"id": "1"}, "HUB-1213"),
        ("https://x.id/fhir/Patient/1/_history/2", {"id": "1"}, "HUB-1118"),
        ("x y", {}, "HUB-1114"),
    ],
)
def test_a_full_url_is_absolute_and_names_its_resource(url: str, inner: dict[str, Any], code: str | None) -> None:
    entry = {"fullUrl": url, "resource": {"resourceType": "Patient", "active": True} | inner}
    found = structure_issues({"resourceType": "Bundle", "type": "collection", "entry": [entry]})
    assert [issue.code for issue in found][:1] == ([code] if code else [])
    assert all(issue.path.startswith("Bundle.entry[0]") for issue in found)


def test_all_types_are_known() -> None:
    for kind in RESOURCE_TYPES:
        found = full_issues({"resourceType": kind, "x": 1}, kind, kind, lambda *_: [])
        assert ("HUB-1104", f"{kind}.x") in [(issue.code, issue.path) for issue in found]
    assert len(RESOURCE_TYPES) == len(TYPES) == 146


def test_ids_of_elements() -> None:
    """Unique in their resource; a contained resource and the elements of a definition are on their own."""
    coding = {"system": "http://loinc.org", "code": "1"}
    told = {"resourceType": "Basic", "code": {"id": "a", "coding": [{"id": "b", **coding}]}}
    inner = {"resourceType": "Basic", "id": "i", "code": {"id": "a", "coding": [{"id": "b", **coding}]}}
    assert structure_issues(told) == []
    assert structure_issues(told | {"subject": {"reference": "#i"}, "contained": [inner]}) == []
    again = edited(told, ("code.coding.0.id", "a"))
    assert [(issue.code, issue.path) for issue in structure_issues(again)] == [("HUB-1210", "Basic.code.coding[0].id")]
    beside = {"resourceType": "Patient", "birthDate": "1990", "_birthDate": {"id": "x y"}}
    assert [(issue.code, issue.path) for issue in structure_issues(beside)] == [("HUB-1211", "Patient.birthDate.id")]


@pytest.mark.parametrize(
    ("tree", "code"),
    [
        (None, "HUB-1101"),
        ([], "HUB-1101"),
        ("x", "HUB-1101"),
        ({}, "HUB-1102"),
        ({"resourceType": 1}, "HUB-1102"),
        (PATIENT, "HUB-1103"),
    ],
)
def test_other_trees_are_refused(tree: Any, code: str) -> None:
    assert [issue.code for issue in check_resource(tree, "Encounter")] == [code]


def test_all_issues_come_at_once_but_not_more_than_200() -> None:
    many = edited(PATIENT, ("telecom", [{"system": "x", "value": ""}] * 300))
    issues = check_resource(many)
    assert len(issues) == 200
    assert issues[-1].path == "Patient.telecom[99].value"


def test_check_keeps_order_and_names_the_row() -> None:
    bad = edited(PATIENT, ("gender", "pria"), ("birthDate", "1990-02-30"))
    first, second = check([Mapped("Patient", PATIENT, row=2), Mapped("Patient", bad, row=3)])
    assert isinstance(first, Validated)
    assert isinstance(second, list)
    assert [(issue.row, issue.path) for issue in second] == [(3, "Patient.gender"), (3, "Patient.birthDate")]


def test_hostile_names_do_not_reach_the_text() -> None:
    issues = check_resource(PATIENT | {"Budi Santoso, Jl. Veteran 3": 1})
    assert [(issue.path, issue.args["name"]) for issue in issues] == [("Patient", "…")]


def test_reference_forms() -> None:
    for form in (
        "Patient/1",
        "Patient/1/_history/2",
        "Patient?identifier=a|b",
        "urn:oid:1.2.3",
        "#",
        "https://x.id/fhir/Patient/1",
        "https://x.id/siapa",
    ):
        assert structure_issues(edited(ORIGINALS["encounter"], ("subject.reference", form))) == [], form
    for form in (
        "Patient",
        "/Patient/1",
        "Patient/",
        "Patient/a b",
        "Encounter/1",
        "Encounter?identifier=a|b",
        "https://x.id/Encounter/1",
        "#x",
    ):
        issues = structure_issues(edited(ORIGINALS["encounter"], ("subject.reference", form)))
        assert [issue.path for issue in issues] == ["Encounter.subject.reference"], form


@pytest.mark.parametrize(
    ("number", "is_valid"),
    [("1e-400", True), ("5e-324", True), ("1e-401", False), ("1e-999999999", False), ("0e-999999999", False)],
)
def test_a_decimal_that_no_search_could_name_is_refused(number, is_valid):
    body = '{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":%s}}'
    codes = [issue.code for issue in check_resource(json.read((body % number).encode()))]
    assert ("HUB-1115" not in codes) == is_valid
