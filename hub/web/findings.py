"""A submission's issues as the sender reads them: by code, each with row, column, own value, problem and repair."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.errors import fix, text
from hub.model import Issue
from hub.web.call import Lang

SHOWN_ROWS = 50
"""Rows of one group on the page; the file with the error column holds all of them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One issue in words. `row` None = the whole file."""

    row: int | None
    column: str
    value: str
    problem: str
    repair: str


@dataclass(frozen=True, slots=True)
class Group:
    """All issues of one code: how many, in which columns, and the first SHOWN_ROWS of them in order of rows."""

    code: str
    count: int
    columns: tuple[str, ...]
    findings: tuple[Finding, ...]


def grouped(issues: Iterable[Issue], lang: Lang, *, is_blocking: bool) -> list[Group]:
    """Errors (`is_blocking`) or the rest, the most frequent code first."""
    by_code: dict[str, list[Issue]] = {}
    for issue in issues:
        if (issue.severity in ("fatal", "error")) == is_blocking:
            by_code.setdefault(issue.code, []).append(issue)
    groups = []
    for code, found in by_code.items():
        found.sort(key=lambda i: (i.row or 0, i.column or ""))
        columns = tuple(dict.fromkeys(i.column for i in found if i.column))
        groups.append(Group(code, len(found), columns, tuple(_finding(i, lang) for i in found[:SHOWN_ROWS])))
    return sorted(groups, key=lambda group: (-group.count, group.code))


def sentences(issues: Iterable[Issue], lang: Lang) -> list[str]:
    """What is wrong with a form and what to do, a line for each issue."""
    return [f"{text(issue, lang)} {fix(issue, lang)}" for issue in issues]


def _finding(issue: Issue, lang: Lang) -> Finding:
    return Finding(issue.row, issue.column or issue.path, issue.value or "", text(issue, lang), fix(issue, lang))
