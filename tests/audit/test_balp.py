"""AuditEvents: valid R4 by an independent model, in BALP's shapes, without names or numbers of patients."""

import base64
import json
from collections.abc import Callable

import pytest
from fhir.resources.R4B.auditevent import AuditEvent
from hypothesis import given
from hypothesis import strategies as st

from hub.audit import EVENTS, Observer, balp, balp_all
from hub.model import AuditEntry

HUB = Observer("banjarmasin", "https://hub.example")
Make = Callable[..., AuditEntry]

FEW = {
    "read": {},
    "search": {
        "event": "search",
        "action": "E",
        "query": "Observation?code=8480-6",
        "resource": "Observation",
        "count": 0,
    },
    "deny": {"outcome": "deny", "reason": "no-consent"},
    "ingest": {
        "event": "ingest",
        "action": "C",
        "role": "clinic-client",
        "is_person": False,
        "details": {"source": "klinik_csv"},
    },
    "token": {
        "event": "token.refuse",
        "action": "E",
        "outcome": "deny",
        "compartments": (),
        "resource": "",
        "purpose": "",
    },
    "bare": {
        "resource": "",
        "reason": "",
        "count": 0,
        "request_id": "",
        "facility": "",
        "subject": "",
        "compartments": (),
    },
}


def codes(resource: dict, name: str) -> list[str]:
    return [agent["type"]["coding"][0]["code"] for agent in resource[name]]


@pytest.mark.parametrize("changed", FEW.values(), ids=FEW)
def test_valid_r4(entry: Make, changed: dict) -> None:
    for resource in balp_all(entry(**changed), "e1", HUB, lambda c: -c):
        AuditEvent.model_validate_json(json.dumps(resource))
        assert sum(agent["requestor"] for agent in resource["agent"]) == 1
        assert all(not ("name" in e and "query" in e) for e in resource.get("entity", ()))


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_is_valid_r4(entry: Make, event: str) -> None:
    resource = balp(entry(event=event, action="E"), "e1", HUB, 5)
    AuditEvent.model_validate_json(json.dumps(resource))


def test_a_read_by_a_person(entry: Make) -> None:
    resource = balp(entry(details={"address": "198.51.100.7"}), "e1", HUB, -77)
    assert resource["meta"]["profile"] == [
        "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead"
    ]
    assert (resource["type"]["code"], resource["subtype"][0]["code"], resource["action"]) == ("rest", "read", "R")
    assert (resource["recorded"], resource["outcome"]) == ("2026-11-18T11:06:40.123Z", "0")
    assert codes(resource, "agent") == ["110152", "110153", "IRCP", "PROV"]
    assert [agent.get("network", {}).get("type") for agent in resource["agent"][:2]] == ["2", "5"]
    patient, data, request, _ = resource["entity"]
    assert patient["what"]["identifier"]["value"] == "ffffffffffffffb3"
    assert data["what"]["reference"] == "Observation/0123456789abcdef0123456789abcdef"
    assert request["what"]["identifier"]["value"] == "req-1"
    assert resource["purposeOfEvent"][0]["coding"][0]["code"] == "TREAT"


def test_a_query_by_a_system(entry: Make) -> None:
    query = "Observation?patient=Patient/9f&code=http://loinc.org|8480-6"
    asked = entry(
        event="search", action="E", role="clinic-client", resource="", query=query, details={"address": "::1"}
    )
    resource = balp(asked, "e1", HUB, 1)
    assert resource["meta"]["profile"][0].endswith("IHE.BasicAudit.PatientQuery")
    assert codes(resource, "agent") == ["110153", "110152", "PROV"]
    assert resource["agent"][0]["requestor"] is True
    question = resource["entity"][1]
    assert base64.b64decode(question["query"]).decode() == query
    assert (question["type"]["code"], question["role"]["code"]) == ("2", "24")
    assert "detail" not in question


def test_an_empty_and_a_refused_search_are_recorded_too(entry: Make) -> None:
    """L-09."""
    refused = balp(entry(event="search", outcome="deny", reason="no-care-relationship", query="a=b", count=0), "e", HUB)
    assert refused["outcome"] == "8"
    assert refused["outcomeDesc"] == "No care relationship"
    assert "meta" not in refused
    assert any("query" in entity for entity in refused["entity"])


def test_no_profile_is_claimed_that_is_not_met(entry: Make) -> None:
    assert "meta" not in balp(entry(), "e1", HUB, 1)
    assert "meta" not in balp(entry(event="login", details={"address": "::1"}), "e1", HUB, 1)


def test_one_event_per_patient_and_no_compartment_shows(entry: Make) -> None:
    compartments = (5938271640192837465, 5938271640192837466)
    events = balp_all(entry(compartments=compartments), "e1", HUB, lambda c: c ^ 0x5555)
    assert [event["id"] for event in events] == ["e1-1", "e1-2"]
    for compartment in compartments:
        assert str(compartment) not in json.dumps(events)
        assert f"{compartment:016x}" not in json.dumps(events)
    assert len(balp_all(entry(compartments=()), "e1", HUB, lambda c: c)) == 1


@given(st.text(max_size=30))
def test_hostile_text_stays_text(text: str) -> None:
    """L-10: newline, ANSI and JSON injection."""
    hostile = AuditEntry(
        1, text, "E", "error", text, text, text, text, text, (3,), text, 1, text, text, True, {text: text}
    )
    for resource in balp_all(hostile, "e1", HUB, lambda c: c):
        written = json.dumps(resource, ensure_ascii=False)
        assert json.loads(written) == resource
        described = [entity["description"] for entity in resource.get("entity", ()) if "description" in entity]
        assert not any(sign < " " or "\x7f" <= sign < "\xa0" for words in described for sign in words)
