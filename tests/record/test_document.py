import copy
import json
import xml.etree.ElementTree as ET

import pytest
from fhir.resources.R4B.bundle import Bundle

from hub.fhir import json as fhir_json
from hub.fhir import references
from hub.record import document
from hub.validation import check_resource


@pytest.fixture(params=["id", "en"])
def made(request, resources, facilities, made_ms):
    return document(resources, facilities, made_ms, request.param)


def resources_in(bundle):
    return [entry["resource"] for entry in bundle["entry"]]


def test_it_is_valid_r4_by_both_validators(made):
    assert check_resource(made) == []
    Bundle.model_validate(json.loads(fhir_json.write(made)))


def test_a_composition_comes_first_and_the_patient_is_one(made):
    found = resources_in(made)
    assert [r["resourceType"] for r in found][:2] == ["Composition", "Patient"]
    assert sum(r["resourceType"] == "Patient" for r in found) == 1
    assert len(found[1]["identifier"]) == 3


def test_every_reference_resolves_in_the_bundle(made):
    urls = {entry["fullUrl"] for entry in made["entry"]}
    assert len(urls) == len(made["entry"])
    named = [text for r in resources_in(made) for _, text in references(r) if not text.startswith("#")]
    assert named
    assert set(named) <= urls


def test_a_reference_to_something_outside_keeps_only_words(resources, facilities, made_ms):
    found = resources_in(document(resources, facilities, made_ms))
    (order,) = (r for r in found if r.get("id") == "m1")
    assert order["requester"] == {"display": "tidak disertakan dalam dokumen ini"}


def test_every_clinical_resource_stands_in_one_section(made):
    composition, *rest = resources_in(made)
    listed = [e["reference"] for s in composition["section"] for e in s.get("entry", ())]
    assert len(listed) == len(set(listed))
    supporting = {"Patient", "Practitioner", "Device"}
    assert len(listed) == sum(r["resourceType"] not in supporting for r in rest)
    assert {"n1"} == {r["id"] for r in rest if r["resourceType"] == "Practitioner"}


def test_narratives_are_xml_and_hold_no_markup_of_the_sender(resources, facilities, made_ms):
    (medicine,) = (r for r in resources if r.get("id") == "m1")
    medicine["medicationCodeableConcept"]["text"] = '<script>alert(1)</script> & "x" \x0b'
    medicine["text"] = {"status": "generated", "div": "<div onclick='x'>y</div>"}
    made = document(resources, facilities, made_ms)
    for section in resources_in(made)[0]["section"]:
        tags = {element.tag.split("}")[1] for element in ET.fromstring(section["text"]["div"]).iter()}
        assert tags <= {"div", "p", "table", "tbody", "tr", "td"}
    assert "onclick" not in json.dumps(made, default=str)


def test_an_empty_record_says_so_without_claiming_health(facilities, made_ms):
    made = document([], facilities, made_ms)
    sections = resources_in(made)[0]["section"]
    assert [s["code"]["coding"][0]["code"] for s in sections] == ["48765-2", "10160-0", "11450-4"]
    assert all(s["emptyReason"]["coding"][0]["code"] == "unavailable" for s in sections)
    assert check_resource(made) == []


def test_the_input_is_left_as_it_was(resources, facilities, made_ms):
    before = copy.deepcopy(resources)
    document(resources, facilities, made_ms)
    assert resources == before
