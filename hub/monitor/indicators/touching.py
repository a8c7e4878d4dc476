"""Which lines of the tables of diagnoses an indicator counts among, and which indicators are parts of others: what
everybody can tell who reads the definitions."""

from collections.abc import Collection, Iterable, Sequence

from hub.monitor.indicators.indicator import Condition, Indicator, Rule, Selection

OTHER = "other"
Key = tuple[str, bool]
"""An indicator, and whether its numerator is meant (else all units)."""
_RANK = {"person": 0, "visit": 1, "record": 2}
_LAST = "~"


def lines_of(rule: Rule, named: Collection[str]) -> frozenset[str] | None:
    """The lines among which all units of a rule are counted: ICD-10 categories of those `named`, and "other" where it
    takes any that has no line. None where units need no diagnosis."""
    found: set[str] = set()
    for selection in rule.base:
        if set(selection.kinds) != {"diagnosis"}:
            return None
        for first, last in selection.codes or (("", _LAST),):
            mine = {code for code in named if first[:3] <= code <= last and not _is_out(code, selection)}
            found |= mine
            if not all(code in mine or _is_out(code, selection) for code in _categories(first, last)):
                found.add(OTHER)
    return frozenset(found)


def is_records(rule: Rule) -> bool:
    """Whether it counts the diagnoses themselves, so that what is left of them is a number of diagnoses too."""
    return rule.unit == "record" and all(set(each.kinds) == {"diagnosis"} for each in rule.base)


def parts_of(indicators: Iterable[Indicator]) -> list[tuple[Key, Key]]:
    """Pairs (part, whole): each unit the one counts the other counts too, in the same cell. Counts of diagnoses are
    left out as wholes: the tables of diagnoses tell what is in them."""
    counted = [(each, each.rule) for each in indicators if each.rule is not None]
    found: list[tuple[Key, Key]] = []
    for one, rule in counted:
        for other, whole in counted:
            if one.id == other.id or is_records(whole) or not is_within(rule, whole):
                continue
            if not is_within(whole, rule):  # else the same units: their numbers say so
                found.append(((one.id, False), (other.id, False)))
            is_divided = one.needs is None and other.needs is None
            if is_divided and _has_more(rule, whole) and not (is_within(whole, rule) and _has_more(whole, rule)):
                found.append(((one.id, True), (other.id, True)))
    return found


def is_within(one: Rule, other: Rule) -> bool:
    """Whether the units of `one` are all units of `other`."""
    if _RANK[one.unit] > _RANK[other.unit] or one.settled != other.settled:
        return False
    is_seldom = one.every in ("year", "days") and other.every == "month"
    if other.unit == "person" and not is_seldom and (one.every, one.days) != (other.every, other.days):
        return False
    kept = ((one.having, other.having), (one.lacking, other.lacking), (one.excluded, other.excluded))
    if not all(_holds(mine, theirs) for mine, theirs in kept):
        return False
    return all(any(_selects_within(each, wider) for wider in other.base) for each in one.base)


def _has_more(one: Rule, other: Rule) -> bool:
    """Whether what is counted of `one` meets all that is asked of `other`."""
    return _holds(one.counted, other.counted) and _holds(one.not_counted, other.not_counted)


def _holds(mine: Sequence[Condition], theirs: Sequence[Condition]) -> bool:
    """Whether all of their conditions are among mine; alternatives only as a whole."""
    if any(each.one_of for each in (*mine, *theirs)):
        return set(mine) == set(theirs)
    return set(theirs) <= set(mine)


def _selects_within(one: Selection, other: Selection) -> bool:
    ages, wider = one.ages, other.ages
    is_of_ages = wider is None or (
        ages is not None
        and (wider[0] or 0) <= (ages[0] or 0)
        and (wider[1] is None or (ages[1] is not None and ages[1] <= wider[1]))
    )
    return (
        set(one.kinds) <= set(other.kinds)
        and _codes_within(one, other)
        and is_of_ages
        and all(
            not wide or (bool(mine) and set(mine) <= set(wide))
            for mine, wide in ((one.bands, other.bands), (one.facilities, other.facilities))
        )
        and set(other.values) <= set(one.values)
        and all(
            wide in ("", mine)
            for mine, wide in ((one.sex, other.sex), (one.case, other.case), (one.ownership, other.ownership))
        )
    )


def _codes_within(one: Selection, other: Selection) -> bool:
    inside = not other.codes or (
        bool(one.codes) and all(any(f <= a and b <= last for f, last in other.codes) for a, b in one.codes)
    )
    apart = all(
        any(f <= a and b <= last for f, last in one.not_codes)
        or (bool(one.codes) and all(b < f or last < a for f, last in one.codes))
        for a, b in other.not_codes
    )
    return inside and apart


def _is_out(code: str, selection: Selection) -> bool:
    return any(first <= code and code + _LAST <= last for first, last in selection.not_codes)


def _categories(first: str, last: str) -> list[str]:
    """The categories of a range; one that is none where they cannot be counted off."""
    low, high = first[1:3], last[1:3]
    if first[:1] != last[:1] or not (low.isdecimal() and high.isdecimal()):
        return [""]
    return [f"{first[0]}{n:02}" for n in range(int(low), int(high) + 1)]
