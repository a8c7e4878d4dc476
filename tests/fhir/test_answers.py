"""hub.fhir.outcome and hub.fhir.bundle: what the hub answers is itself valid R4."""

from hub.fhir import Answer, Past, history, outcome, searchset, transaction_response
from hub.model import Issue
from hub.validation import structure_issues

PATIENT = {"resourceType": "Patient", "id": "1"}
ISSUE = Issue("HUB-1108", path="Encounter.status", args={"name": "status"}, row=7, column="status", value="rahasia")


def test_outcome_names_code_text_advice_and_place() -> None:
    found = outcome([ISSUE], "en")
    assert structure_issues(found) == []
    (issue,) = found["issue"]
    assert issue["code"] == "required"
    assert issue["details"]["coding"] == [{"system": "https://jukung.id/CodeSystem/issue", "code": "HUB-1108"}]
    assert issue["details"]["text"] == "The required element status is missing."
    assert issue["diagnostics"] == "Supply status."
    assert issue["expression"] == ["Encounter.status"]
    row, column = issue["extension"][0]["extension"]
    assert (row["valueInteger"], column["valueString"]) == (7, "status")
    assert "rahasia" not in str(found)


def test_outcome_in_indonesian_and_of_nothing() -> None:
    assert "wajib" in outcome([ISSUE])["issue"][0]["details"]["text"]
    assert structure_issues(outcome([])) == []
    assert outcome([])["issue"][0]["severity"] == "information"


def test_bundles_are_valid() -> None:
    links = {"self": "https://x.id/fhir/Patient?_count=1", "next": "https://x.id/fhir/Patient?page=2"}
    found = searchset(
        [("https://x.id/fhir/Patient/1", PATIENT)],
        12,
        links,
        included=[("https://x.id/fhir/Patient/2", PATIENT | {"id": "2"})],
        outcomes=[outcome([])],
        id="a",
    )
    past = Past("https://x.id/fhir/Patient/1", "PUT", "Patient/1", "200 OK", "2026-11-22T01:00:00Z", 'W/"2"', PATIENT)
    versions = history([past, past._replace(resource=None, method="DELETE", etag='W/"3"')], 2, links)
    answer = transaction_response(
        "transaction",
        [
            Answer("201 Created", "Patient/1/_history/1", 'W/"1"', resource=PATIENT),
            Answer("404 Not Found", outcome=outcome([ISSUE])),
        ],
    )
    for bundle in (found, versions, answer, searchset([], 0, links), transaction_response("batch", [])):
        assert structure_issues(bundle) == []
    assert found["total"] == 12
    assert [entry["search"]["mode"] for entry in found["entry"]] == ["match", "include", "outcome"]
    assert "entry" not in searchset([], 0, links)
    assert versions["entry"][1].keys() == {"fullUrl", "request", "response"}
