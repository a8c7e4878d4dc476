"""fhirclient (PyPI, the SMART on FHIR client of Python) against a served hub: every call it has for what we claim.

It has no call for patch, history, vread or conditions; what it can't do here is a browser launch (SMART Backend
Services only), and it writes decimals as Python floats.
"""

import secrets
import time
from typing import Any

import pytest
from fhirclient.client import FHIRClient
from fhirclient.models.bundle import Bundle, BundleEntry, BundleEntryRequest
from fhirclient.models.fhirreference import FHIRReference
from fhirclient.models.fhirsearch import FHIRSearch
from fhirclient.models.observation import Observation
from fhirclient.models.patient import Patient
from fhirclient.server import FHIRNotFoundException, FHIRPermissionDeniedException, FHIRUnauthorizedException
from requests import HTTPError

from hub.auth import sign_assertion
from tests.clients.people import OWN, patient, weight
from tests.clients.serving import READ_ONLY, Served

pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning:fhirclient")
DAYS = [f"2025-03-0{day}" for day in range(1, 6)]


def signed_in(served: Served, name: str, scope: str) -> FHIRClient:
    """A client that learned the token endpoint from the CapabilityStatement and signed in with its own assertion."""
    now = int(time.time())
    claims = {"iss": name, "sub": name, "aud": f"{served.base}/oauth2/token", "iat": now, "exp": now + 240}
    assertion = sign_assertion(claims | {"jti": secrets.token_hex(8)}, served.keys[name])
    found = FHIRClient({"app_id": name, "api_base": served.fhir, "scope": scope, "jwt_token": assertion})
    found.wants_patient = False
    assert not found.prepare()
    found.authorize()
    assert found.ready
    return found


@pytest.fixture
def client(served: Served) -> FHIRClient:
    return signed_in(served, "klinik-fhirclient", "system/*.cruds")


@pytest.fixture
def made(client, number) -> Patient:
    """A patient it created."""
    return Patient(Patient(patient(number)).create(client.server))


def code_of(error: HTTPError) -> str:
    (issue,) = error.response.json()["issue"]
    return str(issue["details"]["coding"][0]["code"])


def test_it_learns_what_the_hub_can(client):
    statement = client.server.capabilityStatement
    assert (statement.fhirVersion, statement.patchFormat) == ("4.0.1", ["application/json-patch+json"])
    resource = next(each for each in statement.rest[0].resource if each.type == "Patient")
    assert {"patch", "history-type"} <= {each.code for each in resource.interaction}


def test_without_a_token_it_is_told_to_sign_in(served):
    client = FHIRClient({"app_id": "x", "api_base": served.fhir})
    with pytest.raises(FHIRUnauthorizedException):
        Patient.read("0" * 32, client.server)


def test_it_creates_reads_updates_and_deletes(client, made):
    read = Patient.read(made.id, client.server)
    assert read.as_json() == made.as_json()
    assert client.human_name(read.name[0]) == "Siti Contoh"
    read.gender = "other"
    assert read.update()["meta"]["versionId"] == "2"
    assert Patient.read_from(f"Patient/{made.id}/_history/1", client.server).gender == "female"
    history = Bundle.read_from(f"Patient/{made.id}/_history", client.server)
    assert [entry.resource.gender for entry in history.entry] == ["other", "female"]
    assert read.delete(client.server) is None
    with pytest.raises(HTTPError) as gone:
        Patient.read(made.id, client.server)
    assert (gone.value.response.status_code, code_of(gone.value)) == (410, "HUB-4301")


def test_it_sends_a_transaction_searches_pages_and_includes(client, made):
    def entry(day: str) -> BundleEntry:
        made_ = BundleEntry()
        made_.resource = Observation(weight(f"Patient/{made.id}", day))
        made_.request = BundleEntryRequest({"method": "POST", "url": "Observation"})
        return made_

    sent = Bundle({"resourceType": "Bundle", "type": "transaction"})
    sent.entry = [entry(day) for day in DAYS]
    answer = Bundle(sent.create(client.server))
    assert (answer.type, {each.response.status for each in answer.entry}) == ("transaction-response", {"201 Created"})

    asked: dict[str, Any] = {"patient": made.id, "_count": "2", "_sort": "date"}
    search = Observation.where(asked)
    assert [each.as_json()["effectiveDateTime"] for each in search.perform_resources_iter(client.server)] == DAYS
    assert [len(page.entry) for page in search.perform_iter(client.server)] == [2, 2, 1]
    assert search.perform(client.server).total == 5
    assert len(search.perform_resources(client.server)) == 5
    both = Observation.where(asked).include("subject").perform(client.server)
    assert [each.search.mode for each in both.entry] == ["match", "match", "include"]
    reverse = FHIRSearch(Patient, {"_id": made.id}).include("subject", Observation, reverse=True).perform(client.server)
    assert (reverse.total, len(reverse.entry)) == (1, 6)
    prefixed = Observation.where({"patient": made.id, "date": {"$and": ["ge2025-03-02", "lt2025-03-04"]}})
    assert [each.as_json()["effectiveDateTime"] for each in prefixed.perform_resources(client.server)] == DAYS[1:3]
    either = Patient.where({"identifier": {"$or": [f"{OWN}|{made.identifier[0].value}", f"{OWN}|nobody"]}})
    assert [each.id for each in either.perform_resources(client.server)] == [made.id]


def test_it_follows_references(client, made):
    observation = Observation(Observation(weight(f"Patient/{made.id}")).create(client.server))
    observation.origin_server = client.server
    subject = observation.subject
    assert isinstance(subject, FHIRReference)
    subject.origin_server = client.server
    assert subject.resolved(Patient).as_json() == made.as_json()


def test_refusals(served, client, number):
    with pytest.raises(FHIRNotFoundException):
        Patient.read("0" * 32, client.server)
    with pytest.raises(HTTPError) as wrong:
        Patient(patient(number, gender="perempuan")).create(client.server)
    assert (wrong.value.response.status_code, code_of(wrong.value)) == (422, "HUB-1113")
    with pytest.raises(HTTPError) as unknown:
        Patient.where({"favourite": "x"}).perform(client.server)
    assert (unknown.value.response.status_code, code_of(unknown.value)) == (400, "HUB-4001")
    reader = signed_in(served, READ_ONLY, "system/*.rs")
    with pytest.raises(FHIRPermissionDeniedException):
        Patient(patient(number)).create(reader.server)


def test_its_state_can_be_kept(client, made):
    """As web applications do between two requests."""
    again = FHIRClient(state=client.state)
    assert Patient.read(made.id, again.server).id == made.id
