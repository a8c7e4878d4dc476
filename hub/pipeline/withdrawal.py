"""A source row that is gone: what it said gets one new version each, entered in error, and nothing is deleted.

The row's Provenance names everything the row said. People, places and things stay, and so does what another row that
still stands says too. A row that comes back is a correction like any other.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.access.indexes import require_references
from hub.access.opening import open_resources
from hub.clock import instant
from hub.fhir import parse_reference, systems, table, type_definition, type_name, type_number
from hub.mapping import Adapter
from hub.mapping.build import Source
from hub.model import Issue, Key, Mapped, Origin, Row
from hub.parts import Hub
from hub.store import ReadTx

Resource = dict[str, Any]
STAYS = frozenset(
    {
        *("Patient", "RelatedPerson", "Practitioner", "PractitionerRole", "Organization", "Location"),
        *("HealthcareService", "Device", "Medication", "Substance"),
    }
)
"""Who, where and with what: rows speak about them, they are not what a row says."""
_VERIFICATION = {
    "Condition": systems.CONDITION_VERIFICATION,
    "AllergyIntolerance": systems.ALLERGY_VERIFICATION,
}
_ERROR = "entered-in-error"


@dataclass(frozen=True, slots=True)
class _Row:
    """A removed row with the Provenance of what it said."""

    number: int
    key: Key
    trace: Resource
    said: frozenset[Key]


def withdrawn_items(
    hub: Hub, origin: Origin, adapter: Adapter, keys: Sequence[tuple[int, str]]
) -> tuple[list[Mapped], list[Issue]]:
    """New versions, entered in error, of everything these source rows (row number, key) said, and their Provenances.

    Warnings: a key of which nothing is stored (HUB-3301), a kind of resource that can't be withdrawn (HUB-3302).
    """
    facility = hub.facilities[origin.facility]
    source = Source(facility)
    tokens = {
        row: hub.blinder.source(facility.number, "Provenance", f"{source.system('asal')}|{key}") for row, key in keys
    }
    with hub.store.reading() as tx:
        places = tx.sources(tokens.values())
        traces = open_resources(hub, _living(tx, places.values(), origin).values())
        rows = [
            _Row(row, place, traces[place], frozenset(targets_of(hub, traces[place])))
            for row, token in tokens.items()
            if (place := places.get(token)) in traces
        ]
        said = _living(tx, {key for row in rows for key in row.said}, origin)
        shared = said_elsewhere(hub, tx, said, {row.key for row in rows})
    known = {row.number for row in rows}
    name = adapter.manifest.key[0]
    issues = [Issue("HUB-3301", severity="warning", row=row, column=name) for row, _ in keys if row not in known]
    resources = open_resources(hub, [row for key, row in said.items() if key not in shared])
    items: list[Mapped] = []
    for row in rows:
        for key in sorted(row.said & resources.keys()):
            type_ = type_name(said[key].type)
            if type_ in STAYS:
                continue
            if (marked := in_error(resources[key])) is None:
                issues.append(Issue("HUB-3302", severity="warning", row=row.number, args={"type": type_}))
                continue
            items.append(Mapped(type_, marked, target=key, row=row.number))
        items.append(Mapped("Provenance", _nullified(row.trace, origin), target=row.key, row=row.number))
    return items, issues


def in_error(resource: Mapping[str, Any]) -> Resource | None:
    """The resource marked as entered in error and still valid R4; None when its type has no way to say so.

    https://www.hl7.org/fhir/R4/lifecycle.html; Condition and AllergyIntolerance say it in verificationStatus and then
    have no clinical status (con-5, ait-2), and a Condition without one has no abatement either (con-4).
    """
    type_ = resource["resourceType"]
    if type_ in _VERIFICATION:
        coding = {"system": _VERIFICATION[type_], "code": _ERROR, "display": "Entered in Error"}
        kept = {k: v for k, v in resource.items() if not k.lstrip("_").startswith(("clinicalStatus", "abatement"))}
        return {**kept, "verificationStatus": {"coding": [coding]}}
    return {**resource, "status": _ERROR} if _has_error_status(type_) else None


def is_nullified(provenance: Mapping[str, Any]) -> bool:
    """Whether a Provenance says that its row was withdrawn."""
    codings = provenance.get("activity", {}).get("coding", ())
    return any((c.get("system"), c.get("code")) == (systems.DATA_OPERATION, "NULLIFY") for c in codings)


def _has_error_status(type_: str) -> bool:
    codes = table()["codes"].get(type_definition(type_)["elements"].get("status", {}).get("codes"), {})
    return any(_ERROR in listed for listed in codes.values())


def _nullified(trace: Resource, origin: Origin) -> Resource:
    coding = {"system": systems.DATA_OPERATION, "code": "NULLIFY", "display": "nullify"}
    return {**trace, "recorded": instant(origin.received_ms), "activity": {"coding": [coding]}}


def _living(tx: ReadTx, keys: Collection[Key], origin: Origin) -> dict[Key, Row]:
    """The facility's own rows that are not deleted."""
    rows = tx.get(list(keys)) if keys else {}
    return {key: row for key, row in rows.items() if row.author == origin.facility_number and not row.is_deleted}


def targets_of(hub: Hub, provenance: Mapping[str, Any]) -> set[Key]:
    """The places a Provenance names."""
    found = (parse_reference(target.get("reference", "")) for target in provenance.get("target", ()))
    return {key for reference in found if reference and (key := hub.ids.decode(reference.id)) is not None}


def said_elsewhere(hub: Hub, tx: ReadTx, said: Mapping[Key, Row], going: Collection[Key]) -> set[Key]:
    """What a row that still stands says too (an allergy that every visit repeats): what the stored Provenance of a row
    names that is not among `going` and not withdrawn."""
    number = type_number("Provenance")
    found: set[Key] = set()
    for key, stored in said.items():
        type_ = type_name(stored.type)
        if type_ in STAYS:
            continue
        require_references(hub)
        token = hub.blinder.token(stored.author, "_ref", f"{type_}/{hub.ids.encode(key)}")
        others = [
            other
            for other in tx.pointing(key.compartment, token)
            if other.type == number and Key(other.compartment, other.rid) not in going
        ]
        if any(not is_nullified(trace) for trace in open_resources(hub, others).values()):
            found.add(key)
    return found
