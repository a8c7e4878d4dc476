"""The FHIRPath subset covers the official token and reference parameters."""

from hub.fhir.definitions import search_parameters
from hub.search.expressions import paths
from hub.search.parameters import served

LEFT_OUT = {
    ("Patient", "deceased"),
    ("QuestionnaireResponse", "item-subject"),
    ("Bundle", "composition"),
    ("Bundle", "message"),
}


def shown(expression, type_name):
    return {
        (".".join(step.key for step in path.steps), path.datatype, path.target) for path in paths(expression, type_name)
    }


def test_forms():
    assert shown("Observation.value.as(Quantity) | Patient.name", "Observation") == {
        ("valueQuantity", "Quantity", None)
    }
    assert shown("(Observation.value as CodeableConcept)", "Observation") == {
        ("valueCodeableConcept", "CodeableConcept", None)
    }
    assert shown("Account.subject.where(resolve() is Patient)", "Account") == {("subject", "Reference", "Patient")}
    assert {p for p, _, _ in shown("Observation.effective", "Observation")} == {
        "effectiveDateTime", "effectivePeriod", "effectiveTiming", "effectiveInstant",
    }  # fmt: skip
    (phone,) = paths("Patient.telecom.where(system='phone')", "Patient")
    assert phone.steps[0].equal == ("system", "phone")
    assert phone.steps[0].is_array


def test_all_official_token_and_reference_parameters_but_these():
    missing = {
        (base, d["code"])
        for d in search_parameters()
        if d["type"] in ("token", "reference") and not d["code"].startswith("_")
        for base in d["base"]
        if base not in ("Resource", "DomainResource") and d["code"] not in served(base)
    }
    assert missing == LEFT_OUT
