"""How often $match may be asked: a person thirty times an hour, a client system twenty times as often."""

from hub.api.fhir.matching import Matching
from hub.errors import Category, HubError
from hub.model import Principal
from tests.api.test_errors import outcome_of

CLINICIAN = Principal("clinician", "petugas-1", "TREAT", facility="klinik-a", person="petugas-1")
SYSTEM = Principal("clinic-client", "klinik-a", "TREAT", facility="klinik-a")


def takes(matching, who, most):
    for number in range(most):
        try:
            matching.take(who)
        except HubError as error:
            return number, error
    return most, None


def test_buckets(app, clock):
    matching = Matching(app.state.site)
    count, refusal = takes(matching, CLINICIAN, 100)
    assert count == 30
    assert (refusal.category, refusal.issues[0].code) == (Category.BUSY, "HUB-4421")
    assert int(refusal.issues[0].args["seconds"]) == 120
    assert takes(matching, SYSTEM, 1000)[0] == 600
    clock.ms += 120_000
    assert takes(matching, CLINICIAN, 100)[0] == 1


def test_the_refusal_says_when(app, client, token):
    (route,) = (each for each in app.router.routes if getattr(each, "path", "") == "/fhir/Patient/$match")
    headers, empty = token(), {"resourceType": "Patient", "gender": "female"}
    outcome_of(client.post("/fhir/Patient/$match", json=empty, headers=headers), 422, "HUB-4420")
    assert takes(route.endpoint.handlers["POST"].__self__, SYSTEM, 1000)[0] == 599
    refused = client.post("/fhir/Patient/$match", json=empty, headers=headers)
    outcome_of(refused, 429, "HUB-4421")
    assert refused.headers["retry-after"] == "6"
