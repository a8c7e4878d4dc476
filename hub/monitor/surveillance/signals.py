"""A signal and what became of it: raised, taken on, verified, closed; every step is kept, none is changed."""

from collections.abc import Sequence
from typing import Literal

import msgspec

STEPS = ("own", "verify", "close", "note", "counted")
"""own: somebody takes it on; verify: the verification; close: how it ended; note; counted: late or corrected cases
changed its count (by the hub itself)."""
RESULTS = ("real", "not-real", "unclear")
"""Of a verification: the rise is real; it is none (a wrong code, an import, a double report); to be looked into."""
OUTCOMES = ("outbreak", "no-outbreak", "false")
"""How it ended: declared an outbreak (KLB, form W1), handled without one, or no signal at all."""
DAY_MS = 86_400_000
State = Literal["open", "verified", "closed"]


class Signal(msgspec.Struct, frozen=True, array_like=True):
    """A signal as it was raised. `place`: a code of hub.monitor.surveillance.counts; `by`: "" for the hub itself, else
    who entered it; `note`: what he wrote; `city`: cases of the whole city in the same 7 days, as counted then."""

    disease: str
    place: str
    day: int
    cases: int
    expected: float
    limit: int
    criteria: tuple[str, ...]
    by: str = ""
    note: str = ""
    city: int = 0


class Step(msgspec.Struct, frozen=True, array_like=True):
    """One step: when (epoch ms), by whom, and what: `kind` one of STEPS; `result` one of RESULTS or OUTCOMES; `done_ms`
    the time the person gives for it; `cases` as counted then (-1: not counted)."""

    at_ms: int
    by: str
    kind: str
    result: str = ""
    action: str = ""
    note: str = ""
    done_ms: int = 0
    cases: int = -1


def state_of(steps: Sequence[Step]) -> State:
    """open until verified, then verified until closed."""
    kinds = {step.kind for step in steps}
    return "closed" if "close" in kinds else "verified" if "verify" in kinds else "open"


def owner_of(steps: Sequence[Step]) -> str:
    """Who took it on last, "" nobody."""
    return next((step.by for step in reversed(steps) if step.kind == "own"), "")


def cases_of(signal: Signal, steps: Sequence[Step]) -> int:
    """The cases as counted last."""
    return next((step.cases for step in reversed(steps) if step.cases >= 0), signal.cases)


def verified_ms(steps: Sequence[Step]) -> int | None:
    """When the first verification was entered."""
    return next((step.at_ms for step in steps if step.kind == "verify"), None)


def is_overdue(raised_ms: int, steps: Sequence[Step], now_ms: int, hours: int) -> bool:
    """Not verified, and longer open than it may be."""
    return verified_ms(steps) is None and now_ms > raised_ms + hours * 3_600_000


def is_in_time(raised_ms: int, steps: Sequence[Step], hours: int) -> bool:
    """Verified within the hours it may take."""
    at = verified_ms(steps)
    return at is not None and at <= raised_ms + hours * 3_600_000
