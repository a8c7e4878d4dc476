"""What is returned is what was accepted: the same JSON tree with decimals as written, in every version."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.access import history, read, search, vread
from hub.fhir import json
from hub.pipeline import create, update
from tests.whole.sending import BASE, A, client_of

HARD_NUMBERS = [
    "1.10",
    "0.1000000000000000001",
    "-0.00",
    "100",
    "1e2",
    "1.0E-7",
    "0.30000000000000004",
    "12345678901234567890.5",
]
numbers = st.one_of(
    st.sampled_from(HARD_NUMBERS),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6).map(str),
)
texts = st.text(
    st.characters(exclude_categories=("C", "Z")) | st.sampled_from(" é本𝔘ʻ👩🏽‍⚕️"), min_size=1, max_size=60
).map(lambda text: f"x{text.strip()}y")
"""Without what R4 forbids in a string: control characters, blank ends."""


@st.composite
def observations(draw: st.DrawFn) -> str:
    """An Observation as JSON text, numbers as a sender may write them."""
    parts = [
        '"resourceType": "Observation", "status": "final"',
        f'"code": {{"text": {write(draw(texts))}}}',
        f'"valueQuantity": {{"value": {draw(numbers)}, "unit": {write(draw(texts))}}}',
    ]
    if draw(st.booleans()):
        parts.append(f'"note": [{{"text": {write(draw(texts))}}}, {{"text": {write(draw(texts))}}}]')
    if draw(st.booleans()):
        low = f'{{"low": {{"value": {draw(numbers)}}}, "text": {write(draw(texts))}}}'
        parts.append(f'"referenceRange": [{low}]')
    if draw(st.booleans()):
        parts.append(f'"meta": {{"source": "https://klinik.test/a", "tag": [{{"code": {write(draw(texts))}}}]}}')
    if draw(st.booleans()):
        extension = f'{{"url": "https://klinik.test/e", "valueDecimal": {draw(numbers)}}}'
        parts.append(f'"extension": [{extension}], "_status": {{"extension": [{extension}]}}')
    return "{" + ", ".join(parts) + "}"


def write(value: Any) -> str:
    return json.write(value).decode()


def exact(node: Any) -> Any:
    """A tree in which 1.1 and 1.10 are two things, and so are 1, 1.0 and true."""
    if isinstance(node, dict):
        return {name: exact(value) for name, value in node.items()}
    if isinstance(node, list):
        return [exact(value) for value in node]
    if isinstance(node, Decimal | int) and not isinstance(node, bool):
        return Decimal(node).as_tuple()
    return (type(node), node)


def content(body: bytes) -> Any:
    """What was said: without the id, version and time, which the hub sets."""
    tree = json.read(body)
    meta = {name: value for name, value in tree.pop("meta").items() if name not in ("versionId", "lastUpdated")}
    assert tree.pop("id")
    return exact(tree | {"meta": meta} if meta else tree)


@settings(max_examples=60)
@given(first=observations(), second=observations())
def test_every_version_comes_back_as_it_was_accepted(hub, first, second):
    who = client_of(A)
    said = [exact(json.read(text.encode())) for text in (first, second)]
    made = create(hub, who, json.read(first.encode()))
    changed = update(hub, who, "Observation", made.id, json.read(second.encode()) | {"id": made.id})
    assert content(made.body) == said[0]
    assert content(changed.body) == said[1]
    assert content(read(hub, who, "Observation", made.id).body) == said[1]
    assert content(vread(hub, who, "Observation", made.id, 1).body) == said[0]
    past = history(hub, who, "Observation", made.id)
    if said[0] == said[1]:
        assert [answer.version for answer in past] == [1], "what says the same again is no new version"
        return
    assert [answer.version for answer in past] == [2, 1]
    assert [content(answer.body) for answer in past] == said[::-1]
    assert content(vread(hub, who, "Observation", made.id, 2).body) == said[1]
    bundle = json.read(search(hub, who, "Observation", [("_id", made.id)], False, BASE))
    assert [content(json.write(entry["resource"])) for entry in bundle["entry"]] == [said[1]]


@pytest.mark.parametrize("number", HARD_NUMBERS)
def test_a_number_keeps_its_digits(hub, number):
    start = '{"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "valueQuantity": {"value": '
    text = f"{start}{number}}}}}"
    made = create(hub, client_of(A), json.read(text.encode()))
    body = read(hub, client_of(A), "Observation", made.id).body
    found = json.read(body)["valueQuantity"]["value"]
    assert Decimal(found).as_tuple() == Decimal(number).as_tuple()


def test_references_are_the_one_thing_rewritten(hub):
    """A reference by the sender's own identifier becomes a logical id; its other fields stay."""
    who = client_of(A)
    patient = create(hub, who, {"resourceType": "Patient", "name": [{"text": "Siti"}]}, "identifier=https://k.test|1")
    subject = {"reference": "Patient?identifier=https://k.test|1", "display": "Siti", "type": "Patient"}
    sent = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": subject}
    made = create(hub, who, json.read(json.write(sent)))
    stored = json.read(read(hub, who, "Observation", made.id).body)
    assert stored["subject"] == {"reference": f"Patient/{patient.id}", "display": "Siti", "type": "Patient"}
    assert content(made.body) == exact(sent | {"subject": stored["subject"]})
