"""The form of answers: HEAD, OPTIONS, _format, _pretty, _summary, _elements, gzip, 304, keys in flight."""

import gzip

import pytest

from hub.api.shaping import PACK_FROM, pack, takes_gzip
from hub.fhir.trimming import SUBSETTED
from tests.api.test_errors import outcome_of

PATIENT = {
    "resourceType": "Patient",
    "identifier": [{"system": "https://jukung.id/sid/klinik-a/pasien", "value": "RM-1"}],
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Siti</div>'},
    "name": [{"text": "Siti Contoh"}],
    "gender": "female",
    "birthDate": "1990-01-01",
    "maritalStatus": {"text": "menikah"},
}


@pytest.fixture
def a(token):
    return token("klinik-a") | {"Content-Type": "application/fhir+json"}


@pytest.fixture
def made(client, a):
    answer = client.post("/fhir/Patient", json=PATIENT, headers=a)
    assert answer.status_code == 201, answer.text
    return answer


@pytest.fixture
def place(made):
    return f"/fhir/Patient/{made.json()['id']}"


def plain(answer):
    varying = ("x-request-id", "date")
    return {name: value for name, value in answer.headers.items() if name not in varying}


def test_head_is_get_without_the_body(client, a, place):
    for path in (place, f"{place}/_history/1", f"{place}/_history", "/fhir/Patient?gender=female", "/fhir/metadata"):
        got, head = client.get(path, headers=a), client.request("HEAD", path, headers=a)
        assert (head.status_code, head.content) == (got.status_code, b"") == (200, b""), path
        assert plain(head) == plain(got)
    absent = "/fhir/Patient/" + "0" * 32
    assert client.request("HEAD", absent, headers=a).status_code == 404
    assert client.request("HEAD", "/fhir/$validate").status_code == 405
    assert client.request("HEAD", "/fhir/nowhere/1/2/3").status_code == 404


def test_options_says_what_there_is(client):
    answer = client.request("OPTIONS", "/fhir/Patient")
    assert (answer.status_code, answer.content) == (204, b"")
    assert set(answer.headers["allow"].split(", ")) == {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
    assert "HEAD" not in client.request("OPTIONS", "/fhir/$validate").headers["allow"]
    assert client.request("OPTIONS", "/fhir/nowhere/1/2/3").status_code == 404


@pytest.mark.parametrize("path", ["", "/_history/1", "/_history"])
def test_pretty_is_the_same_in_lines(client, a, place, path):
    short, long = (client.get(f"{place}{path}{query}", headers=a) for query in ("", "?_pretty=true"))
    assert long.json() == short.json() or path == "/_history"
    assert long.text.count("\n") > 10
    assert int(long.headers["content-length"]) == len(long.content)
    assert client.get(f"{place}{path}?_pretty=false", headers=a).text.count("\n") == 0


def test_a_refusal_is_pretty_too(client, a):
    assert b'{\n  "resourceType": "OperationOutcome"' in client.get("/fhir/Patient/x?_pretty=true", headers=a).content


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("_summary=true", {"identifier", "name", "gender", "birthDate"}),
        ("_summary=text", {"text"}),
        ("_summary=data", {"identifier", "name", "gender", "birthDate", "maritalStatus"}),
        ("_elements=gender,maritalStatus", {"gender", "maritalStatus"}),
        ("_elements=gender&_summary=text", {"gender"}),
    ],
)
def test_parts_of_a_resource(client, a, place, query, names):
    for path in (place, f"{place}/_history/1"):
        answer = client.get(f"{path}?{query}", headers=a)
        assert set(answer.json()) == names | {"resourceType", "id", "meta"}
        assert SUBSETTED in answer.json()["meta"]["tag"]
        assert answer.headers["etag"] == 'W/"1"'
    (entry,) = client.get(f"{place}/_history?{query}", headers=a).json()["entry"]
    assert set(entry["resource"]) == names | {"resourceType", "id", "meta"}
    assert client.get(f"{place}?_summary=false", headers=a).content == client.get(place, headers=a).content


