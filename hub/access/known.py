"""A patient that the caller's own facility knows, found by a number the patient carries."""

from typing import Any

from hub.access.reading import read
from hub.access.trace import audit, looked
from hub.errors import Category, HubError
from hub.fhir import json
from hub.fhir.systems import SID
from hub.model import PATIENT_RID, Decision, Key, Principal
from hub.parts import Hub

_ABSENT = Decision("DENY", "absent")


def own_patient(hub: Hub, who: Principal, *, nik: str = "", mrn: str = "") -> dict[str, Any] | None:
    """The Patient of the caller's facility with this NIK, else with this record number of the facility's own.

    None when there is none, when it is hidden from this caller, and for every patient of other facilities alike. The
    look is audited as any read.
    """
    if who.facility is None:
        return None
    numbers = [("nik", nik), ("mrn", f"{SID}{who.facility}/pasien|{mrn}" if mrn else "")]
    tokens = [hub.blinder.mpi(kind, value) for kind, value in numbers if value]
    own = hub.facilities[who.facility].number
    with hub.store.reading() as tx:
        found = tx.mpi(tokens)
        candidates = [compartment for token in tokens for compartment in found.get(token, ())]
        rows = tx.compartments(candidates)
    for compartment in dict.fromkeys(candidates):
        if rows[compartment].author != own:
            continue
        try:
            answer = read(hub, who, "Patient", hub.ids.encode(Key(compartment, PATIENT_RID)))
        except HubError as error:
            if error.category != Category.NOT_FOUND:
                raise
            continue
        patient: dict[str, Any] = json.read(answer.body)
        return patient
    audit(hub, looked(hub, who, "search", _ABSENT, (), "Patient", 0))
    return None
