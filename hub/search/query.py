"""A parsed search: plain values, not yet tokens; the caller adds who may see what."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from hub.model import DayRange

Order = Literal["rid", "day", "-day", "updated", "-updated"]
Summary = Literal["false", "count", "true", "text", "data"]
Values = tuple[tuple[str, str], ...]
"""An OR of (parameter, value) pairs."""


class Check(Protocol):
    """A condition that only the opened resource can answer."""

    @property
    def name(self) -> str:
        """The parameter with its modifier, as asked."""

    def holds(self, resource: dict[str, Any]) -> bool:
        """Whether the resource meets it, exactly as R4 says."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The match refers, by the reference parameter `param`, to a resource that meets one of `queries` (one for each
    type that it may be). https://www.hl7.org/fhir/R4/search.html#chaining"""

    param: str
    queries: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Has:
    """Some resource that meets `query` refers to the match by its own reference parameter `param`.
    https://www.hl7.org/fhir/R4/search.html#has"""

    param: str
    query: "Query"


@dataclass(frozen=True, slots=True)
class Include:
    """`_include` (`source` is the match's type) or, with `is_reverse`, `_revinclude` (`source` refers to the match).
    https://www.hl7.org/fhir/R4/search.html#include"""

    source: str
    param: str
    target: str | None = None
    is_reverse: bool = False
    is_iterate: bool = False


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of a `_sort` that only opened resources can be put in order by."""

    param: str
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for. Outer tuples are AND, inner ones OR.

    What the store answers by itself: `patient`: logical ids of the patients asked for (None: not restricted; empty:
    contradictory, nothing matches). `ids`: logical ids (`_id`), likewise. `tokens`: groups of values; `indexed` says
    per group whether all its values have index rows; `excluded`: groups of which no value may be held. `identifiers`:
    (system, value) as asked, system None for any; they are among `tokens` too. `days`: over the clinical date;
    `updated`: inclusive ranges of epoch ms.
    What it can't: `checks` on the opened resource (the fields above then hold what is necessary for them, as far as
    that can be said), `chains`, `has`, and `sort` (empty when `order` says it all).
    The answer: `includes`, `count` (page size), `summary`, `elements`, `total`, `is_explain`. `self_params`: what was
    understood, for the self link; `ignored`: names that were not (lenient handling).
    """

    type: str
    patient: tuple[str, ...] | None = None
    ids: tuple[str, ...] | None = None
    tokens: tuple[Values, ...] = ()
    indexed: tuple[bool, ...] = ()
    excluded: tuple[Values, ...] = ()
    identifiers: tuple[tuple[tuple[str | None, str], ...], ...] = ()
    days: tuple[tuple[DayRange, ...], ...] = ()
    updated: tuple[tuple[int, int], ...] = ()
    checks: tuple[Check, ...] = ()
    chains: tuple[Chain, ...] = ()
    has: tuple[Has, ...] = ()
    order: Order = "rid"
    sort: tuple[SortKey, ...] = ()
    includes: tuple[Include, ...] = ()
    count: int = 20
    summary: Summary = "false"
    elements: tuple[str, ...] = ()
    total: Literal["none", "estimate", "accurate"] = "accurate"
    is_explain: bool = False
    self_params: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def summary_count(self) -> bool:
        """Only the total is wanted."""
        return self.summary == "count" or self.count == 0
