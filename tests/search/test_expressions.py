"""The FHIRPath subset covers the official token and reference parameters."""

from hub.fhir.definitions import RESOURCE_TYPES, search_parameters
from hub.search.expressions import paths
from hub.search.parameters import served


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


def test_a_place_an_extension_and_logic():
    (first,) = paths("Bundle.entry[0].resource", "Bundle")
    assert (first.steps[0].index, first.datatype) == (0, "Resource")
    subject = served("QuestionnaireResponse")["item-subject"].paths
    assert [path.steps[0].extension.rpartition("/")[2] for path in subject] == ["questionnaireresponse-isSubject"]
    assert {(p.steps[0].key, p.datatype) for p in served("Patient")["deceased"].paths} == {
        ("deceasedBoolean", "deceased"), ("deceasedDateTime", "deceased"),
    }  # fmt: skip
    assert shown("name | alias", "InsurancePlan") == {("name", "string", None), ("alias", "string", None)}


def test_every_official_parameter_of_every_type_is_served_but_the_place_nearby():
    missing = {
        (name, d["code"])
        for d in search_parameters()
        for name in (RESOURCE_TYPES if d["base"] == ["Resource"] else d["base"])
        if d["code"] not in served(name)
    }
    assert missing == {("Location", "near")}


def test_every_parameter_knows_where_its_values_stand():
    for name in RESOURCE_TYPES:
        for parameter in served(name).values():
            places = parameter.paths or parameter.contexts
            assert places, (name, parameter.name)
            for context in parameter.contexts:
                assert len(context.components) in (2, 3)
                assert all(part.paths for part, _ in context.components), (name, parameter.name)
