"""Whether a record of the patient compartment says whose it is in a way the hub can follow.

A Reference without `reference` names nobody to a machine: the record would be in nobody's $everything and under
nobody's consent. https://www.hl7.org/fhir/R4/compartmentdefinition-patient.html
"""

from typing import Any

from hub.fhir.definitions import compartments, type_definition

_NAMES = ("subject", "patient", "beneficiary", "individual")


def _element(type_: str) -> str | None:
    """The one element of a type that says whose record it is."""
    elements = type_definition(type_)["elements"]
    for name in _NAMES:
        if (
            name in elements
            and not elements[name].get("array")
            and "Patient" in elements[name].get("targets", "Patient")
        ):
            return name
    return None


OF_PATIENTS: dict[str, str] = {type_: name for type_ in compartments()["Patient"] if (name := _element(type_))}
"""By type, the element that names its patient; lists of patients (Account) and actors (Appointment) are not such."""


def named_only(resource: dict[str, Any]) -> str | None:
    """The element that names a patient by identifier or words alone, if it does."""
    name = OF_PATIENTS[resource["resourceType"]]
    said = resource.get(name)
    if said is None or "reference" in said or said.get("type", "Patient") != "Patient":
        return None
    return name if "identifier" in said or "display" in said else None


def is_nobodys(resource: dict[str, Any]) -> bool:
    """Whether the record says nothing of whose it is, or only points into itself."""
    said = resource.get(OF_PATIENTS[resource["resourceType"]], {})
    return said.get("reference", "#").startswith("#") and not said.keys() & {"identifier", "display", "type"}
