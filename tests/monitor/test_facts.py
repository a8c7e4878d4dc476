"""Facts: which resources yield which, and that nothing else of them gets in."""

import time
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.fhir.systems import CASE_TYPE
from hub.model import ORDINARY, UNLABELLED, Facility, Labels
from hub.monitor import OUTSIDE, Fact, Sum, decode_fact, decode_items, encode_items, facts, sums

CLINIC = Facility(number=7, id="klinik-contoh", name="Klinik Contoh")
DAY = date(2026, 5, 4).toordinal() - date(1970, 1, 1).toordinal()
WHERE = "6371041009"
LOINC, ICD10, ICD9 = "http://loinc.org", "http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-9-cm"


def concept(system: str, code: str, text: str = "RAHASIA") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


CONDITION = {"resourceType": "Condition", "code": concept(ICD10, "J06.9"), "note": [{"text": "RAHASIA"}]}
PRESSURE = {
    "resourceType": "Observation",
    "status": "final",
    "category": [concept("http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs")],
    "code": concept(LOINC, "85354-9"),
    "component": [
        {"code": concept(LOINC, "8480-6"), "valueQuantity": {"value": Decimal("120")}},
        {"code": concept(LOINC, "8462-4"), "valueQuantity": {"value": Decimal("80.5")}},
    ],
}
LAB = {
    "category": [concept("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory")],
    "code": concept(LOINC, "2339-0"),
    "valueQuantity": {"value": Decimal("142.0")},
}
MEDICINE = {"status": "active", "medicationCodeableConcept": concept("http://sys-ids.kemkes.go.id/kfa", "92000123")}
REFUTED = CONDITION | {"verificationStatus": concept("http://terminology.hl7.org/x", "refuted")}

YIELDS = [
    ("Encounter", {"status": "finished", "class": {"code": "AMB"}}, [("encounter", "AMB", None)]),
    ("Encounter", {"status": "cancelled", "class": {"code": "AMB"}}, []),
    ("Encounter", {"status": "finished", "class": {"code": "Ny. Rahasia"}}, [("encounter", "", None)]),
    ("Condition", CONDITION, [("diagnosis", "J06.9", None)]),
    ("Condition", {"code": concept(ICD10, "S52.512")}, [("diagnosis", "S52.5", None)]),
    ("Condition", REFUTED, []),
    ("Condition", {"code": {"text": "RAHASIA"}}, []),
    ("Condition", {"code": concept(ICD10, "RAHASIA")}, []),
    ("Observation", PRESSURE, [("vital", "8480-6", Decimal("120")), ("vital", "8462-4", Decimal("80.5"))]),
    ("Observation", PRESSURE | {"status": "entered-in-error"}, []),
    ("Observation", LAB, [("lab", "2339-0", Decimal("142.0"))]),
    ("Observation", LAB | {"valueQuantity": {"unit": "mg/dL"}}, []),
    ("Observation", LAB | {"category": []}, []),
    ("Procedure", {"status": "completed", "code": concept(ICD9, "89.52")}, [("procedure", "89.52", None)]),
    ("MedicationRequest", MEDICINE, [("medicine", "92000123", None)]),
    ("MedicationRequest", {"medicationCodeableConcept": {"text": "RAHASIA"}}, [("medicine", "", None)]),
    ("Immunization", {"status": "completed", "vaccineCode": {}}, [("immunization", "", None)]),
    ("Immunization", {"status": "not-done"}, []),
    ("Patient", {"name": [{"text": "RAHASIA"}]}, []),
    ("Provenance", {}, []),
]


@pytest.mark.parametrize(("type_", "resource", "expected"), YIELDS)
def test_each_type_yields_codes_and_values_only(type_: str, resource: dict[str, Any], expected: list[Any]) -> None:
    found = facts(type_, resource, ORDINARY, CLINIC, WHERE, "1985-06-01", "female", DAY)
    assert [(fact.kind, fact.code, fact.value) for fact in found] == expected
    for fact in found:
        assert (fact.day, fact.facility, fact.kelurahan, fact.band, fact.sex) == (DAY, 7, WHERE, "20-44", "female")
        assert b"RAHASIA" not in msgspec.msgpack.encode(fact)


@pytest.mark.parametrize(
    "labels", [Labels("R", frozenset({"HIV"})), Labels("R"), UNLABELLED, Labels("N", frozenset({"PSY"}))]
)
@pytest.mark.parametrize(("type_", "resource", "expected"), YIELDS)
def test_whatever_is_not_ordinary_yields_no_fact(type_: str, resource: Any, expected: Any, labels: Labels) -> None:
    assert facts(type_, resource, labels, CLINIC, WHERE, "1985-06-01", "female", DAY) == []


