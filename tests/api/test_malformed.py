"""Malformed bodies of every kind, at every address that reads one: refused with a reason, never a fault of the hub."""

import gzip
import json
from collections import Counter

import pytest

from tests.api.test_fhir import ABSENT, PATIENT
from tests.malformed import PATIENT as BODY
from tests.malformed import broken, odd, unfit

FHIR = {"Content-Type": "application/fhir+json"}
REFUSED = {400, 413, 415, 422}
ADDRESSES = [
    ("POST", "/fhir/Patient"),
    ("PUT", ABSENT),
    ("PATCH", ABSENT),
    ("POST", "/fhir"),
    ("POST", "/fhir/$validate"),
    ("POST", "/fhir/Patient/$validate?mode=create"),
    ("POST", "/fhir/Patient/$match"),
    ("POST", "/fhir/ValueSet/$expand"),
    ("POST", "/fhir/CodeSystem/$lookup"),
]


def problem(answer) -> str | None:
    """What is wrong with an answer to a malformed body."""
    if answer.status_code not in REFUSED:
        return f"{answer.status_code}"
    issues = answer.json()["issue"]
    return None if all(issue["details"]["coding"][0]["code"].startswith("HUB-") for issue in issues) else "no code"


def test_what_is_no_json(client, token):
    headers = token() | FHIR
    found = {}
    for method, path in ADDRESSES:
        media = {"Content-Type": "application/json-patch+json"} if method == "PATCH" else FHIR
        for name, body in broken():
            found[f"{method} {path} {name}"] = problem(
                client.request(method, path, content=body, headers=headers | media)
            )
    assert {name: fault for name, fault in found.items() if fault} == {}
    assert len(found) > 700


def test_what_is_no_resource(client, token):
    headers = token() | FHIR
    found = {}
    for path in ("/fhir/Patient", "/fhir"):
        for name, body in unfit():
            found[f"{path} {name}"] = problem(client.post(path, content=body, headers=headers))
    assert {name: fault for name, fault in found.items() if fault} == {}


def test_what_only_looks_hostile(client, token):
    headers = token() | FHIR
    for name, body in odd():
        made = client.post("/fhir/Patient", content=body, headers=headers)
        assert made.status_code == 201, (name, made.text)
        assert client.get(made.headers["Location"].partition("hub.test")[2], headers=headers).status_code == 200


def test_validating_answers_with_what_is_wrong(client, token):
    headers = token() | FHIR
    seen: Counter[int] = Counter()
    for name, body in unfit():
        answer = client.post("/fhir/Patient/$validate", content=body, headers=headers)
        seen[answer.status_code] += 1
        assert answer.status_code in {200, *REFUSED}, name
        assert {"fatal", "error"} & {issue["severity"] for issue in answer.json()["issue"]}, name
    assert seen[200]


