"""Values of FHIRPath: plain JSON values, wrapped only where a type or an extension must travel with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

Items = list[Any]


class PathError(ValueError):
    """The expression meets values the language gives no answer for: two items where one may stand, 'a' - 1."""


class Fixed(list[Any]):
    """A collection that stays the same while an expression is evaluated, with what is worked out of it once."""

    has: Any = None


class Typed(NamedTuple):
    """A value with its FHIR type, where known, and, for a primitive, the object beside it (`_birthDate`)."""

    value: Any
    type: str | None
    beside: Any = None


class Amount(NamedTuple):
    """A quantity: `4 days` (unit `day`), `1.5 'mg'`."""

    number: int | Decimal
    unit: str


class Moment(NamedTuple):
    """A date, dateTime or time literal, without the `@`: `2026`, `2026-11-20T08`, `T08:00`."""

    text: str


@dataclass(slots=True)
class Env:
    """What `%resource`, `%rootResource`, `$this`, `$index`, `$total` and `now()` (epoch ms) stand for."""

    resource: Any
    root: Any
    this: Any
    index: int = 0
    total: Any = None
    now: int = 0
    kept: dict[Any, Any] = field(default_factory=dict)
    """What depends on the resource alone, by the part of the expression that asks for it."""

    def at(self, item: Any, index: int = 0) -> "Env":
        """The same with another `$this`."""
        return Env(self.resource, self.root, item, index, self.total, self.now, self.kept)


def plain(item: Any) -> Any:
    """The value without its wrapping; None when there is only an extension."""
    return item.value if type(item) is Typed else item


def one(items: Sequence[Any]) -> Any:
    """The value of the only item, None when there is none. PathError when there are several."""
    if len(items) > 1:
        raise PathError("several items where one is expected")
    return plain(items[0]) if items else None


def is_true(items: Sequence[Any]) -> bool | None:
    """A collection as a boolean: None when empty; a single non-boolean counts as true. PathError for several."""
    if not items:
        return None
    value = one(items)
    return value if isinstance(value, bool) else True
