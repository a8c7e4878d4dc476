"""A stay in hospital as the patient reads it: when it ended, and what was measured when, in words of the language."""

from typing import Any

import pytest

from hub.record import pdf, summary

FACILITIES = {"rsud-rawa": "RSUD Rawa"}
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"


def observation(number: int, at: str, code: dict[str, Any], category: str, **value: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": f"o{number}",
        "meta": {"source": "rsud-rawa"},
        "status": "final",
        "category": [{"coding": [{"code": category}]}],
        "code": code,
        "encounter": {"reference": "Encounter/e1"},
        "effectiveDateTime": at,
    } | value


def loinc(code: str, display: str) -> dict[str, Any]:
    return {"coding": [{"system": LOINC, "code": code, "display": display}]}


@pytest.fixture
def stay() -> list[dict[str, Any]]:
    evening, morning = "2026-11-10T21:20:00+08:00", "2026-11-11T07:00:00+08:00"
    alert = {"system": "http://snomed.info/sct", "code": "271591004", "display": "Fully conscious"}
    platelets = loinc("26515-7", "Platelets [#/volume] in Blood") | {"text": "Trombosit"}
    count = {"value": 284200, "unit": "/uL", "system": UCUM, "code": "/uL"}
    normal = {"low": count | {"value": 150000}, "high": count | {"value": 440000}, "text": "150000 - 440000"}
    pain = {"value": 3, "unit": "/10", "system": UCUM, "code": "{score}"}
    score = {"value": 15, "unit": "{score}", "system": UCUM, "code": "{score}"}
    ns1 = loinc("75377-2", "Dengue virus NS1 Ag [Presence] in Serum") | {"text": "NS1"}
    unknown = loinc("99999-9", "Something [Mass/volume] in Serum") | {"text": "Periksa X"}
    smoking = loinc("72166-2", "Tobacco smoking status") | {"text": "Merokok"}
    return [
        {
            "resourceType": "Encounter",
            "id": "e1",
            "meta": {"source": "rsud-rawa"},
            "status": "finished",
            "class": {"code": "IMP"},
            "period": {"start": evening, "end": "2026-11-14T12:00:00+08:00"},
            "hospitalization": {
                "dischargeDisposition": {"coding": [{"code": "home", "display": "Home"}], "text": "Membaik"}
            },
        },
        observation(1, morning, loinc("72514-3", "Pain severity - 0-10"), "vital-signs", valueQuantity=pain),
        observation(2, evening, loinc("9269-2", "Glasgow coma score total"), "exam", valueQuantity=score),
        observation(
            3,
            evening,
            loinc("67775-7", "Level of responsiveness"),
            "exam",
            valueCodeableConcept={"coding": [alert], "text": "Compos Mentis"},
        ),
        observation(4, morning, platelets, "laboratory", valueQuantity=count, referenceRange=[normal]),
        observation(5, morning, ns1, "laboratory", valueString="Positif", referenceRange=[{"text": "Negatif"}]),
        observation(6, morning, unknown, "laboratory", valueString="khusus"),
        observation(7, evening, smoking, "social-history", valueCodeableConcept={"text": "Ya"}),
    ]


def test_a_stay_names_its_end_and_its_measurements_in_order(stay):
    visit = summary(stay, FACILITIES, "id").visits[0].visits[0]
    assert visit.ended == "Pulang 14 November 2026 12.00 (membaik)"
    assert visit.measures == ()
    assert [(moment.at, set(moment.measures)) for moment in visit.moments] == [
        (
            "10 November 2026 21.20",
            {"Skala kesadaran (GCS): 15", "Kesadaran: sadar penuh (compos mentis)", "Merokok: Ya"},
        ),
        (
            "11 November 2026 07.00",
            {
                "Skala nyeri: 3/10",
                "Keping darah (trombosit): 284.200 /µL",
                "Tes dengue (NS1): positif",
                "Periksa X: khusus",
            },
        ),
    ]


def test_the_same_in_english(stay):
    record = summary(stay, FACILITIES, "en")
    visit = record.visits[0].visits[0]
    assert visit.ended == "Discharged 14 November 2026 12:00 (improved)"
    told = {text for moment in visit.moments for text in moment.measures}
    assert {"Platelets: 284,200 /µL", "Dengue test (NS1): positive", "Smoking: Yes"} <= told
    assert next(m.note for m in record.results if m.title == "Dengue test (NS1)") == "reference negative"
    assert next(m.note for m in record.results if m.title == "Platelets") == "reference 150,000–440,000 /µL"
    assert pdf(record, 1_795_313_700_123).startswith(b"%PDF")


def test_who_is_still_in_hospital(stay):
    stay[0] |= {"status": "in-progress", "period": {"start": "2026-11-10T21:20:00+08:00"}}
    assert summary(stay, FACILITIES, "id").visits[0].visits[0].ended == "Masih dirawat"


def test_a_later_value_of_one_day_is_the_newest(stay):
    later = dict(
        stay[1],
        id="o9",
        effectiveDateTime="2026-11-11T16:00:00+08:00",
        valueQuantity={"value": 1, "unit": "/10", "code": "{score}"},
    )
    for resources in ([*stay, later], [later, *stay]):
        assert [m.value for m in summary(resources, FACILITIES, "id").vitals] == ["1/10"]


@pytest.mark.parametrize(
    ("written", "end", "indonesian", "english"),
    [
        ("< 0,5", "high", "nilai rujukan < 0,5 mg/L", "reference < 0.5 mg/L"),
        ("", "high", "nilai rujukan ≤ 0,5 mg/L", "reference ≤ 0.5 mg/L"),
        (">= 0,5", "low", "nilai rujukan ≥ 0,5 mg/L", "reference ≥ 0.5 mg/L"),
    ],
)
def test_a_range_with_one_end_keeps_its_sign(stay, written, end, indonesian, english):
    limit = {"value": 0.5, "unit": "mg/L", "code": "mg/L"}
    stay[4] |= {"referenceRange": [{end: limit} | ({"text": written} if written else {})]}
    assert {m.note for m in summary(stay, FACILITIES, "id").results} >= {indonesian}
    assert {m.note for m in summary(stay, FACILITIES, "en").results} >= {english}
