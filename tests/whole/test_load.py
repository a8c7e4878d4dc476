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


def test_a_later_line_of_the_same_id_is_a_new_version(hub):
    other = PATIENT | {"name": [{"text": "Rekaan Dua"}]}
    assert loaded(hub, PATIENT, PATIENT, other).counts == {"created": 1, "corrected": 1, "unchanged": 1, "refused": 0}
    (patient,) = every(hub, client_of(A), "Patient")
    assert (patient["name"], patient["meta"]["versionId"]) == (other["name"], "2")


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


def test_the_new_id_of_each_line_is_told_again_and_again(hub):
    told, again = {}, {}
    rows = list(enumerate(lines(*GOOD).split(b"\n"), 1))
    load(hub, client_of(A), rows, tell=told.__setitem__)
    (observation,), (patient,) = every(hub, client_of(A), "Observation"), every(hub, client_of(A), "Patient")
    assert told == {
        "Patient/p-1": f"Patient/{patient['id']}",
        "Encounter/e-1": observation["encounter"]["reference"],
        "Observation/o-1": f"Observation/{observation['id']}",
    }
    assert load(hub, client_of(A), rows, tell=again.__setitem__).counts["unchanged"] == 3
    assert again == told


def test_where_a_line_breaks_is_told_by_its_line(hub):
    (issue,) = loaded(hub, PATIENT, ENCOUNTER, b"  {]").issues
    assert (issue.code, issue.row, issue.args["line"], issue.args["position"]) == ("HUB-1001", 3, "3", "4")


def test_over_http_with_the_scopes_of_the_token(hub):
    with online(hub) as caller:
        a = signed_in(hub, caller, A, ("system/Patient.cu", "system/Encounter.cu")) | NDJSON
        answer = caller.post("/fhir/$import", content=lines(*GOOD), headers=a)
        assert answer.status_code == 200, answer.text
        told = {each["name"]: each.get("valueInteger") for each in answer.json()["parameter"]}
        assert (told["created"], told["refused"]) == (2, 1)
        assert "id" not in told
        asked = caller.post("/fhir/$import", content=lines(*GOOD), headers=a | {"Prefer": "return=representation"})
        parts = [each["part"] for each in asked.json()["parameter"] if each["name"] == "id"]
        old = {part[0]["valueString"]: part[1]["valueReference"]["reference"] for part in parts}
        assert old.keys() == {"Patient/p-1", "Encounter/e-1"}
        assert caller.get(f"/fhir/{old['Patient/p-1']}", headers=signed_in(hub, caller, A)).status_code == 200
        assert caller.post("/fhir/$import", content=b"", headers=a | {"Content-Type": "text/csv"}).status_code == 415
        reader = signed_in(hub, caller, A, ("system/*.rs",)) | NDJSON
        refused = caller.post("/fhir/$import", content=lines(PATIENT), headers=reader)
        assert (refused.status_code, "system/*.c" in refused.text) == (403, True)
