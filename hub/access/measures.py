"""Indicators and their released results as FHIR R4: Measure (hl7.org/fhir/R4/measure.html) and MeasureReport, read and
searched below /dinas/fhir in an auditor's session (there are no auditors' tokens, and /fhir holds patients' records).

Only released numbers: a closed number has no count but the extension data-absent-reason "masked".
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hub.access.indicators import Month, Place, Value, known, released_indicator, released_indicators, released_months
from hub.access.monitoring import only_auditors
from hub.access.offsets import match, page_of, searchset
from hub.clock import instant
from hub.errors import Category, HubError
from hub.fhir import date_range
from hub.model import Issue, Principal
from hub.monitor.indicators import Indicator
from hub.monitor.indicators.telling import told
from hub.parts import Hub
from hub.registry.finding import Unfit

Resource = dict[str, Any]
PATH = "/dinas/fhir"
PARAMETERS = {
    "Measure": ("_id", "url", "_count", "_offset"),
    "MeasureReport": ("measure", "period", "_count", "_offset"),
}
"""What can be searched by."""
PAGES = {"Measure": (20, 100), "MeasureReport": (5, 20)}
"""How many resources a page has when nothing is said, and at most: a report is a line for every place and facility."""
_MONTH = re.compile(r"\d{4}-\d{2}")
_TERMS = "http://terminology.hl7.org/CodeSystem/"
_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_UCUM = "http://unitsofmeasure.org"
_STRATA = {"area": "area", "facility": "facility", "sex": "sex", "band": "sex and age"}


def measures(hub: Hub) -> Resource:
    """All definitions as one Bundle (collection) of Measures. No number is in it; not audited."""
    return _collection(hub, [measure(each, hub.config.base_url) for each in known(hub).values()])


def report(hub: Hub, who: Principal, id_: str, month: str = "") -> Resource:
    """An indicator's released month (default: the newest) as a Bundle of its Measure and a MeasureReport, as the role
    auditor sees it (k = 5); audited. HUB-4247 for an unknown indicator; HUB-4271 as `released_indicator`."""
    one = _known(hub, id_)
    found = released_indicator(hub, who, id_, month)
    both = (measure(one, hub.config.base_url), measure_report(one, found, hub.config.base_url))
    return _collection(hub, both)


def read(hub: Hub, who: Principal, type_: str, id_: str) -> Resource:
    """One Measure by its code, or one MeasureReport by its id (code and month). FORBIDDEN unless the role is auditor.
    HUB-4247, HUB-4271 (not found)."""
    only_auditors(who)
    if type_ == "Measure":
        return measure(_known(hub, id_), hub.config.base_url)
    code, month = id_[:-8], id_[-7:]
    one = _known(hub, code if id_[-8:-7] == "-" and _MONTH.fullmatch(month) else id_)
    return measure_report(one, released_indicator(hub, who, one.id, month), hub.config.base_url)


def search(hub: Hub, who: Principal, type_: str, asked: Sequence[tuple[str, str]]) -> Resource:
    """A searchset Bundle of Measures, or of MeasureReports by `measure` (code, reference or canonical; several with
    commas) and `period` (a date with eq, ge, gt, le or lt; all that are given must hold), newest month first.

    `_count` from `_offset` on, by PAGES; the rest by the link next. FORBIDDEN unless the role is auditor; one audit
    entry for each report that is read. HUB-4262 for an unknown parameter, HUB-4263 for a value that does not fit.
    """
    only_auditors(who)
    names = [name for name, _ in asked]
    for name in names:
        if name not in PARAMETERS[type_] or (name != "period" and names.count(name) > 1):
            args = {"name": name[:40], "type": type_, "known": ", ".join(PARAMETERS[type_])}
            raise HubError(Category.INCORRECT, Issue("HUB-4262", args=args))
    try:
        page = page_of(asked, *PAGES[type_])
    except Unfit as error:
        raise _unfit(error.name, error.wanted) from None
    (count, start), wanted, base = page, _wanted(hub, dict(asked)), hub.config.base_url
    if type_ == "Measure":
        total = len(wanted)
        found = [measure(each, base) for each in wanted[start : start + count]]
    else:
        periods = [_period(value) for name, value in asked if name == "period"]
        there = released_months(hub, who)
        pairs = [(one, month) for month in there for one in wanted if one.id in there[month] and _lies(month, periods)]
        total, pairs = len(pairs), pairs[start : start + count]
        months = released_indicators(hub, who, [(one.id, month) for one, month in pairs])
        found = [measure_report(one, each, base) for (one, _), each in zip(pairs, months, strict=True)]
    entries = [match(base + PATH, each) for each in found]
    return searchset(f"{base}{PATH}/{type_}", asked, page, total, entries)


def _known(hub: Hub, id_: str) -> Indicator:
    one = known(hub).get(id_)
    if one is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4247", args={"found": id_[:48]}))
    return one


def _wanted(hub: Hub, given: Mapping[str, str]) -> list[Indicator]:
    """The indicators that `measure`, `_id` or `url` name; all without them. One that is none is in no answer."""
    text = given.get("measure") or given.get("_id") or given.get("url")
    every = known(hub)
    if text is None:
        return list(every.values())
    base = f"{hub.config.base_url}{PATH}/"
    codes = {part.removeprefix(base).removeprefix("Measure/").partition("|")[0] for part in text.split(",")}
    return [each for id_, each in every.items() if id_ in codes]


def _period(text: str) -> tuple[str, int, int]:
    """A search value of type date: its comparison, and the first and last day it means."""
    sign = text[:2] if text[:2] in ("eq", "ge", "gt", "le", "lt") else "eq"
    try:
        span = date_range(text.removeprefix(sign))
    except ValueError:
        raise _unfit("period", "2026-10, ge2026-01, lt2027") from None
    return sign, span.first, span.last


def _lies(month: str, periods: Iterable[tuple[str, int, int]]) -> bool:
    """Whether a month fits all of them (hl7.org/fhir/R4/search.html#date)."""
    own = date_range(month)
    for sign, first, last in periods:
        fits = {
            "eq": first <= own.first and own.last <= last,
            "ge": own.last >= first,
            "gt": own.last > last,
            "le": own.first <= last,
            "lt": own.first < first,
        }
        if not fits[sign]:
            return False
    return True


def _unfit(name: str, example: str) -> HubError:
    return HubError(Category.INCORRECT, Issue("HUB-4263", args={"name": name, "example": example}))


def _collection(hub: Hub, found: Iterable[Resource]) -> Resource:
    base = hub.config.base_url + PATH
    entries = [{"fullUrl": f"{base}/{each['resourceType']}/{each['id']}", "resource": each} for each in found]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def measure(one: Indicator, base_url: str) -> Resource:
    """A definition as a Measure."""
    populations = [("denominator", one.denominator), ("numerator", one.numerator)]
    if one.exclusions:
        populations.append(("denominator-exclusion", one.exclusions))
    rule = "\n".join(told(one, "en"))
    description = "\n\n".join(filter(None, (f"{one.denominator['id']}. {one.numerator['id']}.", one.missing.get("id"))))
    found: Resource = {
        "resourceType": "Measure",
        "id": one.id,
        "url": f"{base_url}{PATH}/Measure/{one.id}",
        "version": one.version,
        "name": "".join(part.capitalize() for part in one.id.split("-")),
        "title": one.title["id"],
        "status": "active",
        "experimental": False,
        "description": description,
        "purpose": one.source["id"],
        "scoring": _concept("measure-scoring", "proportion"),
        "type": [_concept("measure-type", "process")],
        "improvementNotation": _IMPROVEMENT[one.direction],
        "group": [
            {
                "population": [
                    {
                        "code": _concept("measure-population", code),
                        "description": words["id"],
                        "criteria": {"language": "text/plain", "expression": rule or words["en"]},
                    }
                    for code, words in populations
                ],
                "stratifier": [{"code": {"text": _STRATA[name]}, "criteria": _by(name)} for name in one.strata],
            }
        ],
    }
    if one.missing:
        found["disclaimer"] = one.missing["id"]
    if one.target is not None:
        found["guidance"] = f"Target: {'>=' if one.direction == 'up' else '<='} {one.target:g} / {one.per}"
    return found


def measure_report(one: Indicator, found: Month, base_url: str) -> Resource:
    """A released month as a MeasureReport of type summary."""
    first = date.fromisoformat(f"{found.month}-01")
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    groups = (("area", found.areas), ("facility", found.facilities), ("sex and age", found.ages))
    strata = [
        {"code": [{"text": name}], "stratum": [_stratum(one, place) for place in places]}
        for name, places in groups
        if places
    ]
    group: Resource = {"population": _populations(one, found.city.value), **_score(one, found.city.value)}
    if strata:
        group["stratifier"] = strata
    return {
        "resourceType": "MeasureReport",
        "id": f"{one.id}-{found.month}",
        "status": "complete",
        "type": "summary",
        "measure": f"{base_url}{PATH}/Measure/{one.id}" + (f"|{found.counted}" if found.counted else ""),
        "date": instant(found.made_ms),
        "period": {"start": first.isoformat(), "end": last.isoformat()},
        "improvementNotation": _IMPROVEMENT[one.direction],
        "group": [group],
    }


def _stratum(one: Indicator, place: Place) -> Resource:
    name = place.name or place.key  # a fixed word (outside, unknown, female) has no name of its own
    value = {"coding": [{"code": place.key, "display": name}], "text": name}
    return {"value": value, "population": _populations(one, place.value), **_score(one, place.value)}


def _populations(one: Indicator, value: Value) -> Sequence[Resource]:
    absent = "unknown" if one.needs else "masked"  # a number of residents or members is no secret, but may not be there
    return [
        {"code": _NUMERATOR, **_count(value.numerator, "masked")},
        {"code": _DENOMINATOR, **_count(value.denominator, absent)},
    ]


def _count(count: int | None, absent: str) -> Resource:
    if count is None:
        return {"_count": {"extension": [{"url": _ABSENT, "valueCode": absent}]}}
    return {"count": count}


def _score(one: Indicator, value: Value) -> Resource:
    if value.share is None:
        return {}
    scaled = Decimal(f"{value.share * one.per:.2f}")
    return {"measureScore": {"value": scaled, "unit": f"/{one.per}", "system": _UCUM, "code": f"/{one.per}"}}


def _by(name: str) -> Resource:
    return {"language": "text/plain", "expression": name}


def _concept(system: str, code: str) -> Resource:
    return {"coding": [{"system": f"{_TERMS}{system}", "code": code}]}


_NUMERATOR, _DENOMINATOR = (_concept("measure-population", code) for code in ("numerator", "denominator"))
_IMPROVEMENT = {
    "up": _concept("measure-improvement-notation", "increase"),
    "down": _concept("measure-improvement-notation", "decrease"),
}
