"""Checking a resource costs no more than its size asks for: steps are counted, not time."""

import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from hub.fhir.path import compile_path
from hub.fhir.path.comparing import equal, key
from hub.fhir.path.values import Moment
from hub.identity import blocking_keys, demographics
from hub.pipeline.forms import forms_of
from hub.validation import check_resource

SMALL, LARGE = 100, 400
MOST = 5.0
"""Times the steps for four times the size: 4 is linear, 16 quadratic."""


def steps(work: Callable[[], object]) -> int:
    """The lines and calls of a piece of work."""
    count = 0

    def trace(_frame: Any, _event: str, _arg: Any) -> Any:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def growth(make: Callable[[int], Callable[[], object]]) -> float:
    small, large = make(SMALL), make(LARGE)
    small(), large()  # what is compiled once is compiled now
    return steps(large) / steps(small)


def coded(n: int) -> list[dict[str, Any]]:
    return [{"system": "http://a", "code": f"c{i}"} for i in range(n)]


def definition(n: int, view: str, **more: Any) -> dict[str, Any]:
    names = (
        ["Patient", *(f"Patient.x{i}" for i in range(n))] if view == "snapshot" else [f"Patient.x{i}" for i in range(n)]
    )
    head = {
        "resourceType": "StructureDefinition",
        "url": "http://a",
        "name": "A",
        "status": "draft",
        "kind": "resource",
    }
    tail = {"abstract": False, "type": "Patient", "baseDefinition": "http://x"}
    return head | tail | more | {view: {"element": [{"id": name, "path": name} for name in names]}}


def listed(n: int, **more: Any) -> dict[str, Any]:
    people = [{"resourceType": "Patient", "id": f"p{i}", "name": [{"text": "x"}]} for i in range(n)]
    entries = [{"item": {"reference": f"#p{i}"}} for i in range(n)]
    return {"resourceType": "List", "status": "current", "mode": "x", "contained": people, "entry": entries} | more


def observed(n: int) -> dict[str, Any]:
    parts = [{"code": {"coding": [{"code": f"{i}"}]}, "valueString": "x"} for i in range(n)]
    head = {"resourceType": "Observation", "status": "final", "valueString": "x", "bodySite": {}}
    return head | {"code": {"coding": coded(n)}, "component": parts}


def guide(n: int) -> dict[str, Any]:
    head = {"resourceType": "ImplementationGuide", "url": "http://a", "name": "A", "status": "draft", "packageId": "a"}
    groups = [{"id": f"g{i}", "name": "x"} for i in range(n)]
    found = [{"reference": {"reference": f"Patient/{i}"}, "groupingId": f"g{i}"} for i in range(n)]
    return head | {"fhirVersion": ["4.0.1"], "definition": {"grouping": groups, "resource": found}}


def team(n: int) -> dict[str, Any]:
    people = [{"resourceType": "Practitioner", "id": f"p{i}"} for i in range(n)]
    members = [{"member": {"reference": f"#p{i}"}, "onBehalfOf": {"display": "x"}} for i in range(n)]
    return {"resourceType": "CareTeam", "contained": people, "participant": members}


RESOURCES: dict[str, Callable[[int], dict[str, Any]]] = {
    "differential": lambda n: definition(n, "differential", derivation="constraint"),
    "snapshot": lambda n: definition(n, "snapshot"),
    "contained": listed,
    "codes of parts": observed,
    "groups": guide,
    "members": team,
    "concepts": lambda n: {
        "resourceType": "CodeSystem",
        "status": "draft",
        "content": "complete",
        "concept": [{"code": f"2020-01-01T00:00:{i:02}Z"} for i in range(n)],
    },
    "questions": lambda n: {
        "resourceType": "Questionnaire",
        "status": "draft",
        "item": [{"linkId": f"{i}", "type": "string"} for i in range(n)],
    },
    "entries": lambda n: {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": f"http://a/Basic/{i}", "resource": {"resourceType": "Basic", "id": f"{i}"}} for i in range(n)
        ],
    },
}


