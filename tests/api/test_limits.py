"""Every limit of a request at one below, at it and one above: what is within is done, what is above is refused."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from hub.api.body import BUNDLE_LIMIT, FORM_LIMIT, RESOURCE_LIMIT
from hub.api.edge import URL_LIMIT
from hub.api.fhir.fetching import SEARCHES
from hub.api.fhir.query import MAX_PARAMETERS, MOST_ELEMENTS
from hub.api.once import MOST as KEY_LENGTH
from hub.fhir.json import MAX_DEPTH, MAX_KEYS
from hub.fhir.patch import MOST_OPERATIONS
from hub.pipeline.bundles import ENTRY_LIMIT
from hub.search import MOST_COUNT, parse

PATIENT = {"resourceType": "Patient", "name": [{"text": "Siti Contoh"}], "gender": "female", "birthDate": "1990-01-01"}
FHIR = {"Content-Type": "application/fhir+json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PATCH = {"Content-Type": "application/json-patch+json"}
BATCH: dict[str, Any] = {"resourceType": "Bundle", "type": "batch"}

CHAINS = (
    "",
    "encounter.status",
    "encounter.episode-of-care.status",
    "encounter.episode-of-care.organization.name",
)
HAS = (
    "",
    "_has:Observation:patient:code",
    "_has:Observation:patient:_has:Provenance:target:agent",
    "_has:Observation:patient:_has:DiagnosticReport:result:_has:Provenance:target:agent",
)
ORDERS = ("family", "given", "birthdate", "gender", "address-city", "telecom")

Request = tuple[str, str, bytes, dict[str, str]]


class Limit(NamedTuple):
    """A request of a size, the largest that is done, and how a larger one is refused."""

    name: str
    most: int
    make: Callable[[int], Request]
    refusal: tuple[int, str]
    within: int = 200


def padded(document: Any, size: int) -> bytes:
    """A JSON document of exactly so many bytes."""
    data = json.dumps(document).encode()
    return data + b" " * (size - len(data))


def nested(depth: int) -> bytes:
    return b'{"resourceType":"Patient","x":' + b"[" * (depth - 1) + b"1" + b"]" * (depth - 1) + b"}"


def entries(count: int) -> bytes:
    listed = [{"request": {"method": "LOCK", "url": "x"}}] * count
    return json.dumps(BATCH | {"entry": listed}).encode()


def searches(count: int) -> bytes:
    listed = [{"request": {"method": "GET", "url": "Location?_summary=count"}}] * count
    return json.dumps(BATCH | {"entry": listed}).encode()


def operations(count: int) -> bytes:
    return json.dumps([{"op": "test", "path": "/gender", "value": "female"}] * count).encode()


def address(length: int) -> str:
    start = "/fhir/Patient?name="
    return start + "x" * (length - len(start) + len("?"))  # the question mark is no part of path or query


LIMITS = [
    Limit("entries of a Bundle", ENTRY_LIMIT, lambda n: ("POST", "/fhir", entries(n), FHIR), (413, "HUB-3109")),
    Limit("bytes of a Bundle", BUNDLE_LIMIT, lambda n: ("POST", "/fhir", padded(BATCH, n), FHIR), (413, "HUB-5805")),
    Limit(
        "bytes of a resource",
        RESOURCE_LIMIT,
        lambda n: ("POST", "/fhir/Patient/$validate", padded(PATIENT, n), FHIR),
        (413, "HUB-5805"),
    ),
    Limit(
        "bytes of a form",
        FORM_LIMIT,
        lambda n: ("POST", "/fhir/Patient/_search", b"name=x&_count=".ljust(n, b"1"), FORM),
        (413, "HUB-5805"),
    ),
    Limit(
        "levels of JSON",
        MAX_DEPTH,
        lambda n: ("POST", "/fhir/Patient/$validate", nested(n), FHIR),
        (400, "HUB-1003"),
    ),
    Limit(
        "names of an object",
        MAX_KEYS,
        lambda n: ("POST", "/fhir/$validate", json.dumps({f"n{i}": 1 for i in range(n)}).encode(), FHIR),
        (400, "HUB-1005"),
    ),
    Limit(
        "parameters",
        MAX_PARAMETERS,
        lambda n: ("GET", "/fhir/Patient?" + "&".join(["gender=female"] * n), b"", {}),
        (400, "HUB-5819"),
    ),
    Limit(
        "OR values",
        50,
        lambda n: ("GET", "/fhir/Patient?gender=" + ",".join(["female"] * n), b"", {}),
        (400, "HUB-4006"),
    ),
    Limit("bytes of an address", URL_LIMIT, lambda n: ("GET", address(n), b"", {}), (400, "HUB-5806")),
    Limit(
        "searches in a Bundle",
        SEARCHES,
        lambda n: ("POST", "/fhir", searches(n).replace(b'"batch"', b'"transaction"'), FHIR),
        (422, "HUB-5832"),
    ),
    Limit(
        "operations of a patch",
        MOST_OPERATIONS,
        lambda n: ("PATCH", "/fhir/Patient/{id}", operations(n), PATCH),
        (400, "HUB-3314"),
    ),
    Limit(
        "characters of a key",
        KEY_LENGTH,
        lambda n: ("POST", "/fhir/Patient", json.dumps(PATIENT).encode(), FHIR | {"Idempotency-Key": "k" * n}),
        (400, "HUB-5825"),
        within=201,
    ),
    Limit(
        "elements",
        MOST_ELEMENTS,
        lambda n: ("GET", "/fhir/Patient/{id}?_elements=" + ",".join(["name"] * n), b"", {}),
        (400, "HUB-5819"),
    ),
    Limit(
        "includes",
        4,
        lambda n: ("GET", "/fhir/Patient?" + "&".join(["_include=Patient:link"] * n), b"", {}),
        (400, "HUB-4015"),
    ),
    Limit("hops of a chain", 2, lambda n: ("GET", f"/fhir/Observation?{CHAINS[n]}=x", b"", {}), (400, "HUB-4009")),
    Limit("nested _has", 2, lambda n: ("GET", f"/fhir/Patient?{HAS[n]}=x", b"", {}), (400, "HUB-4009")),
    Limit(
        "keys of a sort",
        5,
        lambda n: ("GET", "/fhir/Patient?_sort=" + ",".join(ORDERS[:n]), b"", {}),
        (400, "HUB-4007"),
    ),
]


@pytest.mark.parametrize("step", [-1, 0, 1])
def test_limits(client, token, step):
    a = token("klinik-a")
    id_ = client.post("/fhir/Patient", json=PATIENT, headers=a | FHIR).json()["id"]
    for limit in LIMITS:
        method, path, body, headers = limit.make(limit.most + step)
        answer = client.request(method, path.replace("{id}", id_), content=body, headers=a | headers)
        status, code = limit.refusal if step > 0 else (limit.within, limit.refusal[1])
        assert (answer.status_code, code in answer.text) == (status, step > 0), (limit.name, answer.text[:500])


@pytest.mark.parametrize(
    ("asked", "given"), [(MOST_COUNT - 1, MOST_COUNT - 1), (MOST_COUNT, MOST_COUNT), (MOST_COUNT + 1, MOST_COUNT)]
)
def test_a_page_is_never_larger(asked, given):
    """R4 lets a server return fewer than were asked for, so more is not refused."""
    assert parse("Patient", [("_count", str(asked))], lenient=False).count == given
