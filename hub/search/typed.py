"""The typed values of a parameter in a resource, as R4 compares them (https://www.hl7.org/fhir/R4/search.html#ptypes)."""

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from hub.fhir.dates import Span, instant_range
from hub.fhir.definitions import table
from hub.search.clinical import timing_range
from hub.search.expressions import DECEASED, Path, Step
from hub.search.parameters import PLAIN, Parameter
from hub.search.values import normal_reference

FIRST_MS, LAST_MS = -(2**62), 2**62
"""The open sides of a range of epoch ms."""
_CURRENCY = "urn:iso:std:iso:4217"
_POINT = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")


class Token(NamedTuple):
    """A code with its system: "" has none, None is not known. `texts`: what is shown for it; `kinds`: (system, code) of
    an Identifier's type."""

    system: str | None
    code: str | None
    texts: tuple[str, ...] = ()
    kinds: tuple[tuple[str, str], ...] = ()


class Amount(NamedTuple):
    """A number or a range of numbers, None where it is open; `is_low_in`, `is_high_in`: whether the bound belongs to
    it. Of a quantity also its unit."""

    low: Decimal | None
    high: Decimal | None
    is_low_in: bool = True
    is_high_in: bool = True
    system: str | None = None
    code: str | None = None
    unit: str | None = None


class Link(NamedTuple):
    """A reference: its text (`Type/id`, or absolute), None when it is not literal; its logical identifier."""

    text: str | None
    identifier: Token | None = None


Value = Token | str | Span | Amount | Link | tuple[list[Any], ...]
"""str of a string or uri; Span (of epoch ms) of a date; a tuple of a composite: for each component, its values."""


def values(parameter: Parameter, resource: dict[str, Any]) -> list[Value]:
    """Everything the parameter finds a valid resource by. Never raises for one."""
    if parameter.contexts:
        together = (
            tuple(values(part, resource if is_rooted else node) for part, is_rooted in context.components)
            for context in parameter.contexts
            for node in walk(context.path.steps, resource)
        )
        return [each for each in together if all(each)]
    found = _read(parameter, elements(parameter, resource))
    for path in parameter.instead if not found else ():
        found = _read(parameter, [(path, element) for element in walk(path.steps, resource)])
        if found:
            break
    if not found and any(path.datatype == DECEASED for path in parameter.paths):
        return [Token("", "false")]
    return found


def elements(parameter: Parameter, resource: dict[str, Any]) -> list[tuple[Path, Any]]:
    """The elements that the official expression selects, with the path of each."""
    return [
        (path, element)
        for path in parameter.paths
        for element in walk(path.steps, resource)
        if path.target is None or _refers_to(path.target, element)
    ]


def walk(steps: tuple[Step, ...], node: dict[str, Any]) -> list[Any]:
    """The elements at the end of a path, without nulls."""
    nodes: list[Any] = [node]
    for step in steps:
        following: list[Any] = []
        for each in nodes:
            value = each.get(step.key)
            if type(value) is list:
                items = value if step.index is None else value[step.index : step.index + 1]
                following += [item for item in items if item is not None]
            elif value is not None:
                following.append(value)
        if step.equal:
            key, literal = step.equal
            following = [item for item in following if item.get(key) == literal]
        if step.extension:
            following = [item for item in following if _has_extension(item, step.extension)]
        nodes = following
    return nodes


def _has_extension(item: dict[str, Any], url: str) -> bool:
    return any(extension.get("url") == url for extension in item.get("extension", ()))


def _refers_to(target: str, element: Any) -> bool:
    if type(element) is not dict:
        return False
    text = normal_reference(element.get("reference"))
    return text.startswith(f"{target}/") if text else element.get("type", target) == target


def _read(parameter: Parameter, found: Iterable[tuple[Path, Any]]) -> list[Value]:
    reader = _READERS[parameter.type]
    return [value for path, element in found for value in reader(path, element)]


def _tokens(path: Path, element: Any) -> Iterator[Token]:
    kind = path.datatype
    if kind == DECEASED:
        yield Token("", "true" if element else "false")
    elif kind == "ContactPoint":
        if "value" in element:
            yield Token("", element["value"])
    elif kind in PLAIN:
        yield Token("", ("true" if element else "false") if isinstance(element, bool) else str(element))
    elif kind == "code":
        systems = [s for s, codes in (table()["codes"].get(path.codes) or {}).items() if element in codes]
        yield from (Token(system, element) for system in systems or (None,))
    elif kind == "Coding":
        yield _coding(element, ())
    elif kind == "Identifier":
        yield from _identifier(element)
    else:
        text = (element["text"],) if "text" in element else ()
        codings = [_coding(item, text) for item in element.get("coding", ()) if item is not None]
        yield from codings or [Token(None, None, text)] * bool(text)


