"""Chains, `_has`, includes, compartments, and what shapes the answer."""

from decimal import Decimal

import pytest

from hub.errors import HubError
from hub.fhir.definitions import RESOURCE_TYPES, compartments
from hub.search import Chain, Include, SortKey, modifiers, parameters, parse, referred, sort_values
from hub.search.parameters import served
from tests.search.building import resources_for


def query(type_name, line, **options):
    params = [tuple(part.split("=", 1)) for part in line.split("&")] if line else []
    return parse(type_name, params, False, **options)


def test_a_chain_through_a_type():
    (chain,) = query("Observation", "subject:Patient.name=siti").chains
    assert chain.param == "subject"
    (patient,) = chain.queries
    assert (patient.type, patient.tokens, patient.indexed) == ("Patient", ((("name", "siti"),),), (True,))


def test_an_untyped_chain_asks_every_type_that_can_be_asked():
    (chain,) = query("Observation", "subject.name=siti").chains
    assert [each.type for each in chain.queries] == ["Patient", "Location"]
    assert [each.type for each in query("Observation", "patient.birthdate=ge1990").chains[0].queries] == ["Patient"]
    assert len(query("Encounter", "subject.deceased=true&subject.gender=male").chains) == 2


def test_two_hops_modifiers_and_has_in_a_chain():
    (chain,) = query("Observation", "encounter.service-provider:Organization.name:exact=Klinik").chains
    (inner,) = chain.queries[0].chains
    assert (chain.queries[0].type, inner.param, inner.queries[0].type) == (
        "Encounter",
        "service-provider",
        "Organization",
    )
    assert [check.name for check in inner.queries[0].checks] == ["name:exact"]
    (chain,) = query("Observation", "patient._has:Condition:patient:code=I10").chains
    (has,) = chain.queries[0].has
    assert (has.param, has.query.type, has.query.tokens) == ("patient", "Condition", ((("code", "*|I10"),),))


def test_reverse_chains_nest():
    (has,) = query("Patient", "_has:Observation:patient:value-quantity=gt5").has
    assert (has.param, has.query.type, len(has.query.checks)) == ("patient", "Observation", 1)
    (has,) = query("Patient", "_has:Encounter:subject:_has:Observation:encounter:code=x").has
    assert has.query.has[0].param == "encounter"
    assert has.query.has[0].query.tokens == ((("code", "*|x"),),)
    (has,) = query("Practitioner", "_has:Observation:performer:patient.gender=male").has
    assert isinstance(has.query.chains[0], Chain)


def test_includes():
    assert query(
        "Observation", "_include=Observation:subject:Patient&_include:iterate=Patient:organization"
    ).includes == (
        Include("Observation", "subject", "Patient"),
        Include("Patient", "organization", is_iterate=True),
    )
    assert query("Patient", "_revinclude=Observation:subject").includes == (
        Include("Observation", "subject", is_reverse=True),
    )
    assert query("Patient", "_revinclude:iterate=Provenance:target").includes[0].is_iterate


def test_sorting_is_the_stores_where_it_can_be():
    assert query("Observation", "_sort=-date,_id").order == "-day"
    assert query("Observation", "_sort=-date,_id").sort == ()
    assert query("Patient", "_sort=_lastUpdated").order == "updated"
    two = query("Observation", "_sort=-date,status")
    assert (two.order, two.sort) == ("rid", (SortKey("date", True), SortKey("status")))
    assert query("Patient", "_sort=family,-given").sort == (SortKey("family"), SortKey("given", True))


PEOPLE = [
    {"id": "a", "name": [{"family": "Noor", "given": ["Siti"]}], "birthDate": "1990-05-17"},
    {"id": "b", "name": [{"family": "élan", "given": ["Budi"]}], "birthDate": "1985"},
    {"id": "c", "birthDate": "2001-01-01", "gender": "male"},
    {"id": "d", "name": [{"family": "Noor", "given": ["Ani", "Zul"]}]},
]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("family", "badc"), ("-family", "adbc"), ("birthdate", "bacd"), ("-birthdate", "cabd"),
        ("family,given", "bdac"), ("family,-given", "bdac"), ("gender,birthdate", "cbad"),
        ("-family,-birthdate", "adbc"),
    ],
)  # fmt: skip
def test_sorted_values(sort, expected):
    asked = query("Patient", f"_sort={sort}")
    assert "".join(each["id"] for each in sorted(PEOPLE, key=lambda each: sort_values(asked, each))) == expected


def test_sorting_by_every_kind_of_value():
    measured = [
        {"id": "a", "valueQuantity": {"value": Decimal("5.40")}, "performer": [{"reference": "Practitioner/2"}]},
        {"id": "b", "valueQuantity": {"value": 10}, "status": "final"},
        {"id": "c", "valueQuantity": {"value": Decimal(1), "comparator": "<"}, "effectivePeriod": {"end": "2020"}},
        {"id": "d", "performer": [{"reference": "Practitioner/1"}], "effectiveDateTime": "2021"},
    ]
    for sort, expected in [("value-quantity", "cabd"), ("performer", "dabc"), ("date", "cdab"), ("-date", "dcab")]:
        asked = query("Observation", f"_sort={sort},_id")
        key = (lambda each, asked=asked: sort_values(asked, each)) if asked.sort else None
        if key:
            assert "".join(each["id"] for each in sorted(measured, key=key)) == expected
    codes = [{"id": "a", "url": "http://b"}, {"id": "b", "url": "http://a"}]
    asked = query("ValueSet", "_sort=url")
    assert [each["id"] for each in sorted(codes, key=lambda each: sort_values(asked, each))] == ["b", "a"]


