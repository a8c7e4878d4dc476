"""The way out, one resource at a time: read, vread, history. Hidden and absent are the same answer."""

from dataclasses import dataclass

from hub.access.opening import open_rows
from hub.access.sight import Sight, code_of, decide_for, sight_of
from hub.access.trace import audit, looked
from hub.errors import Category, HubError
from hub.fhir import type_name
from hub.model import Decision, Issue, Key, Labels, Principal, Row
from hub.parts import Hub
from hub.store import ReadTx


@dataclass(frozen=True, slots=True)
class Answer:
    """One version of a resource, ready to send; a deleted one has no body and only stands in a history."""

    body: bytes
    version: int
    updated_ms: int
    is_deleted: bool = False


ABSENT = Decision("DENY", "absent")


def absent() -> HubError:
    """The one answer for what does not exist and for what the caller may not know to exist."""
    return HubError(Category.NOT_FOUND, Issue("HUB-4101"))


def gone() -> HubError:
    """The answer for what was deleted, to those who may know that it was there."""
    return HubError(Category.GONE, Issue("HUB-4301"))


def read(hub: Hub, who: Principal, type_: str, id_: str) -> Answer:
    """FHIR read. https://www.hl7.org/fhir/R4/http.html#read. NOT_FOUND for absent and hidden alike, GONE for
    what was deleted and would be open."""
    with hub.store.reading() as tx:
        row, decision = find(hub, tx, who, type_, id_)
    return _answer(hub, who, "read", type_, id_, row, decision)


def vread(hub: Hub, who: Principal, type_: str, id_: str, version: int) -> Answer:
    """FHIR vread: one version; the right to it is the right to the current one *and* to its own labels."""
    with hub.store.reading() as tx:
        row, decision = find(hub, tx, who, type_, id_)
        if row is not None and row.version != version and decision.effect == "PERMIT":
            row = tx.version(Key(row.compartment, row.rid), version)
            decision = decide_row(hub, tx, who, row) if row is not None else ABSENT
    return _answer(hub, who, "vread", type_, id_, row, decision)


def history(hub: Hub, who: Principal, type_: str, id_: str) -> list[Answer]:
    """FHIR instance history, newest first; versions whose own labels hide them are left out."""
    with hub.store.reading() as tx:
        row, decision = find(hub, tx, who, type_, id_)
        versions: list[Row] = []
        if row is not None and decision.effect == "PERMIT":
            all_versions = tx.versions(Key(row.compartment, row.rid))
            versions = [v for v in all_versions if decide_row(hub, tx, who, v).effect == "PERMIT"]
    compartments = (row.compartment,) if row is not None else ()
    audit(hub, looked(hub, who, "history", decision, compartments, f"{type_}/{id_}", len(versions)))
    if not versions:
        raise absent()
    return [
        Answer(b"" if version.is_deleted else body, version.version, version.updated_ms, version.is_deleted)
        for version in versions
        for body in open_rows(hub, [version]).values()
    ]


def decide_row(hub: Hub, tx: ReadTx, who: Principal, row: Row) -> Decision:
    """May the caller see this stored version? Reads what the decision needs."""
    if who.role == "clinic-client" and who.facility and hub.facilities[who.facility].number == row.author:
        return decide_for(hub, who, _OWN, row.author, Labels("N"))
    compartments = tx.person([row.compartment])
    if who.role == "patient" and who.compartment not in compartments:
        return Decision("DENY", "not-subject")
    sight = sight_of(hub, tx, who, compartments)
    if row.compartment not in sight.authors:
        return Decision("DENY", "no-consent")
    labels = sight.labels.get((row.compartment, row.tag), Labels(None))
    return decide_for(hub, who, sight, row.author, labels, row, code_of(hub, row))


_OWN = Sight({}, {}, [], is_related=False)
"""An author facility's own data need no consent look-up: `decide` permits them whatever consents say."""


def find(hub: Hub, tx: ReadTx, who: Principal, type_: str, id_: str) -> tuple[Row | None, Decision]:
    """The stored row of an address, a tombstone too, and what is decided about it; ABSENT when there is none."""
    key = hub.ids.decode(id_)
    row = tx.get([key]).get(key) if key else None
    if row is None or type_name(row.type) != type_:
        return None, ABSENT
    return row, decide_row(hub, tx, who, row)


def _answer(hub: Hub, who: Principal, event: str, type_: str, id_: str, row: Row | None, decision: Decision) -> Answer:
    compartments = (row.compartment,) if row is not None else ()
    audit(hub, looked(hub, who, event, decision, compartments, f"{type_}/{id_}", 1 if row else 0))
    if row is None or decision.effect != "PERMIT":
        raise absent()
    if row.is_deleted:
        raise gone()
    for body in open_rows(hub, [row]).values():
        return Answer(body, row.version, row.updated_ms)
    raise absent()  # its key was destroyed
