"""All functions by name that take the values of their arguments. The others are in `choosing` and `compiler`."""

from collections.abc import Callable
from typing import Any

from hub.fhir.path.axes import children, descendants
from hub.fhir.path.conversions import CONVERSIONS
from hub.fhir.path.kinds import reflect
from hub.fhir.path.numbers import NUMBERS
from hub.fhir.path.sets import SETS
from hub.fhir.path.texts import TEXTS
from hub.fhir.path.values import Items, plain


def _has_value(items: Items) -> Items:
    value: Any = plain(items[0]) if len(items) == 1 else None
    return [value is not None and not isinstance(value, dict | list)]


PLAIN: dict[str, Callable[..., Items]] = {
    **SETS,
    **TEXTS,
    **NUMBERS,
    **CONVERSIONS,
    "children": children,
    "descendants": descendants,
    "type": reflect,
    "hasValue": _has_value,
}
