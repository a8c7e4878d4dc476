"""Patient/$summary: what is open of one person as an International Patient Summary, decided before it is read.

http://hl7.org/fhir/uv/ips/OperationDefinition/summary; the document is `hub.record`'s, from rows that consent let pass.
"""

from collections.abc import Collection
from typing import Literal

from hub.access.everything import OWN, PERMIT, Whom, named, own
from hub.access.opening import open_resources
from hub.access.reading import ABSENT, absent, decide_row
from hub.access.sight import reaches
from hub.access.trace import audit, looked
from hub.errors import Category, HubError, text
from hub.fhir import json, type_number
from hub.fhir.systems import BPJS, NIK, SID
from hub.model import PATIENT_RID, Issue, Key, Principal, Row, Selection
from hub.parts import SELF, Hub
from hub.record import document
from hub.store import ReadTx

_NEWEST = {
    "Patient": 100,
    "AllergyIntolerance": 200,
    "Condition": 500,
    "DiagnosticReport": 100,
    "Encounter": 100,
    "Immunization": 200,
    "MedicationRequest": 300,
    "MedicationStatement": 300,
    "Observation": 500,
    "Procedure": 200,
}
"""The types of a summary, and how many of each: those of the latest days of care."""


def summary(
    hub: Hub,
    who: Principal,
    id_: str | None,
    identifier: str,
    types: Collection[str],
    lang: Literal["id", "en"] = "id",
) -> bytes:
    """A Bundle of type document: of the person with an id, an identifier, or (neither) the patient's own token.

    `types`: what the caller's scopes cover. NOT_FOUND for a Patient that is hidden or absent, GONE for a deleted one,
    INCORRECT for an identifier that is none. What is hidden leaves no trace: the notice that the answer may be
    incomplete is there for everybody but the patient.
    """
    with hub.store.reading() as tx:
        whom = _whom(hub, tx, who, id_, identifier)
        rows: list[Row] = []
        for type_, most in _NEWEST.items():
            if type_ in types:
                open_ = tuple(reaches(hub, tx, who, whom.sight, type_))
                rows += tx.select(Selection(type_number(type_), open_, order="-day", limit=most)).rows
    shown = {row.compartment for row in rows} | {whom.key.compartment}
    is_own = who.role == "patient"
    resource = f"Patient/{hub.ids.encode(whom.key)}"
    audit(hub, looked(hub, who, "everything", OWN if is_own else PERMIT, tuple(sorted(shown)), resource, len(rows)))
    opened = open_resources(hub, rows)
    resources = []
    for row in rows:
        if (found := opened.get(Key(row.compartment, row.rid))) is not None:
            found["meta"] = {**found.get("meta", {}), "source": hub.numbers[row.author].id}
            resources.append(found)
    names = {each.id: each.name for each in hub.facilities.values() if each.id != SELF}
    notice = "" if is_own else text(Issue("HUB-4303"), lang)
    return json.write(document(resources, names, hub.clock(), lang, notice))


def _whom(hub: Hub, tx: ReadTx, who: Principal, id_: str | None, identifier: str) -> Whom:
    if id_ is None and not identifier:
        return own(hub, tx, who)
    if id_ is None:
        id_ = _by_identifier(hub, tx, who, identifier)
    return named(hub, tx, who, id_)


def _by_identifier(hub: Hub, tx: ReadTx, who: Principal, identifier: str) -> str:
    """The id of an open Patient with this `system|value`, the caller's own facility's before others'."""
    token = hub.blinder.mpi(*_key(identifier))
    number = hub.facilities[who.facility].number if who.facility else -1
    rows = tx.get([Key(compartment, PATIENT_RID) for compartment in tx.mpi([token]).get(token, ())])
    found = sorted(rows.values(), key=lambda row: (row.author != number, row.compartment))
    for row in found:
        if not row.is_deleted and decide_row(hub, tx, who, row).effect == "PERMIT":
            return hub.ids.encode(Key(row.compartment, row.rid))
    audit(hub, looked(hub, who, "everything", ABSENT, tuple(row.compartment for row in found), "Patient"))
    raise absent()


def _key(identifier: str) -> tuple[str, str]:
    """The blocking key of an identifier by which Patients are found."""
    system, _, value = identifier.partition("|")
    if value and system == NIK:
        return "nik", value
    if value and system == BPJS:
        return "bpjs", value
    if value and system.startswith(SID) and system.endswith("/pasien"):
        return "mrn", f"{system}|{value}"
    raise HubError(Category.INCORRECT, Issue("HUB-4430"))
