"""A chart without its person: nothing outside the allow-list passes, whatever a sender writes where."""

import json
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.fhir.systems import ATC, CVX, ICD9CM, ICD10, KFA, LOINC, SNOMED, UCUM
from hub.monitor.pack import AFTER, BEFORE, MOST_ENTRIES, pack
from hub.monitor.question import days_of, is_asked, read_codes, write_codes

DAY = 20_000
CANARIES = ("Siti Canary", "6371014509909001", "081234567890", "canary text", "Practitioner/canary1", "RM-canary-7")


def coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": "canary text"}], "text": "Siti Canary"}


def quantity(value: object, code: str) -> dict[str, Any]:
    return {"value": value, "unit": "canary text", "system": UCUM, "code": code}


NOISE = {
    "id": "RM-canary-7",
    "identifier": [{"system": "x", "value": "6371014509909001"}],
    "text": {"div": "<div>Siti Canary</div>"},
    "subject": {"reference": "Practitioner/canary1", "display": "Siti Canary"},
    "note": [{"text": "canary text 081234567890"}],
    "extension": [{"url": "canary text", "valueString": "Siti Canary"}],
    "contained": [{"resourceType": "Patient", "name": [{"text": "Siti Canary"}]}],
    "performer": [{"reference": "Practitioner/canary1"}],
}
CHART: list[dict[str, Any]] = [
    {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB", "display": "canary text"}},
    {"resourceType": "Condition", "code": coded(ICD10, "I10"), "clinicalStatus": coded("x", "active")},
    {
        "resourceType": "Observation",
        "status": "final",
        "code": coded(LOINC, "85354-9"),
        "component": [{"code": coded(LOINC, "8480-6"), "valueQuantity": quantity(Decimal("150"), "mm[Hg]")}],
    },
    {
        "resourceType": "Observation",
        "code": coded(LOINC, "2345-7"),
        "valueQuantity": quantity(6371014509909001, "mg/dL"),
    },
    {"resourceType": "Observation", "code": coded(LOINC, "2345-7"), "valueQuantity": quantity(112, "Siti Canary")},
    {
        "resourceType": "Observation",
        "code": coded(LOINC, "68961-2"),
        "valueCodeableConcept": coded(SNOMED, "131194007"),
    },
    {"resourceType": "Observation", "code": coded(LOINC, "68961-3"), "valueString": "Siti Canary"},
    {
        "resourceType": "Observation",
        "code": coded("local", "Siti Canary"),
        "valueCodeableConcept": coded(SNOMED, "081234567890"),
    },
    {
        "resourceType": "MedicationRequest",
        "status": "completed",
        "medicationCodeableConcept": coded(ATC, "C08CA01"),
        "dosageInstruction": [
            {"text": "canary text", "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}}
        ],
        "dispenseRequest": {"quantity": quantity(30, "{tbl}")},
    },
    {"resourceType": "MedicationRequest", "medicationCodeableConcept": coded(KFA, "081234567890")},
    {"resourceType": "Procedure", "code": coded(ICD9CM, "89.52")},
    {"resourceType": "Immunization", "vaccineCode": coded(CVX, "03"), "status": "not-done"},
    {"resourceType": "AllergyIntolerance", "code": {"text": "Siti Canary"}, "category": ["food", "canary text"]},
    {"resourceType": "ServiceRequest", "reasonCode": [coded(ICD10, "I11.9")], "status": "Siti Canary"},
    {"resourceType": "DocumentReference", "description": "Siti Canary"},
]
PATIENT = {
    **NOISE,
    "resourceType": "Patient",
    "name": [{"text": "Siti Canary"}],
    "telecom": [{"system": "phone", "value": "081234567890"}],
    "gender": "female",
    "birthDate": "1971-03-04",
    "address": [
        {"line": ["canary text"], "extension": [{"extension": [{"url": "village", "valueCode": "6371011001"}]}]}
    ],
}


def made(*chart: dict[str, Any], day: int = DAY, patient: dict[str, Any] | None = None) -> Any:
    resources = {number: (each, day) for number, each in enumerate(chart)}
    return pack(PATIENT if patient is None else patient, resources, DAY, "2024-10")


def test_a_whole_chart_passes_without_its_person() -> None:
    found = made(*[{**NOISE, **each} for each in CHART])
    text = json.dumps(asdict(found), default=str)
    assert [canary for canary in (*CANARIES, "1971-03-04", "6371011001", "canary", "Siti") if canary in text] == []
    assert (found.band, found.sex, found.district, found.left_out) == ("45-54", "female", "637101", 0)
    assert [(each.kind, each.system, each.code, each.status) for each in found.entries] == [
        ("visit", "class", "AMB", "finished"),
        ("diagnosis", "icd-10", "I10", "active"),
        ("allergy", "allergy", "food", ""),
        ("measurement", "", "", ""),
        ("measurement", "loinc", "2345-7", ""),
        ("measurement", "loinc", "2345-7", ""),
        ("measurement", "loinc", "68961-2", ""),
        ("measurement", "loinc", "68961-3", ""),
        ("measurement", "loinc", "85354-9", "final"),
        ("procedure", "icd-9-cm", "89.52", ""),
        ("medicine", "", "", ""),
        ("medicine", "atc", "C08CA01", "completed"),
        ("immunization", "cvx", "03", "not-done"),
        ("referral", "icd-10", "I11.9", ""),
    ]
    values = {each.code: each.values for each in found.entries if each.values}
    assert [(value.code, value.number, value.unit) for value in values["85354-9"]] == [("8480-6", 150, "mm[Hg]")]
    assert values["68961-2"][0].flag == "NEG"
    assert values["68961-3"][0].is_hidden
    assert values["C08CA01"][0].number == 30
    hidden, shown = (each.values[0] for each in found.entries if each.code == "2345-7")
    assert (hidden.is_hidden, hidden.number, shown.number, shown.unit) == (True, None, 112, "")


@pytest.mark.parametrize(
    "twist",
    [
        {"modifierExtension": [{"url": "http://x/not", "valueBoolean": True}]},
        {"implicitRules": "http://x"},
        {"doNotPerform": True},
        {"evidence": [{"detail": [{"deep": {"modifierExtension": []}}]}]},
    ],
)
def test_what_may_turn_the_meaning_round_leaves_the_resource_out(twist: dict[str, Any]) -> None:
    found = made({**CHART[1], **twist}, CHART[0])
    assert ([each.kind for each in found.entries], found.left_out) == (["visit"], 1)


def test_what_was_withdrawn_or_lies_outside_the_window_is_not_there() -> None:
    wrong = {**CHART[1], "verificationStatus": coded("x", "entered-in-error")}
    assert made(wrong, {**CHART[10], "status": "entered-in-error"}).entries == ()
    for day, number in ((DAY - BEFORE, 1), (DAY - BEFORE - 1, 0), (DAY + AFTER, 1), (DAY + AFTER + 1, 0), (0, 0)):
        assert len(made(CHART[1], day=day).entries) == number
    assert len(made(*[CHART[1]] * (MOST_ENTRIES + 5)).entries) == MOST_ENTRIES


@pytest.mark.parametrize(
    ("code", "district"), [("6371011001", "637101"), ("637101", "637101"), ("6471011001", "-"), ("Siti Canary", "")]
)
def test_of_an_address_the_kecamatan_is_left(code: str, district: str) -> None:
    url = "district" if len(code) == 6 else "village"
    patient = {"address": [{"extension": [{"extension": [{"url": url, "valueCode": code}]}]}]}
    assert made(patient=patient).district == district


_FILLED = st.recursive(
    st.sampled_from([*CANARIES, 6371014509909001, Decimal("81234567890"), True, None]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["coding", "code", "system", "value", "text", "repeat", "timing"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@given(
    st.sampled_from(CHART),
    st.dictionaries(st.sampled_from(["reasonCode", "category", "interpretation"]), st.just([])),
    _FILLED,
)
def test_no_place_of_a_resource_lets_a_canary_through(
    resource: dict[str, Any], more: dict[str, Any], value: Any
) -> None:
    filled = {
        **resource,
        **more,
        "note": value,
        "extension": [{"url": "x", "valueString": value}],
        "status": "Siti Canary",
    }
    text = json.dumps(asdict(made(filled)), default=str)
    assert not any(canary in text for canary in (*CANARIES, "81234567890"))


@pytest.mark.parametrize(
    ("text", "written"),
    [("i10-i15, E11", "I10-I15, E11"), ("I10 – I15; e11.9", "I10-I15, E11.9"), ("A90 A91 A90", "A90, A91")],
)
def test_codes_are_read_as_people_type_them(text: str, written: str) -> None:
    assert write_codes(read_codes(text)) == written


@pytest.mark.parametrize(
    "text", ["", "I15-I10", "I10-E11", "hipertensi", "I1", "I10--I15", ", ".join(f"A{n}" for n in range(10, 21))]
)
def test_what_is_no_question_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_codes(text)


@pytest.mark.parametrize(
    ("code", "is_in"),
    [("I10", True), ("I11.9", True), ("I15.8", True), ("I16", False), ("I09.9", False), ("E11", False)],
)
def test_a_range_holds_everything_below_its_ends(code: str, is_in: bool) -> None:
    assert is_asked(read_codes("I10-I15"), {"code": coded(ICD10, code)}) is is_in
    assert not is_asked(
        read_codes("I10-I15"), {"code": coded(ICD10, code), "verificationStatus": coded("x", "refuted")}
    )


@pytest.mark.parametrize(
    "months", [("2026-13", "2026-13"), ("2026-02", "2026-01"), ("2025-01", "2026-01"), ("", "2026-01")]
)
def test_months_are_one_to_twelve_in_order(months: tuple[str, str]) -> None:
    assert days_of("2026-02", "2026-02")[1] - days_of("2026-02", "2026-02")[0] == 27
    with pytest.raises(ValueError, match=r".*"):
        days_of(*months)
