"""`_explain=true`: how a search is answered and what it costs, clause by clause; neither values nor ids nor content.

The rows it counts are those the caller may see, and how many persons' records were within reach is not said: what is
hidden was never part of the plan, and must not show in its shape either.
"""

from typing import Any

from hub.access.plan import Plan
from hub.fhir import outcome
from hub.model import Issue
from hub.search import Query


def explained(plan: Plan, total: int | None, ms: float, lang: str) -> dict[str, Any]:
    """An OperationOutcome with one issue per step, in the order they were taken, and one for the whole."""
    issues = [_issue("_consent", "before everything")]
    issues += [_issue(clause, how) for clause, how in clauses(plan.query)]
    issues += [_issue(note.clause, note.how, note.rows, note.ms) for note in plan.notes]
    issues.append(_issue("_sort", _order(plan.query)))
    args = {"total": "-" if total is None else str(total), "ms": f"{ms:.1f}"}
    return outcome([*issues, Issue("HUB-4111", severity="information", args=args)], lang)


def clauses(query: Query) -> list[tuple[str, str]]:
    """Each condition of the query and what answers it."""
    found = []
    if query.patient is not None:
        found.append(("patient", "compartment"))
    if query.ids is not None:
        found.append(("_id", "key"))
    for group, is_indexed in zip(query.tokens, query.indexed, strict=True):
        found.append((", ".join(dict.fromkeys(name for name, _ in group)), "index" if is_indexed else "packed tokens"))
    found += [(f"{group[0][0]}:not", "packed tokens") for group in query.excluded]
    found += [("date", "day range")] * len(query.days) + [("_lastUpdated", "time range")] * len(query.updated)
    return found + [(check.name, "opened") for check in query.checks]


def _order(query: Query) -> str:
    return "opened" if query.sort else f"index ({query.order.removeprefix('-')})"


def _issue(clause: str, how: str, rows: int | None = None, ms: float = 0.0) -> Issue:
    args = {"clause": clause, "how": how, "rows": "-" if rows is None else str(rows), "ms": f"{ms:.1f}"}
    return Issue("HUB-4110", severity="information", args=args)
