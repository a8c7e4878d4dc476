"""Whatever is sent to an operation: an answer or a refusal that says what is wrong, never a fault of the server."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.api.fhir.terminology import OPERATIONS

NAMES = st.sampled_from(
    [
        "url",
        "code",
        "system",
        "version",
        "display",
        "coding",
        "codeableConcept",
        "codeA",
        "codeB",
        "codingA",
        "filter",
        "count",
        "offset",
        "activeOnly",
        "displayLanguage",
        "property",
        "targetsystem",
        "reverse",
        "resource",
        "identifier",
        "profile",
        "x",
    ]
)
SYSTEMS = st.sampled_from(
    [
        "http://hl7.org/fhir/observation-status",
        "http://hl7.org/fhir/ValueSet/observation-status",
        "https://jukung.id/ConceptMap/klinik_csv",
        "https://jukung.id/CodeSystem/klinik_csv-obat",
        "http://loinc.org",
    ]
)
SCALARS = st.one_of(SYSTEMS, st.text(max_size=8), st.integers(), st.floats(allow_nan=False), st.booleans(), st.none())
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(st.sampled_from(["system", "code", "coding", "resourceType", "name", "x"]), inner, max_size=3),
    ),
    max_leaves=5,
)
KEYS = st.sampled_from(["valueString", "valueCode", "valueCoding", "valueCodeableConcept", "resource", "part", "x"])
PARAMETER = st.one_of(st.builds(lambda name, key, value: {"name": name, key: value}, NAMES, KEYS, VALUES), VALUES)
BODIES = st.one_of(
    st.builds(lambda listed: {"resourceType": "Parameters", "parameter": listed}, st.lists(PARAMETER, max_size=4)),
    VALUES,
)
PATHS = [f"/fhir/{type_}/${code}" for _, type_, code, _, _ in OPERATIONS]
PATHS += ["/fhir/Patient/$match", "/fhir/Patient/$summary", f"/fhir/Patient/{'0' * 32}/$summary"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(PATHS), body=BODIES)
def test_no_body_is_a_fault_of_the_server(client, token, path: str, body: Any) -> None:
    headers = token() | {"Content-Type": "application/fhir+json"}
    answer = client.post(path, content=json.dumps(body), headers=headers)
    assert answer.status_code in (200, 400, 404, 422, 429), answer.text
    if answer.status_code != 200:
        assert answer.json()["resourceType"] == "OperationOutcome"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(PATHS[: len(OPERATIONS)]),
    given=st.dictionaries(NAMES, st.one_of(SYSTEMS, st.text(max_size=8)), max_size=4),
)
def test_no_address_is_either(client, token, path: str, given: dict[str, str]) -> None:
    answer = client.get(path, params=given, headers=token())
    assert answer.status_code in (200, 400, 404, 422), answer.text


def test_more_values_than_an_operation_reads_are_refused_not_cut(client, token) -> None:
    """The last one, which decides, would be passed over."""
    listed = [{"name": "remark", "valueString": "?"}] * 100
    body = {"resourceType": "Parameters", "parameter": [*listed, {"name": "url", "valueUri": "http://x.test"}]}
    answer = client.post("/fhir/ValueSet/$validate-code", json=body, headers=token() | {"Prefer": "handling=lenient"})
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "HUB-4401"
