"""Every refusal over HTTP: its status, its OperationOutcome, the headers around it, nothing personal in logs."""

import logging

import pytest
from starlette.datastructures import Headers

from hub.api.errors import STATUS, language, status_line
from hub.errors import Category

NIK = "6371010101900001"


def outcome_of(response, status: int, code: str):
    assert response.status_code == status
    media = "application/fhir+json" if response.request.url.path.startswith("/fhir") else "application/json"
    assert response.headers["content-type"] == media
    body = response.json()
    assert body["resourceType"] == "OperationOutcome"
    assert body["issue"][0]["details"]["coding"][0]["code"] == code
    assert body["issue"][0]["details"]["text"]
    check_headers(response)
    return body


def check_headers(response):
    headers = response.headers
    assert len(headers["x-request-id"]) == 16
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["strict-transport-security"].startswith("max-age=")
    assert "access-control-allow-origin" not in headers


def test_every_category_has_a_status():
    assert set(STATUS) == set(Category)
    assert status_line(Category.NOT_FOUND) == "404 Not Found"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/fhir/Patient/x", 401, "HUB-5001"),
        ("GET", "/fhir/Patient?name=x", 401, "HUB-5001"),
        ("GET", "/submissions/x", 401, "HUB-5001"),
        ("POST", "/submissions/klinik_csv", 401, "HUB-5001"),
        ("GET", "/nowhere", 404, "HUB-5801"),
        ("GET", "/fhir/Patient/x/y/z", 404, "HUB-5801"),
        ("GET", "/fhir/Patiënt/x", 404, "HUB-5813"),
        ("GET", "/fhir/Patient/a_b", 400, "HUB-5812"),
        ("GET", "/fhir/Patient/" + "x" * 65, 400, "HUB-5812"),
        ("GET", "/fhir/%2e%2e%2f%2e%2e", 404, "HUB-5813"),
        ("TRACE", "/fhir/Patient/x", 405, "HUB-5802"),
        ("GET", "/fhir", 401, "HUB-5001"),
        ("PUT", "/fhir/metadata", 405, "HUB-5802"),
        ("POST", "/fhir/Patient/x/_history", 405, "HUB-5802"),
        ("DELETE", "/oauth2/token", 405, "HUB-5802"),
        ("GET", "/oauth2/token", 405, "HUB-5802"),
        ("HEAD", "/fhir/Patient/x", 401, None),
        ("OPTIONS", "/fhir/Patient/x", 204, None),
        ("GET", "/fhir/Patient?_format=xml", 406, "HUB-5804"),
        ("POST", "/fhir/Patient", 415, "HUB-5803"),
        ("POST", "/oauth2/token", 415, "HUB-5803"),
        ("POST", "/care/presence", 415, "HUB-5803"),
        ("GET", f"/fhir/Patient?identifier={NIK}", 400, "HUB-4102"),
        ("GET", f"/fhir/Patient?identifier=https%3A%2F%2Ffhir.kemkes.go.id%2Fid%2Fnik%7C{NIK}", 400, "HUB-4102"),
        ("POST", f"/fhir/Patient/_search?identifier={NIK}", 400, "HUB-4102"),
        ("GET", "/fhir/Patient?name=" + "x" * 5000, 400, "HUB-5806"),
        ("GET", "/fhir/Patient?name=a%00b", 400, "HUB-5835"),
        ("GET", "/fhir/Patient/a%00b", 400, "HUB-5835"),
        ("GET", "/fhir/Patient?name=%ff", 400, "HUB-5819"),
        ("GET", "/fhir/Patient?" + "a=1&" * 41, 400, "HUB-5819"),
        ("GET", "/openapi.jsonx", 404, "HUB-5801"),
        ("GET", "/docs", 404, "HUB-5801"),
    ],
)
def test_refused_before_any_work(client, method, path, status, code):
    response = client.request(method, path)
    if code is None:
        assert response.status_code == status
    else:
        outcome_of(response, status, code)


