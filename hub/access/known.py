"""A patient that the caller's own facility knows: by the numbers carried, or by the patient's own request."""

from typing import Any, NamedTuple

from hub.access.reading import read
from hub.access.trace import audit, looked
from hub.errors import Category, HubError
from hub.fhir import json
from hub.fhir.systems import NIK, SID
from hub.model import PATIENT_RID, Decision, Key, Principal
from hub.parts import Hub
from hub.store import ReadTx

_ABSENT = Decision("DENY", "absent")


class Found(NamedTuple):
    """What the numbers led to. `is_apart`: one of them is unknown here or another patient's, so nobody is meant."""

    patient: dict[str, Any] | None = None
    is_apart: bool = False


def own_patient(hub: Hub, who: Principal, *, nik: str = "", mrn: str = "") -> Found:
    """The Patient of the caller's facility with this NIK and this record number of its own, or with the one given.

    Two numbers must lead to the same Patient: one never stands in for the other. No patient when there is none, when it
    is hidden from this caller, and for every patient of other facilities alike. The look is audited as any read.
    """
    if who.facility is None:
        return Found()
    numbers = [("nik", nik), ("mrn", f"{SID}{who.facility}/pasien|{mrn}" if mrn else "")]
    tokens = [hub.blinder.mpi(kind, value) for kind, value in numbers if value]
    with hub.store.reading() as tx:
        found = tx.mpi(tokens)
        each = [_own(hub, tx, who.facility, found.get(token, [])) for token in tokens]
    both = [one for one in (each[0] if each else ()) if all(one in other for other in each)]
    for compartment in both:
        if (patient := _read(hub, who, compartment)) is not None:
            return Found(patient)
    audit(hub, looked(hub, who, "search", _ABSENT, (), "Patient", 0))
    return Found(is_apart=not both and any(each))


def own_card(hub: Hub, who: Principal, compartment: int) -> tuple[str, str]:
    """(name, the caller's facility's own record number) of a person as the caller's facility knows them; ("", "") when
    it does not, or may not see it. The look is audited as any read."""
    if who.facility is None:
        return "", ""
    with hub.store.reading() as tx:
        here = _own(hub, tx, who.facility, sorted(tx.person([compartment])))
    for one in here:
        if (patient := _read(hub, who, one)) is not None:
            return name_of(patient), record_number(patient)
    return "", ""


def name_of(patient: dict[str, Any]) -> str:
    """The first name of a Patient as written; "" without one."""
    return next((str(name.get("text", "")) for name in patient.get("name", ())), "")


def record_number(patient: dict[str, Any]) -> str:
    """The author's own record number of a Patient; "" for one that is known by the NIK only."""
    ids = {str(each.get("system", "")): str(each.get("value", "")) for each in patient.get("identifier", ())}
    return next((v for s, v in ids.items() if s.endswith("/pasien") and v != ids.get(NIK)), "")


def _own(hub: Hub, tx: ReadTx, facility: str, compartments: list[int]) -> list[int]:
    number = hub.facilities[facility].number
    rows = tx.compartments(compartments)
    return [one for one in dict.fromkeys(compartments) if rows[one].author == number]


def _read(hub: Hub, who: Principal, compartment: int) -> dict[str, Any] | None:
    """The Patient; None when it is hidden from this caller."""
    try:
        answer = read(hub, who, "Patient", hub.ids.encode(Key(compartment, PATIENT_RID)))
    except HubError as error:
        if error.category != Category.NOT_FOUND:
            raise
        return None
    patient: dict[str, Any] = json.read(answer.body)
    return patient
