"""A parsed search: plain values, not yet tokens; the caller adds who may see what."""

from dataclasses import dataclass
from typing import Literal

from hub.model import DayRange

Order = Literal["rid", "day", "-day", "updated", "-updated"]
Values = tuple[tuple[str, str], ...]
"""An OR of (parameter, value) pairs."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for. Outer tuples are AND, inner ones OR.

    `patient`: logical ids of the patients asked for (None: not restricted; empty: contradictory, nothing matches).
    `ids`: logical ids (`_id`), likewise. `tokens`: groups of values; `indexed` says per group whether all its values
    have index rows. `identifiers`: (system, value) as asked, system None for any; they are among `tokens` too.
    `days`: over the clinical date; `updated`: inclusive ranges of epoch ms. `count`: page size; `summary_count`: only
    the total is wanted; `with_total`: the total is wanted. `self_params`: what was understood, for the self link;
    `ignored`: names that were not (lenient handling).
    """

    type: str
    patient: tuple[str, ...] | None = None
    ids: tuple[str, ...] | None = None
    tokens: tuple[Values, ...] = ()
    indexed: tuple[bool, ...] = ()
    identifiers: tuple[tuple[tuple[str | None, str], ...], ...] = ()
    days: tuple[tuple[DayRange, ...], ...] = ()
    updated: tuple[tuple[int, int], ...] = ()
    order: Order = "rid"
    count: int = 20
    summary_count: bool = False
    with_total: bool = True
    self_params: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()
