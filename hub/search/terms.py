"""One search parameter's value to groups of values to look up (https://www.hl7.org/fhir/R4/search.html)."""

import re
from dataclasses import dataclass, field

from hub.fhir.dates import date_range, instant_range
from hub.fhir.references import parse_reference
from hub.model import DayRange
from hub.search import births, names
from hub.search.extraction import is_indexed
from hub.search.parameters import INDEXED, Parameter
from hub.search.query import Values
from hub.search.refusals import bad_value, refuse

MOST_ALTERNATIVES = 50
FIRST_MS, LAST_MS = -(2**62), 2**62
"""The open sides of a range of epoch ms."""

_PREFIXED = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?(\d.*)", re.DOTALL)
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_ESCAPED = re.compile(r"\\([\\,|$])")
_DAY_PREFIXES = "eq, ne, gt, lt, ge, le, sa, eb, ap"
_BIRTH_PREFIXES = "eq, gt, lt, ge, le, sa, eb"
_TIMED = {"gt": "ge", "sa": "ge", "lt": "le", "eb": "le"}
"""A time of day is compared by its day, so a strict bound has to let its own day in."""


@dataclass(slots=True)
class Terms:
    """What the parameters of a search come to, collected."""

    groups: list[Values] = field(default_factory=list)
    identifiers: list[tuple[tuple[str | None, str], ...]] = field(default_factory=list)
    days: list[tuple[DayRange, ...]] = field(default_factory=list)
    updated: list[tuple[int, int]] = field(default_factory=list)
    patients: list[tuple[str, ...]] = field(default_factory=list)
    ids: list[tuple[str, ...]] = field(default_factory=list)
    births: list[tuple[str, str]] = field(default_factory=list)

    def add(self, parameter: Parameter, text: str, target: str | None) -> None:
        """Takes one occurrence of a parameter; `target` is its type modifier. Raises HubError for a bad value."""
        alternatives = split(text, ",")
        if len(alternatives) > MOST_ALTERNATIVES:
            raise refuse("HUB-4006", name=parameter.name, limit=str(MOST_ALTERNATIVES))
        if not all(alternatives):
            raise bad_value(parameter.name, parameter.kind)
        _TAKERS[parameter.kind](self, parameter, alternatives, target)

    def close(self) -> list[Values]:
        """All groups, birth date bounds merged into one range."""
        if self.births:
            self.groups.append(_between(self.births))
        return self.groups

    def _tokens(self, parameter: Parameter, alternatives: list[str], target: str | None) -> None:  # noqa: ARG002
        pairs = [_token(parameter.name, alternative) for alternative in alternatives]
        if parameter.name in INDEXED or all(system is None for system, _ in pairs):
            self.groups.append(tuple((parameter.name, f"*|{code}") for _, code in pairs))
        if any(system is not None for system, _ in pairs):
            exact = [(parameter.name, f"{'*' if system is None else system}|{code}") for system, code in pairs]
            self.groups.append(tuple(exact))
        if parameter.name == "identifier":
            self.identifiers.append(tuple(pairs))

    def _references(self, parameter: Parameter, alternatives: list[str], target: str | None) -> None:
        targets = (target,) if target else parameter.targets
        found = [_reference(parameter.name, unescape(text), targets) for text in alternatives]
        if parameter.name in ("patient", "subject"):
            patients = [_patient(options) for options in found]
            if all(patients):
                self.patients.append(tuple(p for p in patients if p))
                return
            if any(patients):
                raise bad_value(parameter.name, "reference")
        self.groups.append(tuple((parameter.name, option) for options in found for option in options))

    def _strings(self, parameter: Parameter, alternatives: list[str], target: str | None) -> None:  # noqa: ARG002
        wanted = [[names.wanted(word) for word in names.words(unescape(text))] for text in alternatives]
        if not all(wanted) or (len(wanted) > 1 and any(len(words) > 1 for words in wanted)):
            raise bad_value(parameter.name, "string")
        columns = [tuple(words[0] for words in wanted)] if len(wanted) > 1 else [(word,) for word in wanted[0]]
        for column in columns:
            self.groups.append(tuple(("name", word) for word in column))
            if parameter.name != "name":
                self.groups.append(tuple((parameter.name, word) for word in column))

    def _days(self, parameter: Parameter, alternatives: list[str], target: str | None) -> None:  # noqa: ARG002
        self.days.append(tuple(_day(parameter.name, text) for text in alternatives))

    def _births(self, parameter: Parameter, alternatives: list[str], target: str | None) -> None:  # noqa: ARG002
        bounds = [_prefixed(parameter, text) for text in alternatives]
        if any(prefix in ("ne", "ap") for prefix, _ in bounds):
            raise refuse("HUB-4004", name=parameter.name, form=_BIRTH_PREFIXES)
        try:
            values = [_birth_values(prefix, value) for prefix, value in bounds]
        except ValueError:
            raise bad_value(parameter.name, "birthdate") from None
        if len(bounds) == 1 and bounds[0][0] in ("gt", "ge", "lt", "le"):
            self.births.append(bounds[0])
        else:
            self.groups.append(tuple(("birthdate", value) for each in values for value in each) or _NOBODY)

    def _instants(self, parameter: Parameter, alternatives: list[str], target: str | None) -> None:  # noqa: ARG002
        if len(alternatives) > 1:
            raise bad_value(parameter.name, "instant")
        self.updated.append(_moments(parameter, alternatives[0]))

    def _ids(self, parameter: Parameter, alternatives: list[str], target: str | None) -> None:  # noqa: ARG002
        if not all(_ID.fullmatch(text) for text in alternatives):
            raise bad_value(parameter.name, "id")
        self.ids.append(tuple(alternatives))


