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
    rows = list(rows)
    issues = [issue for row in rows for issue in _check(hub, row)]
    if issues:
        raise HubError(Category.INCORRECT, *issues[:50])
    with hub.store.writing() as tx:
        known = details_in(hub, tx)
        fresh: dict[int, Details] = {}
        for row in rows:
            number = hub.facilities[row["facility"]].number
            before = fresh.get(number) or known.get(number) or Details(number)
            fresh[number] = merged(before, row, lambda name: practitioner_name(hub, name))
        return keep_details(hub, tx, known, fresh, by, "registrar", {})


def keep_details(
    hub: Hub,
    tx: WriteTx,
    before: Mapping[int, Details],
    after: Mapping[int, Details],
    by: str,
    role: str,
    told: Mapping[str, str],
) -> list[Changed]:
    """Keep those details of facilities that changed, by number, and tell the trail who (`by`, `role`) changed what of
    which, and what else is `told`."""
    now, found, rows, entries = hub.clock(), [], [], []
    for number, details in after.items():
        old, facility = before.get(number, Details(number)), hub.numbers[number].id
        names = sorted(each.name for each in fields(Details) if getattr(old, each.name) != getattr(details, each.name))
        found.append(Changed(facility, tuple(names)))
        if names:
            rows.append((number, now, seal_details(hub, details)))
            what = {"facility": facility, "fields": " ".join(names), **told}
            entry = AuditEntry(now, "registry.change", "U", "permit", by, role, facility, "HOPERAT", details=what)
            entries.append(sealed_entry(hub, entry))
    tx.set_facility_details(rows)
    tx.outbox(entries)
    return found


def practitioner_name(hub: Hub, registration: str) -> str:
    """The stable keyed name of a practitioner, from the number of the registration (STR), which is not kept."""
    return hub.blinder.mpi("practitioner", registration.strip()).hex()[:20]


def _check(hub: Hub, row: Mapping[str, Any]) -> list[Issue]:
    issues = check_details(row)
    name = row.get("facility")
    if isinstance(name, str) and name and name not in hub.facilities:
        issues.append(Issue("HUB-4312", path="facility", args={"name": name[:48]}))
    return issues