@pytest.mark.parametrize("kind", ["transaction", "batch"])
def test_malformed_entries(client, token, kind):
    """A Bundle whose entries are anything at all: refused, or (batch) answered entry by entry."""
    headers = token() | FHIR
    request = {"method": "POST", "url": "Patient"}
    entries = [
        [None],
        [1],
        ["x"],
        [[]],
        [{}],
        [{"request": None}],
        [{"request": []}],
        [{"request": {"method": 7, "url": "Patient"}, "resource": PATIENT}],
        [{"request": {"method": "POST", "url": None}, "resource": PATIENT}],
        [{"request": {"method": "POST", "url": ["Patient"]}, "resource": PATIENT}],
        [{"request": {"method": "POST", "url": "Patient\u0000"}, "resource": PATIENT}],
        [{"request": {"method": "post", "url": "Patient"}, "resource": PATIENT}],
        [{"request": {"method": "PUT", "url": "Patient/" + "x" * 5000}, "resource": PATIENT}],
        [{"request": {"method": "GET", "url": "Patient?" + "&".join(["_id=1"] * 500)}}],
        [{"request": {"method": "GET", "url": "//x\u2028"}}],
        [{"request": request | {"ifNoneExist": 5}, "resource": PATIENT}],
        [{"request": {"method": "PUT", "url": ABSENT[6:], "ifMatch": {}}, "resource": PATIENT}],
        [{"request": request, "resource": None}],
        [{"request": request, "resource": 1}],
        [{"request": request, "resource": [PATIENT]}],
        [{"request": request, "resource": {"resourceType": ["Patient"]}}],
        [{"request": request, "resource": {"resourceType": "Bundle", "entry": [{}]}}],
        [{"request": request, "resource": PATIENT, "fullUrl": 5}],
        [{"request": request, "resource": PATIENT, "fullUrl": {"a": 1}}],
        [{"request": request, "resource": PATIENT, "fullUrl": "urn:uuid:1"}] * 2,
        {"request": request},
        "x",
        5,
    ]
    for entry in entries:
        answer = client.post("/fhir", json={"resourceType": "Bundle", "type": kind, "entry": entry}, headers=headers)
        is_open = kind == "batch" or "fullUrl" in str(entry)  # a fullUrl that is no text names nothing, and may stand
        assert answer.status_code in ({200} if is_open else {404, 412}) | REFUSED, (entry, answer.text[:300])
        if kind == "batch" and answer.status_code == 200:
            statuses = {each["response"]["status"][:1] for each in answer.json()["entry"]}
            assert statuses <= ({"2", "4"} if "fullUrl" in str(entry) else {"4"}), (entry, answer.text[:300])
    for wrong in (None, "Transaction", 5, [kind], {}):
        body = {"resourceType": "Bundle", "type": wrong, "entry": [{"request": request, "resource": PATIENT}]}
        assert client.post("/fhir", json=body, headers=headers).status_code in REFUSED, wrong


def test_packings(client, token):
    packed = [
        ("gzip", BODY),
        ("gzip", gzip.compress(BODY)[:-5]),
        ("gzip", gzip.compress(BODY) + b"x"),
        ("gzip", gzip.compress(BODY) + gzip.compress(BODY)),
        ("gzip", gzip.compress(gzip.compress(BODY))),
        ("gzip", gzip.compress(b" " * (64 << 20) + BODY, 1)),
        ("gzip", b""),
        ("gzip, gzip", gzip.compress(BODY)),
        ("br", BODY),
        ("deflate", BODY),
        ("zstd", BODY),
        ("x" * 200, BODY),
        ("identity", gzip.compress(BODY)),
    ]
    headers = token() | FHIR
    for encoding, body in packed:
        for path in ("/fhir/Patient", "/fhir", "/fhir/$validate"):
            answer = client.post(path, content=body, headers=headers | {"Content-Encoding": encoding})
            assert problem(answer) is None, (encoding, path, body[:20])


def test_other_media(client, token):
    medias = (
        "",
        "text/plain",
        "application/xml",
        "application/fhir+xml",
        "application/json; charset=utf-16",
        "\u00e9",
        ";",
    )
    for media in medias:
        headers = token() | {"Content-Type": media.encode("latin-1")}
        for path in ("/fhir/Patient", "/fhir", "/fhir/$validate"):
            assert client.post(path, content=BODY, headers=headers).status_code in {400, 415}, (media, path)


def test_forms(client, token):
    """A search by form of anything: answered, or refused with a reason."""
    headers = token() | {"Content-Type": "application/x-www-form-urlencoded"}
    forms = [
        *(body for _, body in broken()),
        *(body for _, body in unfit()),
        b"name=%",
        b"name=%zz",
        b"name=%ff",
        b"name=%ed%a0%80",
        b"name=%00",
        b"na%00me=x",
        b"name=%u00e9",
        b"=x",
        b"&&&",
        b"name",
        b"name=a;name=b",
        b"name=" + b"x" * 60_000,
        b"&".join(b"name=x" for _ in range(41)),
        json.dumps({"name": "x"}).encode(),
    ]
    for form in forms:
        answer = client.post("/fhir/Patient/_search", content=form, headers=headers)
        assert answer.status_code in {200, *REFUSED}, (form[:80], answer.text[:300])
    for body in (BODY, b"name=Siti"):
        for media in ("application/fhir+json", "multipart/form-data", "text/plain"):
            headers["Content-Type"] = media
            assert client.post("/fhir/Patient/_search", content=body, headers=headers).status_code in {400, 415}