_TAKERS = {
    "token": Terms._tokens,
    "reference": Terms._references,
    "string": Terms._strings,
    "day": Terms._days,
    "birthdate": Terms._births,
    "instant": Terms._instants,
    "id": Terms._ids,
}
_NOBODY: Values = (("birthdate", "-"),)
"""A value no resource has."""


def is_indexed_group(group: Values) -> bool:
    """Whether every value of a group has index rows."""
    return all(is_indexed(*pair) for pair in group)


def split(text: str, separator: str) -> list[str]:
    """Splits at a separator that is not escaped; escapes stay."""
    parts, start, position = [], 0, 0
    while position < len(text):
        if text[position] == "\\":
            position += 2
            continue
        if text[position] == separator:
            parts.append(text[start:position])
            start = position + 1
        position += 1
    return [*parts, text[start:]]


def unescape(text: str) -> str:
    r"""Takes the escapes off: `\,` `\|` `\$` `\\`."""
    return _ESCAPED.sub(r"\1", text)


def _token(name: str, text: str) -> tuple[str | None, str]:
    """(system, code): system None when not given, "" when given as none."""
    parts = [unescape(part) for part in split(text, "|")]
    if len(parts) > 2 or not parts[-1]:
        raise bad_value(name, "token")
    return (parts[0], parts[1]) if len(parts) == 2 else (None, parts[0])


def _reference(name: str, text: str, targets: tuple[str, ...]) -> list[str]:
    """The references a value may mean: a bare id could be any of the target types."""
    local = parse_reference(text)
    if local is not None and local.version is None:
        if local.type not in targets:
            raise bad_value(name, "reference")
        return [f"{local.type}/{local.id}"]
    if _ID.fullmatch(text):
        if name in ("patient", "subject") and "Patient" in targets:
            return [f"Patient/{text}"]
        return [f"{target}/{text}" for target in targets]
    if ":" in text and not any(letter.isspace() for letter in text):
        return [text]
    raise bad_value(name, "reference")


def _patient(options: list[str]) -> str | None:
    kind, _, logical_id = options[0].partition("/")
    return logical_id if kind == "Patient" else None


def _prefixed(parameter: Parameter, text: str) -> tuple[str, str]:
    match = _PREFIXED.fullmatch(text)
    if match is None:
        raise bad_value(parameter.name, parameter.kind)
    return match[1] or "eq", match[2].replace(" ", "+")


def _day(name: str, text: str) -> DayRange:
    match = _PREFIXED.fullmatch(text)
    if match is None:
        raise bad_value(name, "day")
    prefix, value = match[1] or "eq", match[2].replace(" ", "+")
    try:
        first, last = date_range(value)
    except (ValueError, OverflowError):
        raise bad_value(name, "day") from None
    if "T" in value:
        if prefix == "ne":
            raise refuse("HUB-4004", name=name, form=_DAY_PREFIXES)
        prefix = _TIMED.get(prefix, prefix)
    return DayRange(prefix, first, last)  # type: ignore[arg-type]


def _birth_values(prefix: str, value: str) -> list[str]:
    if prefix == "eq":
        births.date_span(value)
        return [value]
    return births.cover(*births.interval(prefix, value), is_overlap=prefix not in ("sa", "eb"))


def _between(bounds: list[tuple[str, str]]) -> Values:
    intervals = [births.interval(prefix, value) for prefix, value in bounds]
    found = births.cover(max(first for first, _ in intervals), min(last for _, last in intervals))
    return tuple(("birthdate", value) for value in found) or _NOBODY


def _moments(parameter: Parameter, text: str) -> tuple[int, int]:
    prefix, value = _prefixed(parameter, text)
    try:
        first, last = instant_range(value)
    except (ValueError, OverflowError):
        raise bad_value(parameter.name, "instant") from None
    ranges = {
        "eq": (first, last),
        "gt": (last + 1, LAST_MS),
        "sa": (last + 1, LAST_MS),
        "lt": (FIRST_MS, first - 1),
        "eb": (FIRST_MS, first - 1),
        "ge": (first, LAST_MS),
        "le": (FIRST_MS, last),
    }
    if prefix not in ranges:
        raise refuse("HUB-4004", name=parameter.name, form=_BIRTH_PREFIXES)
    return ranges[prefix]


def narrow(choices: list[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The ids that every occurrence allows, in order of the first; None when there is no occurrence."""
    if not choices:
        return None
    return tuple(dict.fromkeys(each for each in choices[0] if all(each in other for other in choices[1:])))
