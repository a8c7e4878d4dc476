"""The benchmarks' own parts: an instrument that measures something else than it says is worse than none."""

import json
import random
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from bench.bundles import places
from bench.calls import Refused, Target
from bench.copies import copied
from bench.crud import Mix
from bench.draws import drawn
from bench.monitor import END, rows
from bench.office import furnished
from bench.pages import looks_of
from bench.shapes import shapes
from bench.wire import Answer, Broken, parsed
from hub.bootstrap import build, close
from hub.config import read_config
from hub.model import Facility
from hub.search import parse
from hub.upkeep.registering import register_facility
from hub.validation import check_resource

BODY = b'{"id":"a"}'
ANSWERS = [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + BODY, 200, BODY),
    (b"HTTP/1.1 201 Created\r\ncontent-length:0\r\nlocation: x\r\n\r\n", 201, b""),
    (b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"id\r\n6;x=y\r\n":"a"}\r\n0\r\n\r\n', 200, BODY),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n0\r\n\r\na\r\n0\r\n\r\n", 200, b"0\r\n\r\na"),
    (b'HTTP/1.1 204 No Content\r\netag: W/"2"\r\n\r\n', 204, b""),
]


@pytest.mark.parametrize(("data", "status", "body"), ANSWERS)
def test_an_answer_is_taken_when_it_is_whole_and_not_before(data, status, body):
    for end in range(len(data)):
        assert parsed(bytearray(data[:end])) is None
    found = parsed(bytearray(data))
    assert found is not None
    assert (found.status, found.body) == (status, body)


@pytest.mark.parametrize("data", [b"HTTP/1.0 200 OK\r\n\r\n", b"SSH-2.0\r\n\r\n", b"HTTP/1.1 200 OK\r\nx: y\r\n\r\n"])
def test_what_is_no_whole_answer_ends_the_run(data):
    with pytest.raises(Broken):
        parsed(bytearray(data))


@pytest.mark.parametrize(
    "entry",
    [
        {"response": {"location": "Patient/a/_history/1"}},
        {"response": {"location": "http://peer.test/fhir/Patient/a/_history/1"}},
        {"response": {"location": "https://peer.test/base/fhir/Patient/a"}},
        {"response": {"status": "201"}, "resource": {"resourceType": "Patient", "id": "a"}},
    ],
)
def test_ids_are_found_whatever_form_a_server_gives_them_in(entry):
    assert places(json.dumps({"resourceType": "Bundle", "entry": [entry, {}]}).encode()) == ["Patient/a", ""]


def iterated(location: str, etag: str = '\r\nETag: W/"1"') -> list[tuple[str, str, bytes]]:
    """Verb, address and request of each step of one iteration against a server that answers so."""
    script, steps = Mix(Target("http://peer.test/fhir", "t")).script(), []
    step = next(script)
    while len(steps) < 36:
        method, path = step.request.split(b" ", 2)[:2]
        steps.append((step.label, f"{method.decode()} {path.decode()}", step.request))
        type_ = path.decode().split("/")[2]
        head = f"HTTP/1.1 201 Created{etag}\r\nLocation: {location.format(type_, f'id-{type_}')}".encode()
        step = script.send(Answer({"create": 201, "delete": 204}.get(step.label, 200), head, b""))
    return steps


@pytest.mark.parametrize(
    "location", ["http://peer.test/fhir/{}/{}/_history/1", "{}/{}", "/fhir/{}/{}/_history/1", "http://x/{}/{}\r\nA: b"]
)
def test_an_iteration_creates_reads_changes_and_deletes_nine(location):
    steps = iterated(location)
    assert [verb for verb, _, _ in steps] == ["create"] * 9 + ["read"] * 9 + ["update"] * 9 + ["delete"] * 9
    created = [address.rpartition("/")[2] for _, address, _ in steps[:9]]
    assert len(set(created)) == 9
    for verb, method, order in (("read", "GET", 1), ("update", "PUT", 1), ("delete", "DELETE", -1)):
        asked = [address for name, address, _ in steps if name == verb]
        assert asked == [f"{method} /fhir/{type_}/id-{type_}" for type_ in created[::order]]
    for verb, address, request in steps:
        head, _, body = request.partition(b"\r\n\r\n")
        assert (b'If-Match: W/"1"' in head) == (verb == "update"), address
        assert f"Content-Length: {len(body)}".encode() in head or not body
        assert b"@" not in body.replace(b"@rs-bangku-uji.example", b"")
        if body:
            resource = json.loads(body)
            assert resource.get("id") == (f"id-{resource['resourceType']}" if verb == "update" else None)
            assert [issue for issue in check_resource(resource, None) if issue.severity in ("error", "fatal")] == []
    sent = [json.loads(request.partition(b"\r\n\r\n")[2]) for _, _, request in steps[:9]]
    changed = [json.loads(request.partition(b"\r\n\r\n")[2]) for _, _, request in steps[18:27]]
    for before, after in zip(sent, changed, strict=True):
        assert len([name for name in before if before[name] != after[name]]) == 1


