"""What `hub adapter check` tells: what became of a file, and everything a maintainer should look at. Stores nothing."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hub.clock import system_clock
from hub.mapping.adapter import Adapter
from hub.mapping.mapper import map_record, row_key
from hub.mapping.readers import Suggestion, Table, read_file, read_json
from hub.mapping.record import Record
from hub.mapping.second_opinion import second_opinion
from hub.model import Facility, Issue

Rules = Callable[[dict[str, Any]], list[Issue]]
_NUMBER = re.compile(r"\[[0-9]+\]\.")


@dataclass(frozen=True, slots=True)
class Report:
    """Counts and findings of one file. `unused`: fields nobody takes, with the rows that fill them; `unmapped`: words
    without a code, by column; `objections`: of fhir.resources and of the given rules, by text; `suggestions`: what
    headers nobody knows may mean."""

    rows: int = 0
    accepted: int = 0
    resources: Counter[str] = field(default_factory=Counter)
    issues: list[Issue] = field(default_factory=list)
    unused: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[tuple[str, str]] = field(default_factory=Counter)
    objections: Counter[str] = field(default_factory=Counter)
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def refused(self) -> int:
        """Rows that would go to quarantine."""
        return self.rows - self.accepted

    @property
    def is_clean(self) -> bool:
        """Rows were read, none refused, no field unused, no objection."""
        return bool(self.rows) and not (
            self.refused or self.unused or self.objections or any(i.severity == "fatal" for i in self.issues)
        )


def read_any(adapter: Adapter, data: bytes, filename: str, facility: Facility) -> Table:
    """A file of any form the port reads: JSON by its name, else CSV or workbook."""
    if filename.casefold().endswith(".json"):
        return read_json(adapter, data, facility)
    return read_file(adapter, data, filename, facility)


def repetitions(adapter: Adapter, records: Sequence[Record]) -> dict[int, Issue]:
    """Rows whose key an earlier row has: word for word the same (HUB-2016, a warning) or not (HUB-2015).

    The pipeline decides the same on its own, over the parts of a submission.
    """
    first: dict[str, Record] = {}
    found = {}
    for record in records:
        key = row_key(adapter.manifest.key, record)
        earlier = first.setdefault(key, record) if key else record
        if earlier is record:
            continue
        issue = record.issue(adapter.manifest.key[0], "HUB-2015", other=str(earlier.row))
        if earlier.raw() == record.raw():
            issue = replace(issue, code="HUB-2016", severity="warning")
        found[record.row] = issue
    return found


def check_report(
    adapter: Adapter,
    data: bytes,
    filename: str,
    facility: Facility,
    *,
    received_ms: int | None = None,
    rules: Rules | None = None,
) -> Report:
    """Map a whole file and report. `rules` adds a validator's opinion on each resource."""
    table = read_any(adapter, data, filename, facility)
    context = adapter.context(facility, filename, system_clock() if received_ms is None else received_ms)
    report = Report(rows=len(table.records), issues=list(table.issues))
    accepted = 0
    repeated = repetitions(adapter, table.records)
    for record in table.records:
        if record.row in repeated:
            report.issues.append(repeated[record.row])
            accepted += repeated[record.row].severity == "warning"
            continue
        outcome = map_record(adapter, record, context)
        report.issues.extend(outcome.issues)
        report.unused.update({_field(name) for name in outcome.leftovers})
        accepted += bool(outcome.mapped) or (record.is_removed and not outcome.issues)
        for issue in outcome.issues:
            if issue.code in ("HUB-2080", "HUB-2084"):
                report.unmapped[_field(issue.column or ""), issue.value or ""] += 1
        for item in outcome.mapped:
            report.resources[item.type] += 1
            report.objections.update(f"fhir.resources: {line}" for line in second_opinion(item.resource))
            if rules:
                report.objections.update(
                    f"{issue.code}: {issue.path}"
                    for issue in rules(item.resource)
                    if issue.severity in ("error", "fatal")
                )
    return replace(report, accepted=accepted, suggestions=table.suggestions)


def _field(name: str) -> str:
    """A field's name whichever row of a group it stands in: "diagnosa[].kode"."""
    return _NUMBER.sub("[].", name)
