"""Indicators and their released results as FHIR R4: Measure (hl7.org/fhir/R4/measure.html) and MeasureReport.

Only released numbers: a closed number has no count but the extension data-absent-reason "masked".
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hub.access.indicators import Month, Place, Value, known, released_indicator
from hub.clock import instant
from hub.errors import Category, HubError
from hub.model import Issue, Principal
from hub.monitor.indicators import Indicator
from hub.monitor.indicators.telling import told
from hub.parts import Hub

Resource = dict[str, Any]
_TERMS = "http://terminology.hl7.org/CodeSystem/"
_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_UCUM = "http://unitsofmeasure.org"
_STRATA = {"area": "area", "facility": "facility", "sex": "sex", "band": "sex and age"}


def measures(hub: Hub) -> Resource:
    """All definitions as one Bundle (collection) of Measures. No number is in it; not audited."""
    found = [measure(each, hub.config.base_url) for each in known(hub).values()]
    entries = [{"fullUrl": each["url"], "resource": each} for each in found]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def report(hub: Hub, who: Principal, id_: str, month: str = "") -> Resource:
    """An indicator's released month (default: the newest) as a Bundle of its Measure and a MeasureReport, as the role
    auditor sees it (k = 5); audited. HUB-4270, HUB-4271 as `released_indicator`."""
    one = known(hub).get(id_)
    if one is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4247", args={"found": id_[:48]}))
    found = released_indicator(hub, who, id_, month)
    made = measure(one, hub.config.base_url)
    result = measure_report(one, found, hub.config.base_url)
    entries = [
        {"fullUrl": made["url"], "resource": made},
        {"fullUrl": f"{hub.config.base_url}/fhir/MeasureReport/{result['id']}", "resource": result},
    ]
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
        "url": f"{base_url}/fhir/Measure/{one.id}",
        "version": one.digest or "1",
        "name": "".join(part.capitalize() for part in one.id.split("-")),
        "title": one.title["id"],
        "status": "active",
        "experimental": False,
        "description": description,
        "purpose": one.source["id"],
        "scoring": _concept("measure-scoring", "proportion"),
        "type": [_concept("measure-type", "process")],
        "improvementNotation": _concept(
            "measure-improvement-notation", "increase" if one.direction == "up" else "decrease"
        ),
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
    group: Resource = {"population": _populations(found.city.value), **_score(one, found.city.value)}
    if strata:
        group["stratifier"] = strata
    return {
        "resourceType": "MeasureReport",
        "id": f"{one.id}-{found.month}",
        "status": "complete",
        "type": "summary",
        "measure": f"{base_url}/fhir/Measure/{one.id}|{one.digest or '1'}",
        "date": instant(found.made_ms),
        "period": {"start": first.isoformat(), "end": last.isoformat()},
        "improvementNotation": _concept(
            "measure-improvement-notation", "increase" if one.direction == "up" else "decrease"
        ),
        "group": [group],
    }


def _stratum(one: Indicator, place: Place) -> Resource:
    name = place.name or place.key  # a fixed word (outside, unknown, female) has no name of its own
    value = {"coding": [{"code": place.key, "display": name}], "text": name}
    return {"value": value, "population": _populations(place.value), **_score(one, place.value)}


def _populations(value: Value) -> Sequence[Resource]:
    pairs: Iterable[tuple[str, int | None]] = (("numerator", value.numerator), ("denominator", value.denominator))
    return [{"code": _concept("measure-population", code), **_count(count)} for code, count in pairs]


def _count(count: int | None) -> Resource:
    if count is None:
        return {"_count": {"extension": [{"url": _ABSENT, "valueCode": "masked"}]}}
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
