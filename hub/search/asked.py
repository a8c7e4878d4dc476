"""One value as asked for, made a test of the typed values found (https://www.hl7.org/fhir/R4/search.html#ptypes)."""

import re
from collections.abc import Callable
from typing import Any

from hub.fhir.dates import Span, instant_range
from hub.fhir.definitions import RESOURCE_TYPES
from hub.fhir.references import parse_reference
from hub.fhir.terminology import members
from hub.search import names
from hub.search.comparing import Number, amounts_hold, read_number, spans_hold
from hub.search.escapes import split, unescape
from hub.search.parameters import Component, Parameter
from hub.search.refusals import bad_value, refuse

Test = Callable[[Any], bool]
"""Whether a typed value is what was asked for."""

ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_PREFIXED = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?([-+.\d].*)", re.DOTALL)
_TYPES = frozenset(RESOURCE_TYPES)


def value_test(parameter: Parameter, modifier: str, text: str) -> Test:
    """The test for one alternative, escapes still in it. INCORRECT when it is not of the parameter's form."""
    if parameter.type == "reference" and modifier != "identifier":
        targets = (modifier,) if modifier else parameter.targets
        return _reference_test(parameter.name, text, targets)
    return _TESTS[modifier or parameter.type](parameter, text)


def read_token(name: str, text: str) -> tuple[str | None, str | None]:
    """(system, code): system None when not given, "" when given as none; code None for any code of a system."""
    parts = [unescape(part) for part in split(text, "|")]
    if len(parts) == 1 and parts[0]:
        return None, parts[0]
    if len(parts) == 2 and any(parts):
        return parts[0], parts[1] or None
    raise bad_value(name, "token")


def read_reference(name: str, text: str, targets: tuple[str, ...]) -> list[str]:
    """The references a value may mean: a bare id could be any of the target types."""
    text = unescape(text)
    local = parse_reference(text)
    if local is not None and local.version is None:
        if local.type not in targets:
            raise bad_value(name, "reference")
        return [f"{local.type}/{local.id}"]
    if ID.fullmatch(text):
        if name in ("patient", "subject") and "Patient" in targets:
            return [f"Patient/{text}"]
        return [f"{target}/{text}" for target in targets]
    if ":" in text and not any(letter.isspace() for letter in text):
        return [text]
    raise bad_value(name, "reference")


def read_prefixed(parameter: Parameter, text: str) -> tuple[str, str]:
    """(prefix, value). A blank before a zone or an exponent was a plus that lost its encoding on the way."""
    match = _PREFIXED.fullmatch(text)
    if match is None:
        raise bad_value(parameter.name, parameter.type)
    return match[1] or "eq", match[2].replace(" ", "+")


def read_date(parameter: Parameter, text: str) -> tuple[str, Span]:
    """(prefix, the milliseconds the value covers)."""
    prefix, value = read_prefixed(parameter, text)
    try:
        return prefix, instant_range(value)
    except (ValueError, OverflowError):
        raise bad_value(parameter.name, "date") from None


def read_members(parameter: Parameter, text: str) -> frozenset[tuple[str, str]]:
    """The (system, code) pairs of the value set with this url."""
    found = members(unescape(text))
    if found is None:
        raise refuse("HUB-4017", name=parameter.name)
    return found


def _token_test(parameter: Parameter, text: str) -> Test:
    system, code = read_token(parameter.name, text)
    return lambda found: (code is None or found.code == code) and (system is None or found.system == system)


def _of_type_test(parameter: Parameter, text: str) -> Test:
    parts = [unescape(part) for part in split(text, "|")]
    if len(parts) != 3 or not all(parts):
        raise bad_value(parameter.name, "of-type")
    kind, value = (parts[0], parts[1]), parts[2]
    return lambda found: found.code == value and kind in found.kinds