@pytest.mark.parametrize(
    ("labels", "where", "step", "expected"),
    [
        (Labels("R", frozenset({"HIV"})), WHERE, 1, [Sum("637104", "2026-05", "diagnosis/HIV", 1)]),
        (Labels("N", frozenset({"HIV"})), WHERE, -1, [Sum("637104", "2026-05", "diagnosis/HIV", -1)]),
        (Labels("V", frozenset({"SDV", "ETH"})), "6301011001", 1,
         [Sum("", "2026-05", "diagnosis/ETH", 1), Sum("", "2026-05", "diagnosis/SDV", 1)]),
        (Labels("R"), WHERE, 1, [Sum("637104", "2026-05", "diagnosis/R", 1)]),
        (ORDINARY, WHERE, 1, []),
        (UNLABELLED, WHERE, 1, []),
    ],
)  # fmt: skip
def test_sensitive_resources_are_summed(labels: Labels, where: str, step: int, expected: list[Sum]) -> None:
    assert sums("Condition", CONDITION, labels, where, DAY, step) == expected
    assert sums("Patient", {}, labels, where, DAY, step) == []
    assert sums("Condition", REFUTED, labels, where, DAY, step) == []
    assert sums("Condition", CONDITION, labels, where, 0, step) == []


def test_outside_the_city_unknown_sex_and_birth_stay_empty() -> None:
    (fact,) = facts("Condition", CONDITION, ORDINARY, CLINIC, "Jl. Rahasia", None, "rahasia", DAY)
    assert (fact.kelurahan, fact.band, fact.sex) == ("", "", "")
    assert facts("Condition", CONDITION, ORDINARY, CLINIC, WHERE, None, None, 0) == []
    for elsewhere in ("6303011001", "6371041", "6302"):
        (fact,) = facts("Condition", CONDITION, ORDINARY, CLINIC, elsewhere, None, None, DAY)
        assert fact.kelurahan == ("" if elsewhere.startswith("6371") else OUTSIDE)


@pytest.mark.parametrize(
    ("value", "expected"), [("new", "new"), ("existing", "existing"), ("Ny. Rahasia", ""), (7, "")]
)
def test_a_diagnosis_says_whether_it_is_a_new_case(value: Any, expected: str) -> None:
    case = {"extension": [{"url": "https://example.org", "valueCode": "new"}, {"url": CASE_TYPE, "valueCode": value}]}
    (fact,) = facts("Condition", CONDITION | case, ORDINARY, CLINIC, WHERE, None, None, DAY, DAY + 3)
    assert (fact.case, fact.lag) == (expected, None)


@pytest.mark.parametrize(
    ("end", "received", "lag"), [(None, DAY + 3, 3), ("2026-05-06", DAY + 3, 1), ("x", DAY, 0), (None, DAY - 2, 0)]
)
def test_a_visit_says_how_long_after_its_end_it_came_in(end: str | None, received: int, lag: int) -> None:
    visit = {
        "status": "finished",
        "class": {"code": "IMP"},
        "period": {"start": "2026-05-04"} | ({"end": end} if end else {}),
    }
    (fact,) = facts("Encounter", visit, ORDINARY, CLINIC, WHERE, None, None, DAY, received)
    assert fact.lag == lag
    (unknown,) = facts("Encounter", visit, ORDINARY, CLINIC, WHERE, None, None, DAY)
    assert unknown.lag is None


def test_facts_written_by_an_older_hub_still_open() -> None:
    old = msgspec.msgpack.encode(["diagnosis", "J06", DAY, 7, WHERE, "20-44", "female", None])
    assert decode_fact(old) == Fact("diagnosis", "J06", DAY, 7, WHERE, "20-44", "female")


FACTS = st.builds(
    Fact,
    kind=st.sampled_from(["encounter", "vital"]),
    code=st.text(max_size=8),
    day=st.integers(0, 40000),
    facility=st.integers(1, 2**31 - 1),
    kelurahan=st.just(WHERE),
    band=st.just("1-4"),
    sex=st.sampled_from(["", "male", "female"]),
    value=st.none() | st.decimals(allow_nan=False, allow_infinity=False),
    case=st.sampled_from(["", "new"]),
    lag=st.none() | st.integers(0, 999),
)


@given(FACTS)
def test_encoding_is_exact(fact: Fact) -> None:
    (back,) = decode_items(encode_items({7: [fact]}))[7]
    assert back == fact
    assert str(back.value) == str(fact.value)


def test_types_that_yield_nothing_cost_nothing() -> None:
    resource = {"resourceType": "Patient"}
    best = min(_time(resource) for _ in range(5))
    assert best < 3e-6


def _time(resource: dict[str, Any]) -> float:
    start = time.perf_counter()
    for _ in range(10_000):
        facts("Patient", resource, ORDINARY, CLINIC, WHERE, "1985-06-01", "female", DAY)
    return (time.perf_counter() - start) / 10_000