@pytest.mark.parametrize(
    "query", ["_summary=count", "_summary=all", "_elements=", "_elements=a-b", "_elements=" + "a," * 60]
)
def test_parts_that_are_none(client, a, place, query):
    outcome_of(client.get(f"{place}?{query}", headers=a), 400, "HUB-5819")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"If-None-Match": 'W/"1"'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": 'W/"2"'}, 200),
        ({"If-Modified-Since": "Fri, 31 Dec 2100 00:00:00 GMT"}, 304),
        ({"If-Modified-Since": "Fri, 31 Dec 1999 00:00:00 GMT"}, 200),
        ({"If-Modified-Since": "kemarin"}, 200),
    ],
)
def test_conditional_reads(client, a, place, sent, status):
    for method in ("GET", "HEAD"):
        for path in (place, f"{place}/_history/1"):
            answer = client.request(method, path, headers=a | sent)
            assert (answer.status_code, answer.headers["etag"]) == (status, 'W/"1"')
            assert bool(answer.content) == (status == 200 and method == "GET")


def test_a_304_tells_nobody_else_anything(client, a, token, place):
    b = token("klinik-b") | {"If-None-Match": "*"}
    hidden = client.get(place, headers=b)
    absent = client.get("/fhir/Patient/" + "0" * 32, headers=b)
    assert (hidden.status_code, hidden.content, plain(hidden)) == (404, absent.content, plain(absent))


def test_gzip_when_asked_and_worth_it(client, a, place):
    for number in range(3):
        client.post("/fhir/Patient", json=PATIENT | {"birthDate": f"199{number}-01-01"}, headers=a)
    packed = a | {"Accept-Encoding": "gzip"}
    whole, small = (
        client.get("/fhir/Patient", headers=packed),
        client.get("/fhir/Patient?_summary=count", headers=packed),
    )
    assert whole.headers["content-encoding"] == "gzip"
    assert int(whole.headers["content-length"]) < len(whole.content)
    assert whole.json()["total"] == 4
    assert len(small.content) < PACK_FROM
    assert "content-encoding" not in small.headers
    assert {each.headers["vary"] for each in (whole, small)} == {"Accept-Encoding"}
    assert "content-encoding" not in client.get("/fhir/Patient", headers=a | {"Accept-Encoding": "gzip;q=0"}).headers
    head = client.request("HEAD", "/fhir/Patient", headers=packed)
    assert (head.headers["content-encoding"], head.content) == ("gzip", b"")
    assert "content-encoding" not in client.get("/healthz", headers=packed).headers


def test_the_length_of_what_is_packed_is_blurred():
    body = b"rahasia " * 1000
    packed = [pack(body) for _ in range(40)]
    assert {gzip.decompress(each) for each in packed} == {body}
    assert len({len(each) for each in packed}) > 10


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"gzip", True),
        (b"br, GZIP;q=0.5", True),
        (b"gzip;q=0", False),
        (b"gzip; q=0.0", False),
        (b"br", False),
        (b"*", False),
    ],
)
def test_takes_gzip(value, expected):
    assert takes_gzip({"headers": [(b"accept-encoding", value)]}) is expected


def test_a_compartment_is_searched(client, a, token, place):
    id_ = place.rpartition("/")[2]
    weight = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Berat"},
        "subject": {"reference": f"Patient/{id_}"},
    }
    assert client.post("/fhir/Observation", json=weight, headers=a).status_code == 201
    b = token("klinik-b")
    for who, total in ((a, 1), (b, 0)):
        found = client.get(f"{place}/Observation", headers=who)
        assert found.json()["total"] == total
        form = client.post(
            f"{place}/Observation/_search", data={"status": "final"}, headers={"Authorization": who["Authorization"]}
        )
        assert form.json()["total"] == total
    absent = client.get(f"/fhir/Patient/{'0' * 32}/Observation", headers=b)
    assert client.get(f"{place}/Observation", headers=b).text.replace(id_, "0" * 32) == absent.text
    outcome_of(client.get("/fhir/Observation/x/Patient", headers=a), 404, "HUB-5829")
    outcome_of(client.get(f"{place}/Tidak", headers=a), 404, "HUB-5813")
    outcome_of(client.get(f"{place}/Observation?favourite=x", headers=a), 400, "HUB-4001")


def test_a_key_in_flight(client, a, app):
    """The second request with a key is told to come back while the first is being worked on."""
    key = {"Idempotency-Key": "k-1"}
    flying = set()
    app.state.site.flights = Remembering(flying)
    assert client.post("/fhir/Patient", json=PATIENT, headers=a | key).status_code == 201
    (token_,) = flying
    app.state.site.flights = {token_}
    told = client.post("/fhir/Patient", json=PATIENT, headers=a | key)
    outcome_of(told, 409, "HUB-5826")
    assert told.headers["retry-after"] == "1"


class Remembering(set):
    """A set that tells another what it ever held."""

    def __init__(self, held):
        super().__init__()
        self.held = held

    def add(self, value):
        self.held.add(value)
        super().add(value)
