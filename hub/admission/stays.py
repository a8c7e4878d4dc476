"""Inpatient stays: presence at an admitted patient's bed holds until discharge and seven days more."""

from collections.abc import Iterable, Mapping
from typing import Any

from hub.access.opening import open_resources
from hub.fhir import instant_range, type_number
from hub.model import Reach, Selection
from hub.parts import Hub
from hub.store import ReadTx, WriteTx

INPATIENT = frozenset({"IMP", "ACUTE", "NONAC"})
"""Classes of an inpatient encounter: https://terminology.hl7.org/CodeSystem-v3-ActCode.html"""
_OPEN = frozenset({"arrived", "triaged", "in-progress", "onleave"})
LONGEST_DAYS = 90
"""A stay whose discharge is never reported does not hold for ever; presence may be proven again."""
_DAY_MS = 86_400_000
_LOOKED_AT = 50


def until_of(hub: Hub, tx: ReadTx, person: Iterable[int], facility: int, now_ms: int) -> int:
    """Until when (epoch ms) the facility's own inpatient encounters of this person carry a relationship; 0 = none."""
    own = tuple(number for number, row in tx.compartments(person).items() if row.author == facility)
    if not own:
        return 0
    reach = Reach(facility, own, None)
    page = tx.select(Selection(type_number("Encounter"), (reach,), order="-updated", limit=_LOOKED_AT))
    grace = hub.config.inpatient_days * _DAY_MS
    return max((stay_until(each, now_ms, grace) for each in open_resources(hub, page.rows).values()), default=0)


def stay_until(encounter: Mapping[str, Any], now_ms: int, grace_ms: int) -> int:
    """Until when one encounter carries a relationship: 90 days while open, else its end and the grace; 0 = not."""
    if encounter.get("status") in _OPEN and encounter.get("class", {}).get("code") in INPATIENT:
        return now_ms + LONGEST_DAYS * _DAY_MS
    end = discharged_ms(encounter)
    return end + grace_ms if end is not None else 0


def discharged_ms(encounter: Mapping[str, Any]) -> int | None:
    """When an inpatient encounter ended (epoch ms); None for any other, and while it goes on."""
    end = encounter.get("period", {}).get("end")
    is_over = encounter.get("status") == "finished" and encounter.get("class", {}).get("code") in INPATIENT
    return instant_range(end).last if is_over and end else None


def end_stay(hub: Hub, tx: WriteTx, person: Iterable[int], facility: int, discharged_ms: int) -> None:
    """Discharge: what the facility proved during the stay ends no later than `config.inpatient_days` after it."""
    until = discharged_ms + hub.config.inpatient_days * _DAY_MS
    for row in tx.relationships(person, at_ms=discharged_ms):
        if row.facility == facility and row.until_ms > until:
            tx.end_relationships(row.compartment, facility, row.kind, until)