@pytest.mark.parametrize("name", RESOURCES)
def test_checking_grows_with_the_resource(name: str) -> None:
    make = RESOURCES[name]

    def checking(n: int) -> Callable[[], object]:
        resource = make(n)
        return lambda: check_resource(resource)

    assert growth(checking) < MOST


@pytest.mark.parametrize(
    "expression",
    [
        "a.distinct()",
        "a.isDistinct()",
        "a.union(b)",
        "a | b",
        "a.intersect(b)",
        "a.exclude(b)",
        "a.subsetOf(b)",
        "b.supersetOf(a)",
        "a.repeat(code)",
        "a.all(%resource.b contains $this)",
        "a.all($this in %resource.b)",
        "a.where(%resource.b.first() = $this)",
        "a.sort(code)",
        "descendants()",
    ],
)
def test_functions_of_collections_grow_with_them(expression: str) -> None:
    compiled = compile_path(expression)

    def evaluating(n: int) -> Callable[[], object]:
        resource = {"a": coded(n), "b": list(reversed(coded(n)))}
        return lambda: compiled.evaluate(resource)

    assert growth(evaluating) < MOST


VALUES: list[Any] = [
    *("a", "A", "1", "2020", "2020-01", "2020-01-01", "2020-01-01T00", "2020-01-01T00:00", "2020-01-01T00:00:00"),
    *("2020-01-01T08:00:00+08:00", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00.0Z", "08:00", "08:00:00", "2020-13"),
    *(Moment("2020-01-01"), Moment("T08:00"), Moment("2020-01-01T00:00:00Z"), True, False, None, 1, 0, 1.0),
    *(
        {"a": 1},
        {"a": True},
        {"a": "2020-01-01T08:00:00+08:00"},
        {"a": "2020-01-01T00:00:00Z"},
        {"b": 1},
        {},
        [],
        [1],
        [[1]],
    ),
]


def test_two_values_share_a_key_exactly_when_they_are_equal() -> None:
    for one in VALUES:
        for other in VALUES:
            assert (key(one) == key(other)) is (equal(one, other) is True), (one, other)


def test_the_forms_of_codes_grow_with_them() -> None:
    def forming(n: int) -> Callable[[], object]:
        exact = {("code", f"http://a|c{i:04}"): i for i in range(n)}
        loose = {("code", f"*|c{i:04}"): n + i for i in range(n)}
        return lambda: forms_of(1, exact | loose, list(loose))

    assert growth(forming) < MOST
    tokens = {("code", "*|1"): 1, ("code", "s|1"): 2, ("code", "t|v|1"): 3, ("code", "*|v|1"): 4, ("code", "*|2"): 5}
    indexed = [pair for pair in tokens if pair[1][0] == "*"]
    assert forms_of(9, tokens, indexed) == {(1, 2, 9), (1, 3, 9), (4, 3, 9), (5, 0, 9)}


def test_of_a_patient_with_thousands_of_names_and_numbers_only_the_first_are_compared() -> None:
    def many(n: int) -> dict[str, Any]:
        own = {"coding": [{"code": "MR"}]}
        return {
            "resourceType": "Patient",
            "birthDate": "1990-05-17",
            "name": [{"text": f"Nama{i} " + " ".join(f"kata{j}" for j in range(n))} for i in range(n)],
            "telecom": [{"system": "phone", "value": f"0812{i:07}"} for i in range(n)],
            "identifier": [{"type": own, "system": "http://a", "value": f"{i}"} for i in range(n)],
            "address": [{"line": [f"Jalan Nomor{i} " + "kata " * n]} for i in range(n)],
        }

    few, all_ = demographics(many(5)), demographics(many(2000))
    assert [name.tokens[0] for name in all_.names] == [name.tokens[0] for name in few.names]
    assert max(len(name.tokens) for name in all_.names) <= 12
    assert len(blocking_keys(all_)) <= 50
    assert (len(all_.phones), len(all_.mrns)) == (10, 10)
    assert all(a <= b for a, b in pairwise(sorted(all_.phones)))
