"""Which lines of the tables of diagnoses an indicator counts among, and which indicators are parts of others: what
everybody can tell who reads the definitions."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from hub.monitor.indicators.implying import LAST, asks_for_more, categories, rules_out, selects_within
from hub.monitor.indicators.indicator import Indicator, Rule, Selection

OTHER = "other"
Key = tuple[str, bool]
"""An indicator, and whether its numerator is meant (else all units)."""
_RANK = {"person": 0, "visit": 1, "record": 2}


def lines_of(rule: Rule, named: Collection[str]) -> frozenset[str] | None:
    """The lines among which all units of a rule are counted: ICD-10 categories of those `named`, and "other" where it
    takes any that has no line. None where units need no diagnosis."""
    found: set[str] = set()
    for selection in rule.base:
        if set(selection.kinds) != {"diagnosis"}:
            return None
        for first, last in selection.codes or (("", LAST),):
            mine = {code for code in named if first[:3] <= code <= last and not _is_out(code, selection)}
            found |= mine
            if not all(code in mine or _is_out(code, selection) for code in categories(first, last)):
                found.add(OTHER)
    return frozenset(found)


def is_records(rule: Rule) -> bool:
    """Whether it counts the diagnoses themselves, so that what is left of them is a number of diagnoses too."""
    return rule.unit == "record" and all(set(each.kinds) == {"diagnosis"} for each in rule.base)


def parts_of(indicators: Iterable[Indicator]) -> list[tuple[Key, Key]]:
    """Pairs (part, whole): each unit the one counts the other counts too, in the same cell but for people who are seen
    at several places. All units that are diagnoses are left out as wholes: the tables of diagnoses tell what is in
    them."""
    counted = [(each.id, _counts(each)) for each in indicators if each.rule is not None]
    found: list[tuple[Key, Key]] = []
    for one, mine in counted:
        for other, theirs in counted:
            if one == other:
                continue
            held = {(a, b) for a in mine for b in theirs if is_within(mine[a], theirs[b])}
            same = {(a, b) for a, b in held if is_within(theirs[b], mine[a])}
            is_all = (False, False) in held
            if is_all and (False, False) not in same and not is_records(theirs[False]):
                found.append(((one, False), (other, False)))  # else the same units: their numbers say so
            if (False, True) in held:
                found.append(((one, False), (other, True)))
            elif (True, True) in held and not same >= {(True, True), (False, False)}:
                found.append(((one, True), (other, True)))
            if (True, False) in held and not is_all and not is_records(theirs[False]):
                found.append(((one, True), (other, False)))
    return found


def _counts(one: Indicator) -> dict[bool, Rule]:
    """What an indicator counts: all units, and where these are divided its numerator, as a rule of its own."""
    rule = one.rule
    assert rule is not None
    if one.needs is not None:
        return {False: rule}
    counted = tuple(replace(each, one_of=each.one_of and f"{each.one_of}+") for each in rule.counted)  # not of `having`
    some = replace(rule, having=(*rule.having, *counted), lacking=(*rule.lacking, *rule.not_counted))
    return {False: rule, True: replace(some, counted=(), not_counted=())}


def is_within(one: Rule, other: Rule) -> bool:
    """Whether the units of `one` are all units of `other`."""
    if _RANK[one.unit] > _RANK[other.unit] or one.settled != other.settled:
        return False
    is_seldom = one.every in ("year", "days") and other.every == "month"
    if other.unit == "person" and not is_seldom and (one.every, one.days) != (other.every, other.days):
        return False
    if not (asks_for_more(one.having, other.having) and rules_out(one.lacking, other.lacking)):
        return False
    if not rules_out(one.excluded, other.excluded):
        return False
    return all(any(selects_within(each, wider) for wider in other.base) for each in one.base)


def _is_out(code: str, selection: Selection) -> bool:
    return any(first <= code and code + LAST <= last for first, last in selection.not_codes)
