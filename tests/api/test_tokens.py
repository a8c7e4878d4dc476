"""The token endpoint over HTTP, and where a token counts."""

import base64

import pytest

from hub.admission.granting import ASSERTION_TYPE
from hub.api import create_app
from hub.config import read_config
from tests.admission.conftest import SECRET
from tests.api.conftest import calling
from tests.api.test_errors import check_headers, outcome_of
from tests.auth.attacks import claims, signed

UNKNOWN = "/fhir/Patient/" + "0" * 32


def form(**changes: str) -> dict[str, str]:
    right = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": signed(claims()),
    }
    return right | changes


def test_the_answer(client):
    answer = client.post("/oauth2/token", data=form())
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "token_type", "expires_in", "scope"}
    assert answer.headers["pragma"] == "no-cache"
    check_headers(answer)


def test_faults_have_one_constant_body(client):
    bodies = {
        client.post("/oauth2/token", data=form(client_assertion=text)).content
        for text in ("", "a.b.c", signed(claims(aud="x")), signed(claims(iss="no", sub="no")), "x" * 9000)
    }
    (body,) = bodies
    assert body.startswith(b'{"error":"invalid_client","error_description":"The client is unknown or')


def test_a_field_twice(client):
    pairs = "grant_type=client_credentials&grant_type=client_credentials"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.post("/oauth2/token", content=pairs, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert answer.json()["error_description"] == "A parameter stands twice."


def test_basic(client):
    fields = {"grant_type": "client_credentials"}
    assert client.post("/oauth2/token", data=fields, auth=("klinik-a-tulis", SECRET)).json()["scope"] == "system/*.cu"
    refused = client.post("/oauth2/token", data=fields, auth=("klinik-a-tulis", "wrong"))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert refused.headers["www-authenticate"].startswith("Basic")


def test_too_often_is_refused_before_signature_work(hub, tmp_path):
    """A-30: and another address is not affected."""
    config = read_config({"HUB_HOME": str(tmp_path), "HUB_BASE_URL": "https://hub.test"})
    object.__setattr__(config, "token_rate_per_min", 5)
    object.__setattr__(hub, "config", config)
    app = create_app(hub)
    with calling(app, "10.0.0.1") as attacker:
        answers = [attacker.post("/oauth2/token", data=form(client_assertion="a.b.c")) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [400] * 5 + [429]
        outcome_of(answers[-1], 429, "HUB-5808")
        assert int(answers[-1].headers["retry-after"]) > 0
    with calling(app, "10.0.0.2") as other:
        assert other.post("/oauth2/token", data=form()).status_code == 200


def test_a_token_counts_in_its_header_only(client, token):
    """A-35."""
    right = token()["Authorization"].removeprefix("Bearer ")
    assert client.get(UNKNOWN, headers={"Authorization": f"Bearer {right}"}).status_code == 404
    assert client.get(UNKNOWN, headers={"Authorization": f"bearer {right}"}).status_code == 404
    outcome_of(client.get(f"{UNKNOWN}?access_token={right}"), 401, "HUB-5001")
    outcome_of(client.get(UNKNOWN, headers={"Cookie": f"access_token={right}; jukung={right}"}), 401, "HUB-5001")
    outcome_of(client.post("/fhir/Patient/_search", data={"access_token": right}), 401, "HUB-5001")
    outcome_of(client.get(UNKNOWN, headers=[("Authorization", f"Bearer {right}")] * 2), 401, "HUB-5001")
    outcome_of(client.get(UNKNOWN, headers={"Authorization": f"Basic {right}"}), 401, "HUB-5001")


@pytest.mark.parametrize("bad", ["x", "x" * 43, "é", base64.b64encode(b"a:b").decode()])
def test_unknown_tokens(client, bad):
    response = client.get(UNKNOWN, headers={"Authorization": f"Bearer {bad}".encode()})
    outcome_of(response, 401, "HUB-5002")
    assert 'error="invalid_token"' in response.headers["www-authenticate"]


def test_scopes_are_a_ceiling(client, token):
    reader = token(scope="system/Observation.rs")
    outcome_of(client.get(UNKNOWN, headers=reader), 403, "HUB-5003")
    json = reader | {"Content-Type": "application/fhir+json"}
    outcome_of(client.post("/fhir/Observation", content=b"{}", headers=json), 403, "HUB-5003")
    outcome_of(client.post("/submissions/klinik_csv", content=b"x", headers=reader), 403, "HUB-5003")
    entry = {"request": {"method": "POST", "url": "Patient"}, "resource": {"resourceType": "Patient"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    body = outcome_of(client.post("/fhir", json=bundle, headers=json), 403, "HUB-5003")
    assert body["issue"][0]["expression"] == ["Bundle.entry[0].request"]
    allowed = {"request": {"method": "GET", "url": "Observation"}}
    answer = client.post("/fhir", json=bundle | {"type": "batch", "entry": [entry, allowed]}, headers=json).json()
    assert [each["response"]["status"][:3] for each in answer["entry"]] == ["403", "200"]
    (issue,) = answer["entry"][0]["response"]["outcome"]["issue"]
    assert issue["expression"] == ["Bundle.entry[0].request"]


def test_smart_configuration(client):
    found = client.get("/fhir/.well-known/smart-configuration").json()
    assert found["token_endpoint"] == "https://hub.test/oauth2/token"
    assert found["token_endpoint_auth_signing_alg_values_supported"] == ["RS384", "ES384"]
    assert {"grant_types_supported", "capabilities", "code_challenge_methods_supported"} <= set(found)