def _coding(element: dict[str, Any], text: tuple[str, ...]) -> Token:
    shown = (element["display"], *text) if "display" in element else text
    return Token(element.get("system", ""), element.get("code"), shown)


def _identifier(element: dict[str, Any]) -> Iterator[Token]:
    type_ = element.get("type", {})
    text = (type_["text"],) if "text" in type_ else ()
    kinds = tuple((each.get("system", ""), each.get("code", "")) for each in type_.get("coding", ()) if each)
    yield Token(element.get("system", ""), element.get("value"), text, kinds)


def _links(path: Path, element: Any) -> Iterator[Link]:
    if path.datatype == "Resource":
        yield Link(f"{element.get('resourceType')}/{element['id']}" if "id" in element else None)
    elif path.datatype != "Reference":
        yield Link(element)
        if "|" in element:
            yield Link(element.partition("|")[0])
    else:
        logical = element.get("identifier")
        yield Link(normal_reference(element.get("reference")), next(_identifier(logical)) if logical else None)


def _texts(path: Path, element: Any) -> Iterator[str]:
    if path.datatype == "HumanName":
        keys: tuple[str, ...] = ("text", "family", "given", "prefix", "suffix")
    elif path.datatype == "Address":
        keys = ("text", "line", "city", "district", "state", "postalCode", "country")
    else:
        yield element
        return
    for key in keys:
        part = element.get(key, ())
        yield from (part,) if type(part) is str else (text for text in part if text)


def _spans(path: Path, element: Any) -> Iterator[Span]:
    try:
        if path.datatype == "Period":
            start, end = element.get("start"), element.get("end")
            if start or end:
                first = instant_range(start).first if start else FIRST_MS
                yield Span(first, instant_range(end).last if end else LAST_MS)
        elif path.datatype == "Timing":
            span = timing_range(element)
            yield from (span,) if span else ()
        else:
            yield instant_range(element)
    except (ValueError, OverflowError):
        return  # no date the calendar knows: it counts as absent


def _amounts(path: Path, element: Any) -> Iterator[Amount]:
    kind = path.datatype
    if kind == "Range":
        low, high = element.get("low", {}), element.get("high", {})
        if "value" in low or "value" in high:
            first, last = (_number(each["value"]) if "value" in each else None for each in (low, high))
            yield Amount(first, last, True, True, *_unit(low if "value" in low else high))
    elif kind == "Money":
        if "value" in element:
            value, currency = _number(element["value"]), element.get("currency")
            yield Amount(value, value, True, True, _CURRENCY, currency, currency)
    elif kind == "SampledData":
        points = _sampled(element)
        if points:
            yield Amount(min(points), max(points), True, True, *_unit(element.get("origin", {})))
    elif type(element) is not dict:
        value = _number(element)
        yield Amount(value, value)
    elif "value" in element:
        value, comparator = _number(element["value"]), element.get("comparator", "=")
        low, high = (None if "<" in comparator else value), (None if ">" in comparator else value)
        is_in = "=" in comparator
        yield Amount(low, high, is_in, is_in, *_unit(element))


def _unit(element: dict[str, Any]) -> tuple[str | None, str | None, str | None]:
    return element.get("system"), element.get("code"), element.get("unit")


def _sampled(element: dict[str, Any]) -> list[Decimal]:
    """The samples: origin plus factor times each point; what is no number (E, L, U) is left out."""
    factor, origin = _number(element.get("factor", 1)), _number(element.get("origin", {}).get("value", 0))
    points = (point for point in element.get("data", "").split() if _POINT.fullmatch(point))
    return [origin + factor * Decimal(point) for point in points]


def _number(value: Any) -> Decimal:
    return value if type(value) is Decimal else Decimal(str(value))


_READERS: dict[str, Callable[[Path, Any], Iterable[Value]]] = {
    "token": _tokens,
    "reference": _links,
    "string": _texts,
    "date": _spans,
    "number": _amounts,
    "quantity": _amounts,
    "uri": lambda _path, element: (element,),
}
