"""`_explain=true`: how a search is answered and what it costs, clause by clause; neither values nor ids nor content.

The rows it counts are those the caller may see, and how many persons' records were within reach is not said: what is
hidden was never part of the plan, and must not show in its shape either.
"""

from typing import Any

from hub.access.plan import Plan
from hub.fhir import outcome
from hub.model import Issue
from hub.search import Query

_WORDS = {
    "first": ("diputuskan sebelum yang lain", "decided before anything else"),
    "compartment": ("hanya rekam pasien itu", "the record of that patient only"),
    "key": ("langsung dengan id", "directly by id"),
    "index": ("dengan indeks", "by the index"),
    "packed tokens": ("dicocokkan satu per satu tanpa membuka isinya", "compared one by one without opening content"),
    "day range": ("menurut hari pelayanan", "by the day of care"),
    "time range": ("menurut waktu perubahan terakhir", "by the time of the last change"),
    "opened": ("dengan membuka isinya satu per satu", "by opening content one by one"),
    "chain": ("dengan mencari data yang terkait", "by searching the records it is joined to"),
    "store": ("oleh basis data", "by the database"),
}
"""How a step is done, in Indonesian and English."""


def explained(plan: Plan, total: int | None, ms: float, lang: str) -> dict[str, Any]:
    """An OperationOutcome with one issue per step, in the order they were taken, and one for the whole."""
    issues = [_issue(lang, "_consent", "first")]
    issues += [_issue(lang, clause, how) for clause, how in clauses(plan.query)]
    issues += [_issue(lang, note.clause, note.how, note.rows, note.ms) for note in plan.notes]
    issues.append(_issue(lang, "_sort", "opened" if plan.query.sort else "index"))
    matches = "" if total is None else f"; {total} {'matches' if lang == 'en' else 'cocok'}"
    args = {"total": matches, "ms": f"{ms:.1f}"}
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


def _issue(lang: str, clause: str, how: str, rows: int | None = None, ms: float = 0.0) -> Issue:
    indonesian, english = _WORDS[how]
    cost = "" if rows is None else f" ({rows} {'records' if lang == 'en' else 'data'}, {ms:.1f} ms)"
    args = {"clause": clause, "how": english if lang == "en" else indonesian, "cost": cost}
    return Issue("HUB-4110", severity="information", args=args)
