"""The patient's switches: each choice is a FHIR R4 Consent that goes the same way in as everything else.

A patient who signs in has a compartment of their own, kept by the hub itself and linked to the facilities' ones: what
the patient says is the patient's record, not a clinic's.
"""

from typing import Any, Literal

from hub.access.opening import open_resources
from hub.access.own import choices
from hub.clock import instant
from hub.consent import NAMEABLE, choice_consent, withdrawn
from hub.crypto import random_key
from hub.errors import Category, HubError
from hub.model import PATIENT_RID, Issue, Key, Mapped, Origin, Principal
from hub.parts import SELF, Hub
from hub.pipeline.part import Stored, store_part
from hub.store import Link, ReadTx, WriteTx

Kind = Literal["optin", "optout", "facility-permit", "facility-deny", "sensitive-permit", "withdraw"]
_NAMES: dict[str, Any] = {
    "optin": "optin",
    "optout": "optout",
    "facility-permit": "facility",
    "facility-deny": "not-facility",
    "sensitive-permit": "sensitive",
}


def choose(
    hub: Hub,
    who: Principal,
    kind: Kind,
    facility: str | None = None,
    labels: tuple[str, ...] = (),
    id_: str | None = None,
) -> None:
    """Store a choice of the signed-in patient; `withdraw` ends the choice `id_`. In force for the next request.

    Raises HubError: FORBIDDEN for anybody but a patient, INCORRECT for a choice that is incomplete.
    """
    if who.role != "patient" or who.compartment is None:
        raise HubError(Category.FORBIDDEN, Issue("HUB-3113"))
    if kind == "withdraw":
        _withdraw(hub, who, id_)
        return
    name = _NAMES.get(kind)
    needs_facility = kind in ("facility-permit", "facility-deny", "sensitive-permit")
    if (
        name is None
        or (needs_facility and facility not in hub.facilities)
        or (kind == "sensitive-permit" and (not labels or not set(labels) <= set(NAMEABLE)))
    ):
        raise HubError(Category.INCORRECT, Issue("HUB-3117"))
    home = own_compartment(hub, who)
    reference = f"Patient/{hub.ids.encode(Key(home, PATIENT_RID))}"
    consent = choice_consent(
        name, patient_reference=reference, when=instant(hub.clock()), facility_id=facility, labels=labels
    )
    _store(hub, who, Mapped("Consent", consent))


def _withdraw(hub: Hub, who: Principal, id_: str | None) -> None:
    mine = {choice.id for choice in choices(hub, who) if choice.until_ms is None}
    key = hub.ids.decode(id_ or "")
    if id_ not in mine or key is None:
        raise HubError(Category.INCORRECT, Issue("HUB-3117"))
    with hub.store.reading() as tx:
        rows = tx.get([key])
    consent = withdrawn(open_resources(hub, rows.values())[key])
    _store(hub, who, Mapped("Consent", consent, target=key))


def own_compartment(hub: Hub, who: Principal) -> int:
    """The compartment the signed-in patient speaks in, made and linked on first use."""
    if who.compartment is None:
        raise HubError(Category.FORBIDDEN, Issue("HUB-3113"))
    with hub.store.reading() as tx:
        found = _existing(hub, tx, who.compartment)
    if found is not None:
        return found
    home = who.compartment
    now = hub.clock()

    def link(tx: WriteTx, stored: list[Stored]) -> None:
        made = stored[0].linked
        if made is not None:
            body = hub.boxes.link.seal(b'{"rule":"signed-in"}', b"link")
            ends = sorted((made.key.compartment, home))
            tx.add_links([Link(ends[0], ends[1], random_key(), "positive", 1.0, body, "patient", now)])

    store_part(hub, _origin(hub, who), [Mapped("Patient", {"resourceType": "Patient", "active": True})], also=link)
    with hub.store.reading() as tx:
        found = _existing(hub, tx, home)
    if found is None:
        raise AssertionError("the patient's own compartment was stored and linked, and is not found")
    return found


def _existing(hub: Hub, tx: ReadTx, compartment: int) -> int | None:
    number = hub.facilities[SELF].number
    rows = tx.compartments(tx.person([compartment]))
    return min((c for c, row in rows.items() if row.author == number), default=None)


def _origin(hub: Hub, who: Principal) -> Origin:
    return Origin(SELF, hub.facilities[SELF].number, "fhir", "", hub.clock(), who.subject, 2)


def _store(hub: Hub, who: Principal, mapped: Mapped) -> None:
    stored = store_part(hub, _origin(hub, who), [mapped], is_atomic=True)[0]
    if stored.is_refused:
        raise HubError(Category.UNPROCESSABLE, *stored.issues)