def _text_test(parameter: Parameter, text: str) -> Test:
    wanted = _folded(parameter, text)
    return lambda found: any(names.fold(shown).startswith(wanted) for shown in found.texts)


def _in_test(parameter: Parameter, text: str) -> Test:
    pairs = read_members(parameter, text)
    return lambda found: (found.system, found.code) in pairs


def _identifier_test(parameter: Parameter, text: str) -> Test:
    test = _token_test(parameter, text)
    return lambda found: found.identifier is not None and test(found.identifier)


def _reference_test(name: str, text: str, targets: tuple[str, ...]) -> Test:
    options = frozenset(read_reference(name, text, targets))
    return lambda found: found.text in options


def _string_test(parameter: Parameter, text: str) -> Test:
    wanted = _folded(parameter, text)
    return lambda found: names.fold(found).startswith(wanted)


def _folded(parameter: Parameter, text: str) -> str:
    wanted = names.fold(unescape(text))
    if not wanted:
        raise bad_value(parameter.name, "string")
    return wanted


def _exact_test(_parameter: Parameter, text: str) -> Test:
    wanted = unescape(text)
    return lambda found: found == wanted


def _contains_test(parameter: Parameter, text: str) -> Test:
    wanted = _folded(parameter, text)
    return lambda found: wanted in names.fold(found)


def _date_test(parameter: Parameter, text: str) -> Test:
    prefix, span = read_date(parameter, text)
    return lambda found: spans_hold(prefix, span, found)


def _number_test(parameter: Parameter, text: str) -> Test:
    prefix, number = _read_number(parameter, text)
    return lambda found: amounts_hold(prefix, number, found)


def _quantity_test(parameter: Parameter, text: str) -> Test:
    amount, *unit = split(text, "|")
    prefix, number = _read_number(parameter, amount)
    if not unit:
        return lambda found: amounts_hold(prefix, number, found)
    if len(unit) != 2 or not unit[1]:
        raise bad_value(parameter.name, "quantity")
    system, code = (unescape(part) for part in unit)
    if system:
        return lambda found: (found.system, found.code) == (system, code) and amounts_hold(prefix, number, found)
    return lambda found: code in (found.code, found.unit) and amounts_hold(prefix, number, found)


def _read_number(parameter: Parameter, text: str) -> tuple[str, Number]:
    prefix, value = read_prefixed(parameter, text)
    try:
        return prefix, read_number(value)
    except ValueError:
        raise bad_value(parameter.name, parameter.type) from None


def _below_test(_parameter: Parameter, text: str) -> Test:
    wanted = unescape(text)
    return lambda found: found.startswith(wanted)


def _above_test(_parameter: Parameter, text: str) -> Test:
    wanted = unescape(text)
    return wanted.startswith


def read_composite(parameter: Parameter, text: str) -> list[str]:
    """The values of the components, escapes still in them."""
    parts = split(text, "$")
    components: tuple[Component, ...] = parameter.contexts[0].components
    if len(parts) != len(components) or not all(parts):
        raise bad_value(parameter.name, "composite")
    return parts


def _composite_test(parameter: Parameter, text: str) -> Test:
    parts = read_composite(parameter, text)
    components = parameter.contexts[0].components
    tests = [value_test(each.parameter, "", part) for each, part in zip(components, parts, strict=True)]
    return lambda found: all(any(map(test, each)) for test, each in zip(tests, found, strict=True))


_TESTS: dict[str, Callable[[Parameter, str], Test]] = {
    "token": _token_test,
    "not": _token_test,
    "of-type": _of_type_test,
    "text": _text_test,
    "in": _in_test,
    "not-in": _in_test,
    "identifier": _identifier_test,
    "string": _string_test,
    "exact": _exact_test,
    "contains": _contains_test,
    "date": _date_test,
    "number": _number_test,
    "quantity": _quantity_test,
    "uri": _exact_test,
    "below": _below_test,
    "above": _above_test,
    "composite": _composite_test,
}
