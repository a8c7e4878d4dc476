"""What a hospital's register knows of a patient besides what every clinic asks. https://www.hl7.org/fhir/R4/patient.html"""

from typing import Any

from hub.fhir import systems
from hub.mapping.build.elements import codeable
from hub.mapping.codes import Coding


def registered(
    patient: dict[str, Any],
    *,
    passport: str | None = None,
    marital: str | None = None,
    marital_code: Coding | None = None,
    birth_order: int | None = None,
    is_multiple: bool = False,
    deceased: str | bool | None = None,
    district: str | None = None,
    city: str | None = None,
) -> dict[str, Any]:
    """The Patient with passport, marital status, birth order among twins, death (a dateTime, or True when only the fact
    is known) and the names of kecamatan and city in its address."""
    found = dict(patient)
    if passport:
        number = {"use": "official", "system": systems.PASPOR, "value": passport}
        found["identifier"] = [*found["identifier"], number]
    if marital:
        found["maritalStatus"] = codeable(marital, *([marital_code] if marital_code else []))
    if birth_order is not None:
        found["multipleBirthInteger"] = birth_order
    elif is_multiple:
        found["multipleBirthBoolean"] = True
    if deceased is True:
        found["deceasedBoolean"] = True
    elif deceased:
        found["deceasedDateTime"] = deceased
    if "address" in found and (district or city):
        names = {key: name for key, name in (("district", district), ("city", city)) if name}
        found["address"] = [{**home, **names} for home in found["address"]]
    return found
