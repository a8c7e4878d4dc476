"""The patient's own view: the whole record, who looked at it, and the choices made about it."""

from dataclasses import dataclass
from typing import Any

from hub.access.opening import open_resources
from hub.access.sight import decide_for, sight_of
from hub.access.trace import audit, looked
from hub.audit import decode_entry, seen_of
from hub.errors import Category, HubError
from hub.model import Decision, Issue, Key, Labels, Principal, Row, Seen
from hub.parts import Hub
from hub.store import ReadTx

OWN = Decision("PERMIT", "own-record")
MOST_LOOKS = 100_000
"""So many that nobody hides a look behind others: a few hundred more looks are made within seconds."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice as the patient sees it: what, for whom, since and until when."""

    kind: str
    facility: str
    labels: tuple[str, ...]
    since_ms: int
    until_ms: int | None
    id: str


def own_record(hub: Hub, who: Principal) -> list[dict[str, Any]]:
    """Everything all facilities keep about the signed-in patient, as resources; `meta.source` names the facility.

    Each resource is decided like any other read (PATRQT); what a clinician withholds for now is left out.
    """
    with hub.store.reading() as tx:
        person, rows = own_rows(hub, tx, who)
    audit(hub, looked(hub, who, "own-record", OWN, person, count=len(rows)))
    return open_own(hub, rows)


def own_rows(hub: Hub, tx: ReadTx, who: Principal, *, is_ordinary: bool = False) -> tuple[tuple[int, ...], list[Row]]:
    """The compartments of the patient's person and the sealed rows the patient may see, each decided by itself;
    `is_ordinary` leaves out everything with a sensitivity label, or whose sensitivity is not known."""
    person = tx.person([_compartment(who)])
    sight = sight_of(hub, tx, who, person)
    rows = []
    for row in tx.everything(person):
        labels = sight.labels.get((row.compartment, row.tag), Labels(None))
        if row.is_deleted or (is_ordinary and labels != Labels("N")):
            continue
        if decide_for(hub, who, sight, row.author, labels).effect == "PERMIT":
            rows.append(row)
    return tuple(sorted(person)), rows


def open_own(hub: Hub, rows: list[Row]) -> list[dict[str, Any]]:
    """The resources of `own_rows`, once the look is in the trail; `meta.source` names the facility."""
    resources = open_resources(hub, rows)
    found = []
    for row in rows:
        resource = resources[Key(row.compartment, row.rid)]
        resource["meta"] = {**resource.get("meta", {}), "source": hub.numbers[row.author].id}
        found.append(resource)
    return found


def seen(hub: Hub, who: Principal, lang: str = "id", limit: int = MOST_LOOKS) -> list[Seen]:
    """Who looked at the signed-in patient's record, newest first, read from outbox and log together."""
    compartment = _compartment(who)
    with hub.store.reading() as tx:
        person = tx.person([compartment])
        rows = tx.seen([hub.blinder.pseudonym(c) for c in sorted(person)], limit)
    names = {facility.id: facility.name for facility in hub.facilities.values()}
    return [seen_of(decode_entry(hub.boxes.audit.open(row.body, b"audit")), names, lang) for row in rows]


def choices(hub: Hub, who: Principal) -> list[Chosen]:
    """The signed-in patient's choices, newest first, withdrawn ones too."""
    compartment = _compartment(who)
    with hub.store.reading() as tx:
        person = tx.person([compartment])
        rows = {Key(row.compartment, row.rid): row for row in tx.consents(person)}
        stored = tx.get(list(rows))
    found = []
    for key, resource in open_resources(hub, [row for row in stored.values() if not row.is_deleted]).items():
        kind, facility, labels = _switch(resource)
        accepted = rows[key].accepted_ms
        is_over = resource.get("status") != "active"
        found.append(Chosen(kind, facility, labels, accepted, accepted if is_over else None, hub.ids.encode(key)))
    return sorted(found, key=lambda one: one.since_ms, reverse=True)


def _switch(consent: dict[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    """Which switch a Consent is: kind, facility and sensitive categories (docs/privacy.md lists the kinds)."""
    provision = consent.get("provision", {})
    actors = [actor.get("reference", {}).get("reference", "") for actor in provision.get("actor", ())]
    facility = next((text.partition("/")[2] for text in actors if text.startswith("Organization/")), "")
    labels = tuple(label["code"] for label in provision.get("securityLabel", ()) if label.get("code") not in ("R", "V"))
    is_deny = provision.get("type") == "deny"
    if labels:
        return "sensitive-permit", facility, labels
    if facility:
        return ("facility-deny" if is_deny else "facility-permit"), facility, ()
    return ("optout" if is_deny else "optin"), "", ()


def _compartment(who: Principal) -> int:
    if who.role != "patient" or who.compartment is None:
        raise HubError(Category.FORBIDDEN, Issue("HUB-4101"))
    return who.compartment
