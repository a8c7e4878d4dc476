"""What the CapabilityStatement claims is walked through: every interaction of every type, operations, parameters."""

from typing import Any

import pytest

from hub.api.fhir.capability import OF_SYSTEM, OF_TYPE
from hub.api.fhir.described import HEADERS
from hub.api.fhir.operations import OPERATIONS
from hub.errors import HubError
from hub.fhir import RESOURCE_TYPES
from hub.search import parse
from hub.validation import check_resource
from tests.api.test_fhir import PATIENT

ABSENT = "0" * 32
SAMPLES = {
    "token": "a",
    "string": "a",
    "reference": ABSENT,
    "date": "2026-11-22",
    "number": "1",
    "quantity": "1",
    "uri": "urn:a",
}
NO_SUCH_ADDRESS = ("HUB-5801", "HUB-5802", "HUB-5813")


@pytest.fixture
def a(token):
    return token("klinik-a")


@pytest.fixture
def rest(client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/fhir/metadata").json()["rest"][0]
    return found


def interactions(holder: dict[str, Any]) -> set[str]:
    return {each["code"] for each in holder["interaction"]}


def address(pattern: str, type_: str) -> str:
    return pattern.replace("{type}", type_).replace("{id}", ABSENT).replace("{vid}", "1")


def answered(client, headers, method, path, body=None) -> int:
    kind = "application/json-patch+json" if method == "PATCH" else "application/fhir+json"
    answer = client.request(method, path, json=body, headers=headers | {"Content-Type": kind})
    assert answer.status_code < 500, (method, path, answer.text)
    assert not any(code in answer.text for code in NO_SUCH_ADDRESS), (method, path, answer.text)
    assert answer.headers["content-type"] == "application/fhir+json" or not answer.content
    return int(answer.status_code)


def test_every_interaction_of_every_type_is_there(client, a, rest):
    statuses = {"create": 422, "read": 404, "vread": 404, "update": 404, "patch": 404, "delete": 403}
    statuses |= {"history-instance": 404, "history-type": 200, "search-type": 200}
    for resource in rest["resource"]:
        claimed = interactions(resource)
        assert claimed == statuses.keys()
        for code, method, pattern in OF_TYPE:
            body = {"resourceType": resource["type"], "id": ABSENT} if method in ("POST", "PUT") else []
            status = answered(client, a, method, address(pattern, resource["type"]), body if method != "GET" else None)
            if code == "create":  # some types need no element at all
                assert status in (201, 422)
            else:
                assert status == statuses[code], (code, resource["type"])
    assert {each["type"] for each in rest["resource"]} < set(RESOURCE_TYPES)


def test_the_whole_life_of_one(client, a, rest):
    """In the order of OF_TYPE every claimed interaction succeeds on something that is there."""
    made = client.post("/fhir/Patient", json=PATIENT, headers=a)
    id_ = made.json()["id"]
    for code, method, pattern in OF_TYPE:
        if code in ("create", "delete"):  # this client may not delete
            continue
        body = {"PUT": PATIENT | {"id": id_}, "PATCH": [{"op": "replace", "path": "/gender", "value": "male"}]}.get(
            method
        )
        assert answered(client, a, method, address(pattern, "Patient").replace(ABSENT, id_), body) == 200, code
    assert client.get(f"/fhir/Patient/{id_}", headers=a | {"If-None-Match": "*"}).status_code == 304


@pytest.mark.parametrize("code", [code for code, _, _ in OF_SYSTEM])
def test_every_interaction_of_the_system(client, a, rest, code):
    assert code in interactions(rest)
    if code == "history-system":
        assert client.get("/fhir/_history", headers=a).status_code == 200
    else:
        body = {"resourceType": "Bundle", "type": code}
        assert client.post("/fhir", json=body, headers=a | {"Content-Type": "application/fhir+json"}).status_code == 200


def test_conditional_interactions(client, a, rest):
    patient = next(each for each in rest["resource"] if each["type"] == "Patient")
    assert (patient["conditionalCreate"], patient["conditionalUpdate"], patient["conditionalDelete"]) == (
        True,
        True,
        "single",
    )
    query = "identifier=https://jukung.id/sid/klinik-a/pasien%7CRM-1"
    headers = a | {"Content-Type": "application/fhir+json"}
    assert client.put(f"/fhir/Patient?{query}", json=PATIENT, headers=headers).status_code == 201
    assert client.put(f"/fhir/Patient?{query}", json=PATIENT, headers=headers).status_code == 200
    again = client.post("/fhir/Patient", json=PATIENT, headers=headers | {"If-None-Exist": query})
    assert again.status_code == 200
    assert client.request("DELETE", f"/fhir/Patient?{query}", headers=a).status_code == 403


def test_operations(client, a, rest):
    claimed = {each["name"] for each in rest["operation"]}
    claimed |= {each["name"] for resource in rest["resource"] for each in resource.get("operation", ())}
    assert claimed == {each.code for each in OPERATIONS}
    for each in OPERATIONS:
        for method in each.methods:
            answered(client, a, method, address(each.pattern, each.type or "Patient"), {} if method == "POST" else None)


def test_every_parameter_modifier_and_include_is_understood(rest):
    searched = 0
    for resource in rest["resource"]:
        type_ = resource["type"]
        for parameter in resource["searchParam"]:
            sample = SAMPLES.get(parameter["type"])
            if sample is None:  # a composite
                continue
            parse(type_, [(parameter["name"], sample)], lenient=False)
            taken = parameter.get("documentation", "").removeprefix("Modifiers: ").split(", ")
            if ":missing" in taken:
                parse(type_, [(f"{parameter['name']}:missing", "true")], lenient=False)
            searched += 1
        with pytest.raises(HubError):
            parse(type_, [("favourite", "x")], lenient=False)
        includes = [("_include", each) for each in resource.get("searchInclude", ())]
        includes += [("_revinclude", each) for each in resource.get("searchRevInclude", ())]
        for each in includes:
            assert parse(type_, [each], lenient=False).includes
    assert searched > 2000


def test_no_operation_is_named_twice(client, rest):
    for resource in rest["resource"]:
        named = [each["name"] for each in resource["operation"]]
        assert len(named) == len(set(named)), resource["type"]
    statement = client.get("/fhir/metadata").json()
    assert statement["url"] == "https://hub.test/fhir/metadata"
    assert statement["instantiates"] == ["http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data"]
    assert {"name", "title", "description"} <= statement.keys()
    assert [issue for issue in check_resource(statement) if issue.severity in ("error", "fatal")] == []


def test_openapi_names_the_headers_that_count(client):
    paths = client.get("/openapi.json").json()["paths"]

    def headers(method, place):
        return {each["name"] for each in paths[place][method]["parameters"] if each["in"] == "header"}

    everywhere = {"Prefer", "Accept-Language"}
    assert headers("put", "/fhir/{type}/{id}") == {"If-Match", "If-None-Match", *everywhere}
    assert headers("get", "/fhir/{type}/{id}") == {"If-None-Match", "If-Modified-Since", *everywhere}
    assert headers("post", "/fhir/{type}") == {"If-None-Exist", "Idempotency-Key", *everywhere}
    assert headers("post", "/fhir") == {"Idempotency-Key", *everywhere}
    assert headers("post", "/fhir/{type}/$validate") == everywhere
    assert headers("post", "/fhir/{type}/_search") == everywhere, "what only reads takes no key"
    assert "Idempotency-Key" not in headers("get", "/fhir/$export")
    for place in ("/fhir/$import", "/fhir/Group/{id}/$export", "/submissions/{adapter}", "/care/presence"):
        assert "Idempotency-Key" in headers("post", place)
    quarantine = [place for place, each in paths.items() if place.startswith("/quarantine") and "post" in each]
    assert ["Idempotency-Key" in headers("post", place) for place in quarantine] == [True] * 3
    named = {(method, place) for _, places, _ in HEADERS for method, place in places or ()}
    assert all(method.lower() in paths[place] for method, place in named), "every place named is an address"


def test_compartments(client, a, rest):
    for url in rest["compartment"]:
        kind = next(name for name in RESOURCE_TYPES if name.lower() == url.rpartition("/")[2])
        assert answered(client, a, "GET", f"/fhir/{kind}/{ABSENT}/Observation") == 200


def test_openapi_describes_the_same(client, rest):
    paths = client.get("/openapi.json").json()["paths"]
    for _, method, pattern in (*OF_TYPE, *OF_SYSTEM):
        assert method.lower() in paths[pattern]
    for each in OPERATIONS:
        assert set(paths[each.pattern]) == {method.lower() for method in each.methods}
    assert paths["/fhir/{type}"]["patch"]["requestBody"]["content"].keys() == {"application/json-patch+json"}