@pytest.mark.parametrize(
    ("method", "path", "offered"),
    [
        ("POST", "/fhir/$foo", "/fhir/$validate"),
        ("GET", "/fhir/Patient/$foo", "/fhir/Patient/$match"),
        ("GET", "/fhir/Patient/x/$foo", "/fhir/Patient/{id}/$everything"),
        ("GET", "/fhir/Patient/x/$validate", "/fhir/{type}/$validate"),
        ("GET", "/fhir/Encounter/x/$everything", "/fhir/Patient/{id}/$everything"),
        ("POST", "/fhir/$graphql", "/fhir/$import"),
        ("GET", "/fhir/Patient/$" + NIK, "/fhir/Patient/$match"),
    ],
)
def test_an_operation_that_is_not_there(client, method, path, offered):
    body = outcome_of(client.request(method, path, headers={"Accept-Language": "en"}), 404, "HUB-4408")
    (issue,) = body["issue"]
    assert offered in issue["diagnostics"]
    assert NIK not in str(body)


def test_an_operation_of_a_type_that_is_not_there(client):
    outcome_of(client.get("/fhir/Banana/$validate"), 405, "HUB-5802")
    outcome_of(client.get("/fhir/Banana/$foo"), 404, "HUB-5813")


def test_allow_names_every_method(client):
    assert client.request("TRACE", "/fhir/Patient/x").headers["allow"] == "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"
    assert client.get("/oauth2/token").headers["allow"] == "POST"


def test_the_language_of_an_answer(client):
    texts = [
        client.get("/nowhere", headers={"Accept-Language": sent}).json()["issue"][0]["details"]["text"]
        for sent in ("id", "", "en-GB,en;q=0.9", "id;q=0.2,en;q=0.8", "de")
    ]
    assert texts[0] == texts[1] == texts[4] != texts[2] == texts[3]
    assert language(Headers({"accept-language": "en;q=junk"})) == "id"


def test_xml_is_refused_both_ways(client, token):
    headers = token()
    outcome_of(client.get("/fhir/Patient/x", headers=headers | {"Accept": "application/fhir+xml"}), 406, "HUB-5804")
    sent = client.post(
        "/fhir/Patient", content="<Patient/>", headers=headers | {"Content-Type": "application/fhir+xml"}
    )
    outcome_of(sent, 415, "HUB-5803")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "HUB-1001"),
        (b'{"resourceType":"Patient","resourceType":"Patient"}', 400, "HUB-1002"),
        (b"[" * 100_000 + b"]" * 100_000, 400, "HUB-1003"),
        (b'"\\ud800"', 400, "HUB-1004"),
        (b"[]", 400, "HUB-5817"),
        (b'{"resourceType":"Observation"}', 400, "HUB-3111"),
        (b" " * (1 << 20) + b"{}", 413, "HUB-5805"),
    ],
)
def test_bodies_that_are_not_what_they_should_be(client, token, content, status, code):
    headers = token() | {"Content-Type": "application/fhir+json"}
    outcome_of(client.post("/fhir/Patient", content=content, headers=headers), status, code)


def test_a_bundle_may_be_larger_but_not_endless(client, token):
    headers = token() | {"Content-Type": "application/fhir+json"}
    outcome_of(client.post("/fhir", content=b" " * (2 << 20) + b"{}", headers=headers), 400, "HUB-3111")
    outcome_of(client.post("/fhir", content=b" " * (10 << 20) + b"{}", headers=headers), 413, "HUB-5805")


def test_a_fault_says_its_number_and_the_log_says_no_value(app, client, caplog):
    def broken():
        raise KeyError(NIK)

    app.add_api_route("/broken", broken)
    with caplog.at_level(logging.INFO):
        response = client.get(f"/broken?nik={NIK}")
    body = outcome_of(response, 500, "HUB-5809")
    assert response.headers["x-request-id"] in body["issue"][0]["details"]["text"]
    assert "KeyError" in caplog.text
    assert response.headers["x-request-id"] in caplog.text
    ours = "".join(record.getMessage() for record in caplog.records if record.name.startswith("hub"))
    assert NIK not in ours + response.text


def test_a_closed_store_is_unavailable(hub, client, token):
    headers = token()
    hub.outbox.close()
    response = client.get("/fhir/Patient/" + "0" * 32, headers=headers)
    outcome_of(response, 503, "HUB-5810")
    assert response.headers["retry-after"] == "5"


def test_health_needs_nothing(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    check_headers(client.get("/healthz"))
