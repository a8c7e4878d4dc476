"""What a resource says about the course of care beside its codes: waiting, referral, pregnancy, birth, tuberculosis.

Each yields (kind, code, value) of a fact; see docs/indicators.md for what source systems send.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub.fhir.systems import ICD10, LOINC, SNOMED
from hub.monitor.codes import code_of, number_of

Found = tuple[str, str, Decimal | None]

LONGEST_WAIT = 24 * 60
"""Minutes; more than a day is a wrong date."""
_REFERRAL = "3457005"
_WEEKS = frozenset(("18185-9", "11884-4", "11885-1", "49051-6"))
"""Gestational age, in weeks unless the unit says days."""
_DAYS = "49052-4"
_DELIVERED = "93857-1"
"""Date and time of obstetric delivery."""
_DELIVERIES = ("O80", "O81", "O82", "O83", "O84", "Z37")
_EPISODES = (
    "http://terminology.kemkes.go.id/CodeSystem/episodeofcare-type",
    "http://terminology.hl7.org/CodeSystem/episodeofcare-type",
)
_TUBERCULOSIS = frozenset(("TB-SO", "TB-RO"))
_STATES = frozenset(("planned", "waitlist", "active", "onhold", "finished"))


def waiting(encounter: dict[str, Any]) -> Iterator[Found]:
    """wait: minutes an outpatient waited, from `arrived` to `in-progress` of the status history.

    https://www.hl7.org/fhir/R4/encounter-definitions.html#Encounter.statusHistory
    """
    if encounter.get("class", {}).get("code") != "AMB":
        return
    begun: dict[str, datetime] = {}
    for each in encounter.get("statusHistory", ()):
        moment = _moment(each.get("period", {}).get("start"))
        if moment is not None:
            begun.setdefault(each.get("status", ""), moment)
    if "arrived" in begun and "in-progress" in begun:
        minutes = (begun["in-progress"] - begun["arrived"]).total_seconds() / 60
        if 0 <= minutes <= LONGEST_WAIT:
            yield "wait", "AMB", Decimal(round(minutes))


def referral(request: dict[str, Any]) -> Iterator[Found]:
    """referral: the patient is sent to another facility; the code is the ICD-10 of the reason where there is one."""
    concepts = (request.get("code"), *request.get("category", ()))
    if request.get("status") in ("draft", "revoked") or not any(_has(each, SNOMED, _REFERRAL) for each in concepts):
        return
    reasons = (code_of(each, ICD10) for each in request.get("reasonCode", ()))
    yield "referral", next((code[:5] for code in reasons if code), ""), None


def pregnancy(observation: dict[str, Any]) -> Iterator[Found]:
    """pregnancy: completed weeks of gestation on that day; birth: a delivery was observed."""
    code = code_of(observation.get("code"), LOINC)
    if code == _DELIVERED:
        yield "birth", "", None
    if code != _DAYS and code not in _WEEKS:
        return
    quantity = observation.get("valueQuantity")
    value = number_of(quantity)
    if isinstance(quantity, dict) and value is not None:
        weeks = value / 7 if code == _DAYS or quantity.get("code") == "d" else value
        if 0 <= weeks <= 45:
            yield "pregnancy", code, Decimal(int(weeks))


def birth(diagnosis: str) -> Iterator[Found]:
    """birth: a diagnosis that says the patient gave birth (O80 to O84, Z37)."""
    if diagnosis[:3] in _DELIVERIES:
        yield "birth", diagnosis[:5], None


def tuberculosis(episode: dict[str, Any]) -> Iterator[Found]:
    """tb: an episode of treatment, code TYPE/STATE (TB-SO/active, TB-RO/finished)."""
    state = episode.get("status")
    for concept in episode.get("type", ()):
        for name in sorted(_TUBERCULOSIS):
            if state in _STATES and any(_has(concept, system, name) for system in _EPISODES):
                yield "tb", f"{name}/{state}", None
                return


def _has(concept: object, system: str, code: str) -> bool:
    codings = concept.get("coding", ()) if isinstance(concept, dict) else ()
    return any(each.get("system") == system and each.get("code") == code for each in codings)


def _moment(text: object) -> datetime | None:
    """A FHIR dateTime that says the time of day and the zone."""
    if not isinstance(text, str) or len(text) < 17:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
