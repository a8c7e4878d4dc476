"""Compartments: what belongs to one patient, encounter, practitioner, related person or device.

https://www.hl7.org/fhir/R4/compartmentdefinition.html
"""

from hub.fhir.definitions import compartments
from hub.search.asked import ID
from hub.search.refusals import bad_value, refuse
from hub.search.terms import Terms


def within(terms: Terms, kind: str, logical_id: str) -> None:
    """Limits the terms to a compartment. INCORRECT for a type that is never in one of this kind.

    A patient's is what the store keeps as one; the others are what refers to their resource.
    """
    types = compartments().get(kind)
    if types is None:
        raise refuse("HUB-4019", kind=kind, type=terms.type, supported=", ".join(sorted(compartments())))
    if terms.type not in types:
        raise refuse("HUB-4019", kind=kind, type=terms.type, supported=", ".join(sorted(types)))
    if not ID.fullmatch(logical_id):
        raise bad_value(kind, "ids")
    if kind == "Patient":
        terms.patients.append((logical_id,))
    elif types[terms.type] == ["{def}"]:
        terms.ids.append((logical_id,))
    else:
        terms.groups.append(tuple((name, f"{kind}/{logical_id}") for name in types[terms.type]))
