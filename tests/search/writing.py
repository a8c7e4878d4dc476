"""Typed values written as a request asks for them: each way of asking that has to find the resource they stand in."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, product
from typing import Any

from hub.clock import city_zone
from hub.fhir.dates import Span
from hub.search import Parameter
from hub.search.typed import FIRST_MS, LAST_MS, Amount, Link, Token, elements

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def escaped(text: str) -> str:
    for sign in "\\,|$":
        text = text.replace(sign, "\\" + sign)
    return text


def asked(parameter: Parameter, value: Any) -> Iterator[tuple[str, str]]:
    """(modifier, value) pairs."""
    if isinstance(value, Token):
        yield from _token(value)
    elif isinstance(value, Span):
        yield from (("", text[:12] if parameter.kept == "births" else text) for text in _span(value))
    elif isinstance(value, Amount):
        yield from (("", text) for text in _amount(value, with_unit=parameter.type == "quantity"))
    elif isinstance(value, Link):
        if value.text is not None:
            yield "", escaped(value.text)
        written = _token(value.identifier) if value.identifier else ()
        yield from (("identifier", text) for modifier, text in written if not modifier)
    elif isinstance(value, str):
        yield from _text(parameter, value)
    else:
        components = [part for part, _ in parameter.contexts[0].components]
        columns = [
            [text for each in found for modifier, text in asked(part, each) if not modifier]
            for part, found in zip(components, value, strict=True)
        ]
        yield from (("", "$".join(parts)) for parts in islice(product(*columns), 12))


def as_written(parameter: Parameter, resource: dict[str, Any]) -> Iterator[str]:
    """Dates as they stand in the resource."""
    for _, element in elements(parameter, resource):
        if isinstance(element, str) and parameter.type == "date":
            yield element
            yield f"ap{element}"


def _token(value: Token) -> Iterator[tuple[str, str]]:
    if value.code is not None:
        code = escaped(value.code)
        yield "", code
        if value.system is not None:
            yield "", f"{escaped(value.system)}|{code}"
        for system, kind in value.kinds:
            if system and kind:
                yield "of-type", f"{escaped(system)}|{escaped(kind)}|{code}"
    if value.system:
        yield "", f"{escaped(value.system)}|"
    for shown in value.texts:
        yield "text", escaped(shown)
        yield "text", escaped(shown[: len(shown) // 2 + 1].upper())


def _span(value: Span) -> Iterator[str]:
    if value.first != FIRST_MS:
        yield f"ge{_instant(value.first)}"
        yield f"gt{_instant(value.first - 1)}"
        yield f"sa{_instant(value.first - 1)}"
        yield f"ne{_instant(value.first - 1)}"
    if value.last != LAST_MS:
        yield f"le{_instant(value.last)}"
        yield f"lt{_instant(value.last + 1)}"
        yield f"eb{_instant(value.last + 1)}"


def _instant(ms: int) -> str:
    return (_EPOCH + timedelta(milliseconds=ms)).astimezone(city_zone()).isoformat(timespec="milliseconds")


def _amount(value: Amount, *, with_unit: bool) -> Iterator[str]:
    units = [""]
    if with_unit and value.code:
        units += [f"||{escaped(value.code)}"] + (
            [f"|{escaped(value.system)}|{escaped(value.code)}"] * bool(value.system)
        )
    if with_unit and value.unit:
        units.append(f"||{escaped(value.unit)}")
    bounds = []
    if value.low is not None and value.low == value.high:
        bounds += [f"{value.low}", f"ap{value.low}", f"le{value.low}", f"ge{value.low}", f"ne{value.low + 1000}"]
    elif value.high is not None:
        bounds += [f"le{value.high}", f"lt{value.high + 1}", f"eb{value.high + 1}"]
    elif value.low is not None:
        bounds += [f"ge{value.low}", f"gt{value.low - 1}", f"sa{value.low - 1}"]
    yield from (bound + unit for bound in bounds for unit in units)


def _text(parameter: Parameter, value: str) -> Iterator[tuple[str, str]]:
    yield "", escaped(value)
    if parameter.type == "uri":
        yield "below", escaped(value[: len(value) // 2 + 1])
        yield "above", escaped(value + "/1")
    else:
        yield "exact", escaped(value)
        yield "contains", escaped(value[len(value) // 2 :])
        yield "", escaped(value.split()[0].upper())
