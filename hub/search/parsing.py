"""Search parameters of a request to a Query. What is unknown is refused, unless the caller asked for leniency.

https://www.hl7.org/fhir/R4/search.html.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from hub.search.parameters import CLINICAL_DATES, Parameter, served
from hub.search.query import Order, Query, Summary
from hub.search.refusals import bad_value, refuse
from hub.search.terms import Terms, is_indexed_group, narrow

MOST_PARAMETERS = 40
DEFAULT_COUNT, MOST_COUNT = 20, 200

_RESULT = ("_count", "_summary", "_total", "_sort", "_format", "_pretty")
_FORMATS = ("json", "application/json", "application/fhir+json")
_TOTALS = ("none", "estimate", "accurate")
_COMMON_ORDERS: dict[str, Order] = {"_id": "rid", "_lastUpdated": "updated", "-_lastUpdated": "-updated"}


@dataclass(slots=True)
class _Result:
    """The parameters that shape the answer."""

    order: Order = "rid"
    count: int = DEFAULT_COUNT
    summary: Summary = "false"
    total: Literal["none", "estimate", "accurate"] = "accurate"


def parse(type_name: str, params: Sequence[tuple[str, str]], lenient: bool) -> Query:
    """The query of decoded (name, value) pairs in the order given. KeyError for no type of R4.

    Raises HubError INCORRECT, naming what is supported, for an unknown parameter, modifier or value; `lenient` drops
    unknown parameters and modifiers (never bad values) and names them in `Query.ignored`.
    """
    if len(params) > MOST_PARAMETERS:
        raise refuse("HUB-4005", limit=str(MOST_PARAMETERS))
    known = served(type_name)
    terms, result = Terms(), _Result()
    understood: list[tuple[str, str]] = []
    ignored: list[str] = []
    for name, text in params:
        if name in _RESULT:
            if any(name == other for other, _ in understood):
                raise refuse("HUB-4010", name=name)
            _shape(result, type_name, name, text)
        else:
            bare, _, modifier = name.partition(":")
            parameter = known.get(bare)
            if parameter is None or (modifier and modifier not in parameter.targets):
                if lenient:
                    ignored.append(name)
                    continue
                raise _unknown(type_name, name, known.values(), is_known=parameter is not None)
            terms.add(parameter, text, modifier or None)
        understood.append((name, text))
    groups = terms.close()
    return Query(
        type=type_name,
        patient=narrow(terms.patients),
        ids=narrow(terms.ids),
        tokens=tuple(groups),
        indexed=tuple(is_indexed_group(group) for group in groups),
        identifiers=tuple(terms.identifiers),
        days=tuple(terms.days),
        updated=tuple(terms.updated),
        order=result.order,
        count=result.count,
        summary=result.summary,
        total=result.total,
        self_params=tuple(understood),
        ignored=tuple(ignored),
    )


def orders(type_name: str) -> dict[str, Order]:
    """The values `_sort` takes for a type."""
    found = dict(_COMMON_ORDERS)
    if type_name in CLINICAL_DATES:
        names = {CLINICAL_DATES[type_name][0]} | ({"date"} & served(type_name).keys())
        for name in sorted(names):
            found |= {name: "day", f"-{name}": "-day"}
    return found


def _shape(result: _Result, type_name: str, name: str, text: str) -> None:
    if name == "_count":
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise bad_value(name, "number")
        result.count = min(int(text), MOST_COUNT)
    elif name == "_summary":
        _expect(name, text, ("count", "false"))
        result.summary = text  # type: ignore[assignment]
    elif name == "_total":
        _expect(name, text, _TOTALS)
        result.total = text  # type: ignore[assignment]
    elif name == "_format":
        _expect(name, text.replace(" ", "+"), _FORMATS)
    elif name == "_sort":
        known = orders(type_name)
        if text not in known:
            raise refuse("HUB-4007", type=type_name, supported=", ".join(known))
        result.order = known[text]


def _expect(name: str, text: str, allowed: Iterable[str]) -> None:
    if text not in allowed:
        raise refuse("HUB-4008", name=name, supported=", ".join(allowed))


def _unknown(type_name: str, name: str, known: Iterable[Parameter], *, is_known: bool) -> Exception:
    shown = _printable(name)
    if "." in name or name.startswith("_has"):
        return refuse("HUB-4009", name=shown)
    if is_known:
        return refuse("HUB-4002", name=shown)
    supported = ", ".join([*sorted(p.name for p in known), *_RESULT])
    return refuse("HUB-4001", name=shown, type=type_name, supported=supported)


def _printable(name: str) -> str:
    """The name as it may be repeated: somebody may have put a value where the name belongs."""
    letters = "".join(letter for letter in name if letter.isascii() and (letter.isalpha() or letter in "_-.:"))
    return letters[:40]
