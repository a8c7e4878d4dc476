"""$validate over HTTP: profiles by name, modes, what was checked against; and a facility that chose SATUSEHAT's."""

from dataclasses import replace

import pytest

from hub.fhir import RESOURCE_TYPES
from hub.upkeep.registering import register_facility
from tests.api.test_errors import outcome_of
from tests.api.test_fhir import PATIENT, a, patient

__all__ = ["a", "patient"]

PROFILE = "https://fhir.kemkes.go.id/r4/StructureDefinition/Patient"
LACKING = {("HUB-1201", "Patient.multipleBirthInteger")}


def errors(answer):
    assert answer.status_code == 200, answer.text
    return {
        (issue["details"]["coding"][0]["code"], *issue.get("expression", ()))
        for issue in answer.json()["issue"]
        if issue["severity"] == "error"
    }


def checked(answer):
    return answer.json()["issue"][-1]["details"]["text"]


def test_a_profile_in_the_address_or_in_the_parameters(client, a):
    named = client.post("/fhir/Patient/$validate", params={"profile": PROFILE}, json=PATIENT, headers=a)
    assert errors(named) == LACKING
    assert PROFILE in checked(named)
    asked = [{"name": "resource", "resource": PATIENT}, {"name": "profile", "valueUri": PROFILE}]
    body = {"resourceType": "Parameters", "parameter": asked}
    assert errors(client.post("/fhir/Patient/$validate", json=body, headers=a)) == LACKING
    assert errors(client.post("/fhir/$validate", json=body, headers=a)) == LACKING
    declared = PATIENT | {"meta": {"profile": [PROFILE]}}
    assert errors(client.post("/fhir/$validate", json=declared, headers=a)) == LACKING
    plain = client.post("/fhir/$validate", json=PATIENT, headers=a)
    assert errors(plain) == set()
    assert "http://hl7.org/fhir/StructureDefinition/Patient" in checked(plain)
    assert PROFILE not in checked(plain)


def test_a_profile_nobody_here_knows_is_told_as_unchecked(client, a):
    vital = "http://hl7.org/fhir/StructureDefinition/vitalsigns"
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "Tekanan darah"}}
    own = "http://hl7.org/fhir/StructureDefinition/Observation"
    named = body | {"meta": {"profile": [vital, own, "urn:x:Siti"]}}
    answer = client.post("/fhir/Observation/$validate", json=named, headers=a | {"Accept-Language": "en"})
    told = [issue for issue in answer.json()["issue"] if issue["details"]["coding"][0]["code"] == "HUB-1208"]
    assert [(each["severity"], each["expression"]) for each in told] == [
        ("warning", ["Observation.meta.profile[0]"]),
        ("warning", ["Observation.meta.profile[2]"]),
    ]
    assert vital in told[0]["details"]["text"]
    assert "Siti" not in answer.text
    assert errors(answer) == set()
    stored = client.post("/fhir/Observation", json=named, headers=a | {"Prefer": "return=OperationOutcome"})
    assert (stored.status_code, "HUB-1208" in stored.text) == (201, False)
    place, english = f"/fhir/Observation/$validate?profile={vital}", a | {"Accept-Language": "en"}
    asked = client.post(place, json=body, headers=english)
    assert "only R4's base types" in outcome_of(asked, 400, "HUB-1200")["issue"][0]["details"]["text"]


def test_any_type_can_be_validated(client, a):
    for type_ in RESOURCE_TYPES[::8]:
        answer = client.post(f"/fhir/{type_}/$validate", json={"resourceType": type_, "x": 1}, headers=a)
        assert ("HUB-1104", f"{type_}.x") in errors(answer)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("profile=https://example.org/p", 400, "HUB-1200"),
        (f"profile={PROFILE.replace('Patient', 'Encounter')}", 400, "HUB-1204"),
        ("mode=delete", 400, "HUB-1205"),
        ("mode=create&mode=update", 400, "HUB-4401"),
        ("&".join([f"profile={PROFILE}"] * 11), 400, "HUB-1205"),
        ("modus=create", 400, "HUB-4400"),
        ("mode=update", 400, "HUB-3122"),
    ],
)
def test_what_is_not_understood_is_refused(client, a, query, status, code):
    answer = client.post(f"/fhir/Patient/$validate?{query}", json=PATIENT, headers=a)
    outcome_of(answer, status, code)


def test_modes_rehearse_the_way_in(client, a, token, patient):
    lost = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Berat badan"},
        "subject": {"reference": "Patient/" + "0" * 32},
    }
    said = errors(client.post("/fhir/Observation/$validate", json=lost, headers=a))
    assert said == set()
    refused = client.post("/fhir/Observation", json=lost, headers=a)
    codes = {issue["details"]["coding"][0]["code"] for issue in refused.json()["issue"]}
    rehearsed = errors(client.post("/fhir/Observation/$validate?mode=create", json=lost, headers=a))
    assert {each[0] for each in rehearsed} == codes
    own = PATIENT | {"id": patient, "birthDate": "1991-01-01"}
    assert errors(client.post("/fhir/Patient/$validate?mode=update", json=own, headers=a)) == set()
    assert client.get(f"/fhir/Patient/{patient}", headers=a).json()["birthDate"] == PATIENT["birthDate"]
    assert client.get("/fhir/Patient", headers=a).json()["total"] == 1
    reader = token("klinik-a", scope="system/Patient.rs") | {"Content-Type": "application/fhir+json"}
    assert client.post("/fhir/Patient/$validate?mode=create", json=PATIENT, headers=reader).status_code == 403
    assert client.post("/fhir/Patient/$validate", json=PATIENT, headers=reader).status_code == 200


@pytest.mark.parametrize(("setting", "status"), [("satusehat", 201), ("satusehat!", 422)])
def test_a_facility_that_chose_satusehat(hub, client, a, setting, status):
    chosen = replace(hub.facilities["klinik-a"], settings={"profiles": setting})
    register_facility(hub, chosen)
    answer = client.post("/fhir/Patient", json=PATIENT, headers=a | {"Prefer": "return=OperationOutcome"})
    assert answer.status_code == status, answer.text
    found = {
        (issue["severity"], issue["details"]["coding"][0]["code"], *issue.get("expression", ()))
        for issue in answer.json()["issue"]
    }
    assert ("warning" if status == 201 else "error", "HUB-1201", "Patient.multipleBirthInteger") in found
