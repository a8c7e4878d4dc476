"""The name of a prescribed medicine."""

from collections.abc import Mapping

from hub.record.elements import Resource, shown


def medicine(resource: Resource, of_type: Mapping[str, list[Resource]]) -> str:
    """The medicine's name as prescribed, following a reference to a Medication."""
    name = shown(resource.get("medicationCodeableConcept"))
    if name or "medicationReference" not in resource:
        return name
    reference = resource["medicationReference"]
    target = reference.get("reference", "")
    for found in [*resource.get("contained", ()), *of_type.get("Medication", ())]:
        if target in {f"#{found.get('id')}", f"Medication/{found.get('id')}"}:
            return shown(found.get("code"))
    return str(reference.get("display", ""))