def test_a_wrong_status_ends_the_run():
    script = Mix(Target("http://peer.test/fhir")).script()
    next(script)
    with pytest.raises(Refused, match="create Patient: HTTP 200"):
        script.send(Answer(200, b"HTTP/1.1 200 OK\r\nLocation: Patient/1", b""))


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """A transaction bundle in the manner of Synthea's."""
    urls = [f"urn:uuid:{number:08x}-faef-44cd-9744-b12d8973d402" for number in range(3)]
    patient = {
        "resourceType": "Patient",
        "id": urls[0].removeprefix("urn:uuid:"),
        "identifier": [
            {"system": "https://synthea.test", "value": urls[0].removeprefix("urn:uuid:")},
            {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-30-7608"},
        ],
        "name": [{"family": "Hartmann", "given": ["Adalberto"]}],
        "gender": "male",
        "birthDate": "1949-11-29",
    }
    doctor = {
        "resourceType": "Practitioner",
        "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "510"}],
    }
    weight = {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"code": "vital-signs"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": {"reference": urls[0]},
        "effectiveDateTime": "2012-02-08T02:43:19+00:00",
        "valueQuantity": {"value": 61.5, "unit": "kg"},
    }
    entries = [{"fullUrl": url, "resource": each} for url, each in zip(urls, (patient, doctor, weight), strict=True)]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}, indent=1))
    return path


def test_a_copy_is_somebody_else_and_always_the_same(sent):
    texts = [copied(sent, number) for number in (1, 2, 1)]
    assert texts[0] == texts[2] != texts[1]
    original = json.loads(sent.read_text())["entry"]
    first, second = (json.loads(text)["entry"] for text in texts[:2])
    for entries in (first, second):
        patient, _, weight = (entry["resource"] for entry in entries)
        assert weight["subject"]["reference"] == entries[0]["fullUrl"] == f"urn:uuid:{patient['id']}"
        assert patient["identifier"][0]["value"] == patient["id"]
        moved = date.fromisoformat("1949-11-29") - date.fromisoformat(patient["birthDate"])
        assert date.fromisoformat("2012-02-08") - date.fromisoformat(weight["effectiveDateTime"][:10]) == moved
        assert weight["effectiveDateTime"].endswith("T02:43:19+00:00")
        assert weight["valueQuantity"] == original[2]["resource"]["valueQuantity"]
    for a, b in ((original, first), (original, second), (first, second)):
        assert {entry["fullUrl"] for entry in a}.isdisjoint(entry["fullUrl"] for entry in b)
        one, other = a[0]["resource"], b[0]["resource"]
        assert one["birthDate"] != other["birthDate"]
        assert one["name"] != other["name"]
        assert one["identifier"][1]["value"] != other["identifier"][1]["value"]
        assert a[1]["resource"]["identifier"] != b[1]["resource"]["identifier"]


VALUES = {
    "patient": "p",
    "encounter": "e",
    "practitioner": "d",
    "identifier": "https://a.test|1",
    "practitioner_identifier": "https://a.test|2",
    "family": "Noor",
    "family_start": "Noo",
    "given": "Siti",
    "gender": "female",
    "birthdate": "1990-09-05",
    "born_from": "1990-01-01",
    "born_before": "1995-01-01",
    "code": "http://loinc.org|29463-7",
    "code_alone": "29463-7",
    "category": "vital-signs",
    "condition_code": "http://snomed.info/sct|1",
    "vaccine": "http://hl7.org/fhir/sid/cvx|140",
    "organization_name": "RS",
    "less": "1.5",
    "more": "2.5",
    "month": "2026-02-01",
    "next_month": "2026-03-01",
    "year": "2026-01-01",
    "today": "2026-11-22",
}


@pytest.mark.parametrize("shape", shapes(), ids=lambda shape: shape.name)
def test_a_shape_is_a_search_of_r4(shape):
    path = shape.filled(VALUES)
    assert path is not None
    place, query = urlsplit(path).path.split("/"), parse_qsl(urlsplit(path).query, strict_parsing=True)
    if place[-1] == "$everything":
        return
    compartment = (place[0], place[1]) if len(place) == 3 else None
    assert not parse(place[-1], query, False, compartment).ignored


def test_values_of_one_draw_belong_together(sent):
    entries = json.loads(copied(sent, 3))["entry"]
    values = drawn(entries, ["Patient/a", "Practitioner/b", "Observation/c"], random.Random(1))
    patient = entries[0]["resource"]
    assert (values["patient"], values["practitioner"]) == ("a", "b")
    assert (values["birthdate"], values["family"]) == (patient["birthDate"], patient["name"][0]["family"])
    assert values["born_from"] <= values["birthdate"] < values["born_before"]
    assert values["month"] <= values["day"] < values["next_month"]
    assert values["code"] == "http://loinc.org|29463-7"
    assert float(values["less"]) < 61.5 < float(values["more"])
    assert "condition_code" not in values


def test_every_page_of_the_city_has_an_address(tmp_path):
    """A page that is added fails here until bench.pages knows what stands in its address."""
    noon = int(datetime(END // 12, END % 12 + 1, 22, 12, tzinfo=UTC).timestamp() * 1000)
    hub = build(read_config({"HUB_HOME": str(tmp_path)}), lambda: noon)
    try:
        for owner in ("public", "private"):
            register_facility(hub, Facility(0, f"uji-{owner}", owner, ownership=owner))
        with hub.store.writing() as tx:
            tx.put_facts(rows(hub, random.Random(2), END - 1, 300))
        office, seconds = furnished(hub, 500)
        assert all(first > 0 for first, _ in seconds.values())
        looks = looks_of(hub, office)
    finally:
        close(hub)
    assert {"auditor", "surveillance", "clinician", "agency", ""} == {look.role for look in looks}
    assert not [look for look in looks if "{" in look.path]
    assert {"/papan/adegan", "/dinas/izin", "/direktori.geojson", "/city/feed"} <= {look.route for look in looks}
