"""The city's own search parameters: what is taken, what is refused in which words, and how they find."""

import os
import subprocess
import sys

import pytest

from hub.errors import HubError
from hub.fhir import json
from hub.fhir.definitions import RESOURCE_TYPES
from hub.search import adopt, extract, meets, modifiers, parameters, parse, prints, read_own, referred, uses
from hub.search.prints import MADE
from hub.search.values import code_pairs
from tests.search.building import CODING, VALUES

CASE = "https://jukung.id/StructureDefinition/case-type"


def definition(**changes):
    found = {"resourceType": "SearchParameter", "url": "https://kota.test/p", "code": "case-type", "status": "active"}
    found |= {"base": ["Condition"], "type": "token", "expression": f"Condition.extension('{CASE}').value"}
    return {name: value for name, value in {**found, **changes}.items() if value is not None}


def bundle(*definitions):
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in definitions]}


@pytest.fixture
def adopted():
    yield lambda *definitions: adopt(read_own(json.write(bundle(*definitions))))
    adopt([])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "it is not JSON"),
        (b"\xff", "it is not JSON"),
        ([], "must hold a SearchParameter"),
        (bundle({"resourceType": "Patient"}), "must hold a SearchParameter"),
        ({"resourceType": "Bundle", "entry": [7]}, "must hold a SearchParameter"),
        ({"resourceType": "Bundle", "entry": 7}, "entry must be a list"),
        (bundle(*[definition(code=f"p{n}") for n in range(201)]), "more than 200"),
        (bundle(definition(), definition()), "case-type: Condition gets it twice"),
        (definition(code=None), "code must be letters"),
        (definition(code="_case"), "code must be letters"),
        (definition(code="a.b"), "code must be letters"),
        (definition(code="category"), r"category: the name is official \(Condition\)"),
        (definition(code="date"), "the name is official"),
        (definition(code="name"), "the name is official"),
        (definition(code="subject", base=["Condition"]), "the name is official"),
        (definition(url=None), "case-type: url is missing"),
        (definition(type="composite"), "case-type: type must be one of token, reference, string"),
        (definition(base=[]), "base is missing"),
        (definition(base=["Resource"]), "base must be a list of resource types"),
        (definition(base="Condition"), "base must be a list of resource types"),
        (definition(target=["Nobody"]), "target must be a list of resource types"),
        (definition(expression=None), "expression must be a text"),
        (definition(expression="Condition." + "a" * 2000), "expression must be a text of at most 2000"),
        (definition(expression="Condition.nothing"), "gives Condition nothing that a token can be"),
        (definition(expression="Patient.gender"), "gives Condition nothing"),
        (definition(expression="Condition.code.first()"), r"An expression is a path .* extension\('url'\)"),
        (definition(expression="Condition.code | Condition.now()"), r"can't be used: Condition.now\(\)"),
        (definition(expression="Condition.code | "), "can't be used"),
        (definition(expression="Condition.recordedDate.extension('x').value"), "nothing that a token can be"),
        (definition(expression="Condition.note.text.where(a='b')", type="string"), "nothing that a string can be"),
        (definition(expression="Condition.code.where(nothing='b')"), "nothing that a token can be"),
        (definition(expression="Condition.recordedDate"), "nothing that a token can be"),
        (definition(expression="Condition.contained", type="reference"), "nothing that a reference can be"),
        (definition(expression="Condition.code.where(resolve() is Patient)"), "nothing that a token can be"),
        (definition(base=["Condition", "Patient"]), "gives Patient nothing"),
    ],
)
def test_what_cannot_be_served_is_refused_in_words(content, said):
    with pytest.raises(ValueError, match=said):
        read_own(content if isinstance(content, bytes) else json.write(content))


def resource(**more):
    return {"resourceType": "Condition", **more}


def extended(datatype, value):
    return resource(extension=[{"url": "https://kota.test/other", "valueCode": "x"}, {"url": "u", datatype: value}])


