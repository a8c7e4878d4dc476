"""Synthea's resources as the hub takes them: the bundle's own addresses are ids by then."""

import functools
from collections import defaultdict
from typing import Any

from tests.validation.samples import synthea

TYPES = (
    "AllergyIntolerance", "CarePlan", "Claim", "Condition", "DiagnosticReport", "Encounter", "ExplanationOfBenefit",
    "Goal", "ImagingStudy", "Immunization", "MedicationRequest", "Observation", "Organization", "Patient",
    "Practitioner", "Procedure",
)  # fmt: skip
"""All types of the Synthea set."""


@functools.cache
def samples(per_type: int) -> dict[str, list[dict[str, Any]]]:
    """The largest resources of each type of some bundles: those with the most elements."""
    resources = synthea(12)
    addresses = {f"urn:uuid:{each['id']}": f"{each['resourceType']}/{each['id']}" for each in resources}
    found = defaultdict(list)
    for resource in resources:
        found[resource["resourceType"]].append(resource)
    assert set(found) == set(TYPES)
    largest = {name: sorted(each, key=lambda r: -len(str(r)))[:per_type] for name, each in found.items()}
    return {name: [_linked(resource, addresses) for resource in each] for name, each in largest.items()}


def _linked(node: Any, addresses: dict[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _linked(value, addresses) for key, value in node.items()}
    if isinstance(node, list):
        return [_linked(value, addresses) for value in node]
    return addresses.get(node, node) if isinstance(node, str) else node
