"""Facilities' papers are written here alone: checked, merged into what is known, told to the trail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from hub.access.papers import details_in, seal_details
from hub.access.trace import sealed_entry
from hub.errors import Category, HubError
from hub.model import AuditEntry, Issue
from hub.model.details import Details
from hub.parts import Hub
from hub.registry.papers import check_details, merged
from hub.store import WriteTx
from hub.upkeep.registering import refresh_facilities


@dataclass(frozen=True, slots=True)
class Changed:
    """A facility whose details changed, and which fields did; none = it was known like that already."""

    facility: str
    fields: tuple[str, ...]


def set_details(hub: Hub, rows: Iterable[Mapping[str, Any]], by: str = "registrar") -> list[Changed]:
    """Take in the details of facilities (shape: `hub.registry.papers.check_details`), all or none: one transaction.

    INCORRECT with every issue found (HUB-4305 to 4312). `by`: who says so, for the trail.
    """
    refresh_facilities(hub)
    with hub.store.writing() as tx:
        return set_in(hub, tx, rows, by)


def set_in(hub: Hub, tx: WriteTx, rows: Iterable[Mapping[str, Any]], by: str) -> list[Changed]:
    """The same, in the caller's transaction."""
    rows = list(rows)
    issues = [issue for row in rows for issue in _check(hub, row)]
    if issues:
        raise HubError(Category.INCORRECT, *issues[:50])
    known = details_in(hub, tx)
    changed: dict[str, set[str]] = {}
    now = hub.clock()
    fresh: dict[int, Details] = {}
    for row in rows:
        facility = hub.facilities[row["facility"]]
        before = fresh.get(facility.number) or known.get(facility.number) or Details(facility.number)
        after = merged(before, row, lambda name: practitioner_name(hub, name))
        found = {each.name for each in fields(Details) if getattr(before, each.name) != getattr(after, each.name)}
        changed.setdefault(facility.id, set()).update(found)
        fresh[facility.number] = after
    told = [Changed(name, tuple(sorted(found))) for name, found in changed.items()]
    touched = {hub.facilities[one.facility].number for one in told if one.fields}
    tx.set_facility_details([(number, now, seal_details(hub, fresh[number])) for number in touched])
    tx.outbox([sealed_entry(hub, _entry(now, one, by)) for one in told if one.fields])
    return told


def practitioner_name(hub: Hub, registration: str) -> str:
    """The stable keyed name of a practitioner, from the number of the registration (STR), which is not kept."""
    return hub.blinder.mpi("practitioner", registration.strip()).hex()[:20]


def _check(hub: Hub, row: Mapping[str, Any]) -> list[Issue]:
    issues = check_details(row)
    name = row.get("facility")
    if isinstance(name, str) and name and name not in hub.facilities:
        issues.append(Issue("HUB-4312", path="facility", args={"name": name[:48]}))
    return issues


def _entry(now: int, one: Changed, by: str) -> AuditEntry:
    told = {"facility": one.facility, "fields": " ".join(one.fields)}
    return AuditEntry(now, "registry.change", "U", "permit", by, "registrar", one.facility, "HOPERAT", details=told)