FINDS = [
    ("token", extended("valueCode", "new"), "new", "old"),
    ("token", extended("valueCodeableConcept", {"coding": [CODING]}), "a\\,b\\|c\\$d\\\\e", "x"),
    ("token", extended("valueCoding", {"system": "s", "code": "c"}), "s|c", "t|c"),
    ("token", extended("valueIdentifier", VALUES["Identifier"]), "RM\\,7\\|x", "7"),
    ("token", extended("valueBoolean", True), "true", "false"),
    ("token", extended("valueString", "7 a"), "7 a", "7"),
    ("reference", extended("valueReference", {"reference": "Location/1"}), "Location/1", "Location/2"),
    ("reference", extended("valueCanonical", "http://a/b|1"), "http://a/b", "http://a/c"),
    ("string", extended("valueString", "Café Ñ"), "cafe", "afe"),
    ("date", extended("valueDateTime", "2026-03-01"), "ge2026-02", "lt2026-03"),
    ("date", extended("valuePeriod", VALUES["Period"]), "2026-03", "2026-04"),
    ("number", extended("valueInteger", 7), "7", "8"),
    ("quantity", extended("valueQuantity", VALUES["Quantity"]), "gt5.3", "gt5.5"),
    ("uri", extended("valueUri", "http://a/b"), "http://a/b", "http://a"),
]


@pytest.mark.parametrize(("type_", "holder", "found", "not_found"), FINDS)
def test_every_type_of_parameter_finds_by_an_extension(adopted, type_, holder, found, not_found):
    adopted(definition(type=type_, expression="Condition.extension('u').value"))
    (known,) = [each for each in parameters("Condition") if each.name == "case-type"]
    assert (known.type, known.url, "missing" in modifiers(known)) == (type_, "https://kota.test/p", True)
    values = set(extract("Condition", holder).values)
    for text, is_found in ((found, True), (not_found, False)):
        query = parse("Condition", [("case-type", text)], lenient=False)
        held = all(not values.isdisjoint(group) for group in query.tokens) and meets(query, holder)
        assert held is is_found, (text, query)
        kept = type_ in ("token", "reference")
        assert set(uses(query)) == ({("Condition", "case-type")} if kept else set())
    missing = parse("Condition", [("case-type:missing", "true")], lenient=False)
    assert (meets(missing, holder), meets(missing, resource())) == (False, True)
    assert not {value for value in extract("Condition", resource()).values if value[0] == "case-type"}


def test_a_place_alternatives_and_conditions(adopted):
    adopted(
        definition(code="first-note", type="string", expression="Condition.note[0].text"),
        definition(code="first-code", expression="Condition.code.coding[0]"),
        definition(code="icd", expression="Condition.code.coding.where(system='i') | Condition.stage.type"),
        definition(
            code="cared-by",
            type="reference",
            base=["Condition", "Encounter"],
            expression="Condition.asserter.where(resolve() is Practitioner) | Encounter.extension('u').value",
        ),
    )
    coding = [{"system": "s", "code": "a"}, {"system": "i", "code": "b"}]
    held = resource(code={"coding": coding}, stage=[{"type": {"coding": [{"code": "c"}]}}])
    held |= {"asserter": {"reference": "Patient/1"}, "note": [{"text": "satu"}, {"text": "dua"}]}
    values = {pair for pair in extract("Condition", held).values if pair[0] in ("first-code", "icd", "cared-by")}
    assert values == {
        ("first-code", "*|a"), ("first-code", "s|a"), ("icd", "*|b"), ("icd", "i|b"), ("icd", "*|c"), ("icd", "|c"),
    }  # fmt: skip
    held["asserter"] = {"reference": "Practitioner/1"}
    assert ("cared-by", "Practitioner/1") in extract("Condition", held).values
    assert referred("Condition", "cared-by", held) == ["Practitioner/1"]
    assert [meets(parse("Condition", [("first-note", word)], False), held) for word in ("satu", "dua")] == [True, False]
    visit = {"resourceType": "Encounter", "extension": [{"url": "u", "valueReference": {"reference": "Device/1"}}]}
    assert ("cared-by", "Device/1") in extract("Encounter", visit).values


