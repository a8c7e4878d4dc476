"""Issues as an OperationOutcome. https://www.hl7.org/fhir/R4/operationoutcome.html"""

from collections.abc import Iterable
from typing import Any

from hub.errors import fix, kind, text
from hub.fhir.systems import ISSUE, ISSUE_SOURCE
from hub.model import Issue


def outcome(issues: Iterable[Issue], lang: str = "id") -> dict[str, Any]:
    """One OperationOutcome in `lang` ("id" or "en"): stable code, what is wrong, where, what to do. No `value`."""
    shown = [_issue(issue, lang) for issue in issues]
    if not shown:
        shown = [_issue(Issue("HUB-1000", severity="information"), lang)]
    return {"resourceType": "OperationOutcome", "issue": shown}


def _issue(issue: Issue, lang: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    source = [
        {"url": name, value[0]: value[1]}
        for name, value in (("row", ("valueInteger", issue.row)), ("column", ("valueString", issue.column)))
        if value[1] is not None
    ]
    if source:
        found["extension"] = [{"url": ISSUE_SOURCE, "extension": source}]
    found["severity"] = issue.severity
    found["code"] = kind(issue)
    found["details"] = {"coding": [{"system": ISSUE, "code": issue.code}], "text": text(issue, lang)}
    advice = fix(issue, lang)
    if advice:
        found["diagnostics"] = advice
    if issue.path:
        found["expression"] = [issue.path]
    return found
