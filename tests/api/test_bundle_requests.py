"""Conditions of Bundle entries: one that can't be read is refused, never passed over."""

import pytest

PATIENT = {"resourceType": "Patient", "name": [{"text": "Siti Contoh"}], "gender": "female", "birthDate": "1990-01-01"}
KINDS = ("transaction", "batch")


@pytest.fixture
def send(client, token):
    headers = token("klinik-a") | {"Content-Type": "application/fhir+json"}

    def sent(kind, resource, **request):
        entry = {"resource": resource, "request": request}
        answer = client.post("/fhir", json={"resourceType": "Bundle", "type": kind, "entry": [entry]}, headers=headers)
        body = answer.json()
        status = body["entry"][0]["response"]["status"][:3] if body["resourceType"] == "Bundle" else ""
        return int(status or answer.status_code), answer

    return sent


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("condition", [1, True, [], {}, "", "identifier=", "x"])
def test_an_unreadable_if_none_exist_stores_nothing(send, kind, condition):
    status, _ = send(kind, PATIENT, method="POST", url="Patient", ifNoneExist=condition)
    assert status == 412


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", [1, True, [], {}, "", "abc", 'W/"abc"', "9" * 5000, "²", '"٣"'])
def test_an_unreadable_if_match_overwrites_nothing(send, kind, version):
    _, made = send("transaction", PATIENT, method="POST", url="Patient")
    id_ = made.json()["entry"][0]["response"]["location"].split("/")[1]
    again = PATIENT | {"id": id_, "gender": "male"}
    status, answer = send(kind, again, method="PUT", url=f"Patient/{id_}", ifMatch=version)
    assert (status, "HUB-5814" in answer.text) == (400, True)
    assert send(kind, again, method="PUT", url=f"Patient/{id_}", ifMatch='W/"1"')[0] == 200
    assert send(kind, again, method="PUT", url=f"Patient/{id_}", ifMatch='W/"1"')[0] == 412


@pytest.mark.parametrize("kind", KINDS)
def test_a_type_that_does_not_exist_is_refused(send, kind):
    status, answer = send(kind, {"resourceType": "Tidak"}, method="POST", url="Tidak")
    assert (status, "HUB-5813" in answer.text) == (404, True)
