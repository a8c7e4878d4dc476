"""Bulk load of NDJSON on both databases: any order of lines, the same lines again, faulty ones by themselves."""

import pytest

from hub.fhir import json
from hub.pipeline import load
from tests.whole.calling import online, signed_in
from tests.whole.sending import A, client_of, counts, every

PATIENT = {"resourceType": "Patient", "id": "p-1", "name": [{"text": "Rekaan Satu"}], "birthDate": "1990-02-01"}
ENCOUNTER = {
    "resourceType": "Encounter",
    "id": "e-1",
    "status": "finished",
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
    "subject": {"reference": "Patient/p-1"},
}
OBSERVATION = {
    "resourceType": "Observation",
    "id": "o-1",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]},
    "subject": {"reference": "Patient/p-1"},
    "encounter": {"reference": "Encounter/e-1"},
}
GOOD = (OBSERVATION, ENCOUNTER, PATIENT)
NDJSON = {"Content-Type": "application/fhir+ndjson"}


def lines(*resources):
    return b"\n".join(each if isinstance(each, bytes) else json.write(each) for each in resources) + b"\n"


def loaded(hub, *resources):
    return load(hub, client_of(A), enumerate(lines(*resources).split(b"\n"), 1))


def test_the_order_of_the_lines_does_not_matter_and_again_nothing_changes(hub, homes):
    assert loaded(hub, *GOOD).counts == {"created": 3, "corrected": 0, "unchanged": 0, "refused": 0}
    (observation,) = every(hub, client_of(A), "Observation")
    (encounter,) = every(hub, client_of(A), "Encounter")
    assert observation["encounter"]["reference"] == f"Encounter/{encounter['id']}"
    before = counts(hub)
    assert loaded(hub, *reversed(GOOD)).counts == {"created": 0, "corrected": 0, "unchanged": 3, "refused": 0}
    assert counts(hub)["resource"] == before["resource"]
    changed = OBSERVATION | {"status": "amended"}
    assert loaded(hub, changed).counts == {"created": 0, "corrected": 1, "unchanged": 0, "refused": 0}


def test_more_lines_than_a_part_with_what_they_refer_to_at_the_end(hub):
    many = [OBSERVATION | {"id": f"o-{number}"} for number in range(1200)]
    done = loaded(hub, *many, ENCOUNTER, PATIENT)
    assert done.counts == {"created": 1202, "corrected": 0, "unchanged": 0, "refused": 0}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", "HUB-1001"),
        (b"[]", "HUB-4460"),
        (b'{"resourceType":"Nothing","id":"1"}', "HUB-4460"),
        ({"resourceType": "Patient"}, "HUB-4461"),
        (PATIENT | {"id": "p-2", "gender": "x"}, None),
        (OBSERVATION | {"id": "o-9", "subject": {"reference": "Patient/nobody"}}, "HUB-3101"),
    ],
)
def test_a_faulty_line_is_named_and_the_others_are_stored(hub, line, code):
    done = loaded(hub, PATIENT, line, ENCOUNTER)
    assert done.counts == {"created": 2, "corrected": 0, "unchanged": 0, "refused": 1}
    assert {issue.row for issue in done.issues} == {2}
    assert code is None or code in {issue.code for issue in done.issues}, done.issues


def test_over_http_with_the_scopes_of_the_token(hub):
    with online(hub) as caller:
        a = signed_in(hub, caller, A, ("system/Patient.cu", "system/Encounter.cu")) | NDJSON
        answer = caller.post("/fhir/$import", content=lines(*GOOD), headers=a)
        assert answer.status_code == 200, answer.text
        told = {each["name"]: each.get("valueInteger") for each in answer.json()["parameter"]}
        assert (told["created"], told["refused"]) == (2, 1)
        assert caller.post("/fhir/$import", content=b"", headers=a | {"Content-Type": "text/csv"}).status_code == 415
        reader = signed_in(hub, caller, A, ("system/*.rs",)) | NDJSON
        assert caller.post("/fhir/$import", content=lines(PATIENT), headers=reader).status_code == 403
