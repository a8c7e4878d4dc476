"""What the law leaves to the city, with the safe choice as default (docs/privacy.md)."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Policy:
    """The city's choices.

    `cross_facility`: whether other facilities need an opt-in, or the patient has to opt out. `adolescent_age`: from
    this age a guardian sees no sensitive record; None (not decided) hides them from every guardian. `person_block`:
    whether a clinician the patient has blocked may break the glass (`alert`: yes, and the privacy officer is told).
    `is_sealed_in_emergency`: sealed records stay closed to break-glass. `break_glass_hours` and
    `unverified_deny_hours` are read by those who open a session or chase a missing signature; the decision itself
    goes by the session's own end and honours an unverified deny until somebody resolves it.
    """

    cross_facility: Literal["optin", "optout"] = "optin"
    adolescent_age: int | None = None
    adult_age: int = 18
    person_block: Literal["block", "alert"] = "block"
    is_sealed_in_emergency: bool = True
    break_glass_hours: int = 4
    unverified_deny_hours: int = 72


SAFE = Policy()