def test_every_simple_parameter_sorts():
    for type_name in RESOURCE_TYPES:
        for parameter in parameters(type_name):
            asked = query(type_name, f"_sort=-{parameter.name},{parameter.name}") if not parameter.contexts else None
            for resource in resources_for(type_name, parameter) if asked else ():
                keys = sort_values(asked, resource)
                assert [key[0] for key in keys] == [0, 0]
                assert keys < ((1,), (1,))


def test_the_answer():
    found = query("Observation", "_elements=status,value[x],code&_explain=true&_summary=data&_total=none")
    assert found.elements[0] == "status"
    assert {"valueQuantity", "valueString", "code"} <= set(found.elements)
    assert (found.is_explain, found.summary, found.total) == (True, "data", "none")
    assert not query("Observation", "_explain=false").is_explain


def test_compartments():
    assert query("Observation", "code=x", compartment=("Patient", "p1")).patient == ("p1",)
    assert query("Observation", "patient=p2", compartment=("Patient", "p1")).patient == ()
    assert query("Observation", "", compartment=("Encounter", "e1")).tokens == ((("encounter", "Encounter/e1"),),)
    assert query("Encounter", "", compartment=("Encounter", "e1")).ids == ("e1",)
    (group,) = query("Claim", "", compartment=("Practitioner", "d1")).tokens
    assert set(group) == {(p, "Practitioner/d1") for p in ("enterer", "provider", "payee", "care-team")}
    for kind, type_name in [("Encounter", "Patient"), ("Patient", "Organization"), ("Group", "Observation")]:
        with pytest.raises(HubError) as refused:
            query(type_name, "", compartment=(kind, "1"))
        assert refused.value.issues[0].code == "HUB-4019"
    with pytest.raises(HubError):
        query("Observation", "", compartment=("Encounter", "a/b"))


def test_every_parameter_of_a_compartment_is_kept_by_the_store():
    for kind, types in compartments().items():
        for type_name, names in types.items():
            for name in names:
                assert name == "{def}" or served(type_name)[name].kept == "tokens", (kind, type_name, name)


def test_references_followed():
    encounter = {
        "resourceType": "Encounter",
        "subject": {"reference": "Patient/p1/_history/2"},
        "participant": [
            {"individual": {"reference": "Practitioner/1"}},
            {"individual": {"reference": "RelatedPerson/1"}},
        ],
        "serviceProvider": {"reference": "https://elsewhere.org/fhir/Organization/1"},
        "partOf": {"reference": "#inside"},
    }
    assert referred("Encounter", "subject", encounter) == ["Patient/p1"]
    assert referred("Encounter", "patient", encounter) == ["Patient/p1"]
    assert referred("Encounter", "practitioner", encounter) == ["Practitioner/1"]
    assert referred("Encounter", "participant", encounter) == ["Practitioner/1", "RelatedPerson/1"]
    assert referred("Encounter", "service-provider", encounter) == []
    assert referred("Encounter", "part-of", encounter) == []


def test_a_reference_by_its_address():
    base = "https://jukung.example/fhir/"
    for name, text in [("subject", "Patient/p1"), ("subject:Patient", "p1"), ("patient", "Patient/p1")]:
        assert parse("Observation", [(name, f"{base}Patient/p1")], False, base=base).patient == ("p1",)
        assert parse("Observation", [(name, text)], False, base=base).patient == ("p1",)
    (chain,) = parse("Observation", [("encounter.location", f"{base}Location/l1")], False, base=base).chains
    assert chain.queries[0].tokens == ((("location", "Location/l1"),),)
    elsewhere = "https://elsewhere.example/fhir/Encounter/1"
    assert parse("Observation", [("encounter", elsewhere)], False, base=base).tokens == ((("encounter", elsewhere),),)


def test_modifiers_are_told():
    known = served("Observation")
    assert modifiers(known["value-quantity"]) == ("missing",)
    assert modifiers(known["code"]) == ("missing", "not", "text", "in", "not-in")
    assert "of-type" in modifiers(known["identifier"])
    assert modifiers(known["patient"]) == ("missing", "identifier", "Patient")
    assert modifiers(known["_id"]) == ()
    for type_name in RESOURCE_TYPES:
        for parameter in parameters(type_name):
            for modifier in modifiers(parameter):
                refusal = None
                try:
                    parse(type_name, [(f"{parameter.name}:{modifier}", "true")], False)
                except HubError as error:
                    refusal = error.issues[0].code
                assert refusal in (None, "HUB-4003", "HUB-4017"), (type_name, parameter.name, modifier)