def test_official_parameters_stay_as_they_are_and_own_ones_can_be_dropped_again(adopted):
    before = {name: prints(name) for name in RESOURCE_TYPES}
    adopted(definition())
    assert prints("Condition").items() - before["Condition"].items() == {
        ("case-type", prints("Condition")["case-type"])
    }
    assert all(prints(name) == before[name] for name in RESOURCE_TYPES if name != "Condition")
    one = prints("Condition")["case-type"]
    adopted(definition(expression=f"Condition.extension('{CASE}').value.as(code)"))
    assert prints("Condition")["case-type"] != one
    adopt([])
    assert prints("Condition") == before["Condition"]
    with pytest.raises(HubError):
        parse("Condition", [("case-type", "new")], lenient=False)


def test_prints_are_the_same_in_every_process():
    script = "from hub.search import prints; print(sorted(prints('Patient').items()))"
    env = {**os.environ, "PYTHONHASHSEED": "7"}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(sorted(prints("Patient").items()))


MADE_OF = {
    "birth": ("Patient", {"birthDate": "1990-05"}, "birthdate"),
    "code": ("Patient", {"gender": "male"}, "gender"),
    "coding": ("Encounter", {"class": {"system": "s", "code": "c"}}, "class"),
    "concept": ("Condition", {"code": {"coding": [{"system": "s", "code": "c"}, {"code": "d"}]}}, "code"),
    "contact": ("Patient", {"telecom": [{"system": "phone", "value": "08"}]}, "phone"),
    "deceased": ("Patient", {"deceasedDateTime": "2026"}, "deceased"),
    "identifier": ("Patient", {"identifier": [{"system": "s", "value": "1"}, {"value": "2"}]}, "identifier"),
    "link": ("Measure", {"library": ["http://a|1"]}, "depends-on"),
    "name": ("Patient", {"name": [{"family": "Nur'Aini", "given": ["Ñi"]}]}, "name"),
    "plain": ("Patient", {"active": True}, "active"),
    "reference": ("Observation", {"encounter": {"reference": "Encounter/1/_history/2"}}, "encounter"),
    "word_starts": ("Location", {"name": "Poli Abcdefghijkl"}, "name"),
    "_ref": ("Observation", {"encounter": {"reference": "Encounter/1"}}, "_ref"),
}
"""By what is numbered in MADE: an example, and the parameter it is found by."""

YIELDS = {
    "birth": "1990 1990-05 ~1990-05",
    "code": "*|male http://hl7.org/fhir/administrative-gender|male",
    "coding": "*|c s|c",
    "concept": "*|c *|d s|c |d",
    "contact": "*|08",
    "deceased": "*|true",
    "identifier": "*|1 *|2 s|1 |2",
    "link": "http://a http://a|1",
    "name": "n nu nur nura nurai nurain nuraini ni",
    "plain": "*|true",
    "reference": "Encounter/1",
    "word_starts": "p po pol poli a ab abc abcd abcde abcdef abcdefg abcdefgh abcdefghi abcdefghij",
    "_ref": "Encounter/1",
}


def test_what_is_made_is_pinned():
    """Whoever changes what is made of a value raises its number in MADE: what is stored must be indexed anew."""
    assert set(MADE) == set(MADE_OF) == set(YIELDS)
    assert set(MADE.values()) == {1}
    for name, (type_, example, param) in MADE_OF.items():
        found = {value for each, value in extract(type_, {"resourceType": type_, **example}).values if each == param}
        assert found == set(YIELDS[name].split()), name
    assert code_pairs(("p",), {"s": ["a"]}) == {"a": [("p", "*|a"), ("p", "s|a")]}
