"""What the store is asked and what it answers: no FHIR, no plain text, only keys, tokens, days and times."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from hub.model.stages import Key


class Row(NamedTuple):
    """A stored version, still sealed."""

    compartment: int
    rid: int
    type: int
    version: int
    day: int
    day_end: int
    updated_ms: int
    author: int
    tag: int
    digest: bytes
    codec: int
    is_deleted: bool
    body: bytes


class DayRange(NamedTuple):
    """A search over the clinical date at day precision: prefix and the inclusive days the value spans
    (https://www.hl7.org/fhir/R4/search.html#date)."""

    prefix: Literal["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"]
    first: int
    last: int


class After(NamedTuple):
    """The last row of the previous page: its sort value and key."""

    value: int
    compartment: int
    rid: int


@dataclass(frozen=True, slots=True)
class Reach:
    """What of one author facility the caller may see, and what it asks of it; a selection is the union of its reaches.

    `compartments` None = all of the author's. `tags` None = any access tag. `permitted` limits to these keys (the
    residual of a fine-grained consent). `tokens` is an AND of ORs of search tokens (keyed for this author);
    `indexed` says, per group, whether its tokens also have index rows; `excluded` are tokens it may not hold, by group.
    `is_coded`: the tokens are nothing but one or the other of some codes: a group of their forms without the system
    and, if they were asked for with it, a group of their forms with it.
    """

    author: int
    compartments: tuple[int, ...] | None
    tags: tuple[int, ...] | None
    tokens: tuple[tuple[int, ...], ...] = ()
    indexed: tuple[bool, ...] = ()
    permitted: tuple[Key, ...] | None = None
    excluded: tuple[tuple[int, ...], ...] = ()
    is_coded: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """One type, a union of reaches, conditions on days and times, an order and a page.

    `until`: no further than this place in the order. `is_counted` False: the total is not asked for.
    """

    type: int
    reaches: tuple[Reach, ...]
    days: tuple[tuple[DayRange, ...], ...] = ()
    updated: tuple[tuple[int, int], ...] = ()
    ids: tuple[Key, ...] | None = None
    order: Literal["rid", "day", "-day", "updated", "-updated"] = "rid"
    after: After | None = None
    limit: int = 20
    not_after_ms: int | None = None
    until: After | None = None
    is_counted: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, the exact total of the whole selection (0 when it was not asked for), and where the next page
    starts (None = last)."""

    rows: list[Row] = field(default_factory=list)
    total: int = 0
    after: After | None = None
