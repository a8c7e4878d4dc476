"""The conditions of a search, collected: what the store can answer by itself, and checks for the rest.

Where a check is needed, what is necessary for it goes to the store as well, so that it narrows before anything is
opened. https://www.hl7.org/fhir/R4/search.html
"""

from dataclasses import dataclass, field

from hub.model import DayRange
from hub.search import names, phones
from hub.search.asked import (
    ID,
    Test,
    read_composite,
    read_date,
    read_members,
    read_prefixed,
    read_reference,
    read_token,
    value_test,
)
from hub.search.checks import Matches, Missing, Words
from hub.search.escapes import split, unescape
from hub.search.expressions import DECEASED
from hub.search.extraction import is_indexed
from hub.search.parameters import INDEXED, PLAIN, Parameter, served
from hub.search.query import Chain, Check, Has, Query, Values
from hub.search.ranges import NOBODY, between, birth_values, day_of, moments
from hub.search.refusals import bad_value, refuse
from hub.search.values import PATIENT_PARAMS

MOST_ALTERNATIVES = 50


@dataclass(slots=True)
class Terms:
    """What the parameters of a search over one type come to. `base` begins the addresses of the hub's own resources."""

    type: str
    base: str = ""
    groups: list[Values] = field(default_factory=list)
    excluded: list[Values] = field(default_factory=list)
    identifiers: list[tuple[tuple[str | None, str], ...]] = field(default_factory=list)
    days: list[tuple[DayRange, ...]] = field(default_factory=list)
    updated: list[tuple[int, int]] = field(default_factory=list)
    patients: list[tuple[str, ...]] = field(default_factory=list)
    ids: list[tuple[str, ...]] = field(default_factory=list)
    births: list[tuple[str, str]] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    chains: list[Chain] = field(default_factory=list)
    has: list[Has] = field(default_factory=list)

    def add(self, parameter: Parameter, modifier: str, text: str) -> None:
        """Takes one occurrence of a parameter with a modifier it takes. Raises HubError for a bad value."""
        if modifier == "missing":
            if text not in ("true", "false"):
                raise bad_value(parameter.name, "missing")
            self.checks.append(Missing(f"{parameter.name}:missing", parameter, text == "true"))
            return
        alternatives = split(text, ",")
        if len(alternatives) > MOST_ALTERNATIVES:
            raise refuse("HUB-4006", name=parameter.name, limit=str(MOST_ALTERNATIVES))
        if not all(alternatives):
            raise bad_value(parameter.name, parameter.kept if parameter.kept in ("births", "ids") else parameter.type)
        if parameter.name in phones.PARAMETERS and parameter.type == "token":
            alternatives = [form for each in alternatives for form in phones.both_forms(each)]
        _TAKERS.get(parameter.kept or parameter.type, Terms._check)(self, parameter, modifier, alternatives)

    def query(self) -> Query:
        """The conditions as a query; birth date bounds are merged into one range."""
        groups = [*self.groups, *([between(self.births)] if self.births else [])]
        return Query(
            type=self.type,
            patient=_narrow(self.patients),
            ids=_narrow(self.ids),
            tokens=tuple(groups),
            indexed=tuple(all(is_indexed(*pair) for pair in group) for group in groups),
            excluded=tuple(self.excluded),
            identifiers=tuple(self.identifiers),
            days=tuple(self.days),
            updated=tuple(self.updated),
            checks=tuple(self.checks),
            chains=tuple(self.chains),
            has=tuple(self.has),
        )

    def _check(self, parameter: Parameter, modifier: str, alternatives: list[str]) -> None:
        """One of the alternatives holds (`not`, `not-in`: none does), seen on the opened resource."""
        tests: tuple[Test, ...] = tuple(value_test(parameter, modifier, each) for each in alternatives)
        name = f"{parameter.name}:{modifier}" if modifier else parameter.name
        self.checks.append(Matches(name, parameter, tests, modifier in ("not", "not-in")))

    def _kept_tokens(self, parameter: Parameter, modifier: str, alternatives: list[str]) -> None:
        if parameter.type == "reference":
            self._references(parameter, modifier, alternatives)
        elif parameter.type == "uri":
            self._uris(parameter, modifier, alternatives)
        elif modifier in ("in", "not-in"):
            self._members(parameter, modifier, alternatives)
        elif modifier in ("text", "of-type"):
            self._check(parameter, modifier, alternatives)
            if modifier == "of-type":
                self._group(parameter, [f"*|{unescape(split(text, '|')[2])}" for text in alternatives])
        elif any(path.datatype == DECEASED for path in parameter.paths):
            self._deceased(parameter, modifier, alternatives)
        else:
            self._tokens(parameter, modifier, alternatives)

    def _tokens(self, parameter: Parameter, modifier: str, alternatives: list[str]) -> None:
        pairs = [read_token(parameter.name, text) for text in alternatives]
        coded = [(system, code) for system, code in pairs if code is not None]
        plain = [path.datatype in PLAIN for path in parameter.paths]
        if len(coded) < len(pairs) or (any(system == "" for system, _ in pairs) and any(plain) and not all(plain)):
            self._check(parameter, modifier, alternatives)
            if not modifier and len(coded) == len(pairs):
                self._group(parameter, [f"*|{code}" for _, code in coded])
            return
        if all(plain):
            coded = [(system or None, code) for system, code in coded]
        exact = [f"{'*' if system is None else system}|{code}" for system, code in coded]
        if modifier:
            self.excluded.append(tuple((parameter.name, value) for value in exact))
            return
        has_systems = any(system is not None for system, _ in coded)
        if parameter.name in INDEXED or not has_systems:
            self._group(parameter, [f"*|{code}" for _, code in coded])
        if has_systems:
            self._group(parameter, exact)
        if parameter.name == "identifier":
            self.identifiers.append(tuple(coded))

    def _deceased(self, parameter: Parameter, modifier: str, alternatives: list[str]) -> None:
        """The dead carry a token; the living carry none."""
        asked = {code for system, code in (read_token(parameter.name, text) for text in alternatives) if not system}
        wanted = {"true", "false"} & ({"true", "false"} - asked if modifier else asked)
        dead: Values = ((parameter.name, "*|true"),)
        if "true" not in wanted:
            self.excluded.append(dead)
        if "false" not in wanted:
            self.groups.append(dead)

    def _members(self, parameter: Parameter, modifier: str, alternatives: list[str]) -> None:
        pairs = sorted({pair for text in alternatives for pair in read_members(parameter, text)})
        if not pairs or len(pairs) > MOST_ALTERNATIVES:
            self._check(parameter, modifier, alternatives)
            return
        group = tuple((parameter.name, f"{system}|{code}") for system, code in pairs)
        (self.groups if modifier == "in" else self.excluded).append(group)

    def _references(self, parameter: Parameter, modifier: str, alternatives: list[str]) -> None:
        if modifier == "identifier":
            self._check(parameter, modifier, alternatives)
            return
        targets = (modifier,) if modifier else parameter.targets
        local = [text.removeprefix(self.base) for text in alternatives]
        found = [read_reference(parameter.name, text, targets) for text in local]
        if parameter.name in PATIENT_PARAMS:
            patients = [options[0].removeprefix("Patient/") for options in found if options[0].startswith("Patient/")]
            if len(patients) == len(found):
                self.patients.append(tuple(patients))
                return
            if patients:
                raise refuse("HUB-4018", name=parameter.name)
        self._group(parameter, [option for options in found for option in options])

    def _uris(self, parameter: Parameter, modifier: str, alternatives: list[str]) -> None:
        if modifier:
            self._check(parameter, modifier, alternatives)
        else:
            self._group(parameter, [unescape(text) for text in alternatives])

    def _names(self, parameter: Parameter, modifier: str, alternatives: list[str]) -> None:
        asked = [tuple(names.words(unescape(text))) for text in alternatives]
        if modifier:
            self._check(parameter, modifier, alternatives)
            if modifier == "contains":
                return
        elif not all(asked):
            raise bad_value(parameter.name, "string")
        elif (len(asked) > 1 and any(len(words) > 1 for words in asked)) or any(
            len(word) > names.LONGEST_PREFIX for words in asked for word in words
        ):
            self.checks.append(Words(parameter.name, parameter, tuple(asked)))
        if not all(asked):
            return
        columns = [[words[0] for words in asked]] if len(asked) > 1 else [[word] for word in asked[0]]
        for column in columns:
            wanted = [names.wanted(word) for word in column]
            self.groups.append(tuple(("name", word) for word in wanted))
            if parameter.name != "name":
                self._group(parameter, wanted)

    def _days(self, parameter: Parameter, modifier: str, alternatives: list[str]) -> None:
        found = [day_of(parameter, text) for text in alternatives]
        if any("T" in text for text in alternatives):
            self._check(parameter, modifier, alternatives)
            if any("T" in text and day.prefix == "ne" for text, day in zip(alternatives, found, strict=True)):
                return
        self.days.append(tuple(found))

    def _births(self, parameter: Parameter, modifier: str, alternatives: list[str]) -> None:
        bounds = [read_prefixed(parameter, text) for text in alternatives]
        try:
            found = [birth_values(prefix, value) for prefix, value in bounds]
        except (ValueError, OverflowError):
            raise bad_value(parameter.name, "births") from None
        is_timed = any("T" in value for _, value in bounds)
        is_unlike = any(prefix == "ne" for prefix, _ in bounds)
        if is_timed or is_unlike:
            self._check(parameter, modifier, alternatives)
        if is_unlike:
            return
        if len(bounds) == 1 and bounds[0][0] in ("gt", "ge", "lt", "le") and not is_timed:
            self.births.append(bounds[0])
        else:
            self.groups.append(tuple(("birthdate", value) for each in found for value in each) or NOBODY)

    def _updated(self, parameter: Parameter, modifier: str, alternatives: list[str]) -> None:
        ranges = [moments(*read_date(parameter, text)) for text in alternatives]
        known = [each for each in ranges if each is not None]
        if len(ranges) > 1 or not known:
            self._check(parameter, modifier, alternatives)
        if len(known) == len(ranges):
            self.updated.append((min(first for first, _ in known), max(last for _, last in known)))

    def _ids(self, parameter: Parameter, _modifier: str, alternatives: list[str]) -> None:
        if not all(ID.fullmatch(text) for text in alternatives):
            raise bad_value(parameter.name, "ids")
        self.ids.append(tuple(alternatives))

    def _composites(self, parameter: Parameter, modifier: str, alternatives: list[str]) -> None:
        self._check(parameter, modifier, alternatives)
        columns = zip(*(read_composite(parameter, text) for text in alternatives), strict=True)
        for (component, _), column in zip(parameter.contexts[0].components, columns, strict=True):
            alone = served(self.type).get(component.name)
            if alone and alone.url == component.url and alone.kept == "tokens":
                necessary = Terms(self.type, self.base)
                necessary.add(alone, "", ",".join(column))
                self.groups += necessary.groups

    def _group(self, parameter: Parameter, alternatives: list[str]) -> None:
        self.groups.append(tuple((parameter.name, value) for value in alternatives))


_TAKERS = {
    "tokens": Terms._kept_tokens,
    "names": Terms._names,
    "days": Terms._days,
    "births": Terms._births,
    "updated": Terms._updated,
    "ids": Terms._ids,
    "composite": Terms._composites,
}


def _narrow(choices: list[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The ids that every occurrence allows, in order of the first; None when there is no occurrence."""
    if not choices:
        return None
    return tuple(dict.fromkeys(each for each in choices[0] if all(each in other for other in choices[1:])))
