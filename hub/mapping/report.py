"""What `hub adapter check` tells: what became of a file, and everything a maintainer should look at. Stores nothing."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hub.clock import system_clock
from hub.mapping.adapter import Adapter
from hub.mapping.mapper import map_record
from hub.mapping.readers import Table, read_file, read_json
from hub.mapping.second_opinion import second_opinion
from hub.model import Facility, Issue

Rules = Callable[[dict[str, Any]], list[Issue]]


@dataclass(frozen=True, slots=True)
class Report:
    """Counts and findings of one file. `unused`: fields nobody takes, with the rows that fill them; `unmapped`: words
    without a code, by column; `objections`: of fhir.resources and of the given rules, by text."""

    rows: int = 0
    accepted: int = 0
    resources: Counter[str] = field(default_factory=Counter)
    issues: list[Issue] = field(default_factory=list)
    unused: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[tuple[str, str]] = field(default_factory=Counter)
    objections: Counter[str] = field(default_factory=Counter)

    @property
    def refused(self) -> int:
        """Rows that would go to quarantine."""
        return self.rows - self.accepted

    @property
    def is_clean(self) -> bool:
        """No row refused, no field unused, no objection."""
        return not (self.refused or self.unused or self.objections or any(i.severity == "fatal" for i in self.issues))


def read_any(adapter: Adapter, data: bytes, filename: str, facility: Facility) -> Table:
    """A file of any form the port reads: JSON by its name, else CSV or workbook."""
    if filename.casefold().endswith(".json"):
        return read_json(adapter, data, facility)
    return read_file(adapter, data, filename, facility)


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
    for record in table.records:
        outcome = map_record(adapter, record, context)
        report.issues.extend(outcome.issues)
        report.unused.update(outcome.leftovers)
        accepted += bool(outcome.mapped)
        for issue in outcome.issues:
            if issue.code in ("HUB-2080", "HUB-2084"):
                report.unmapped[issue.column or "", issue.value or ""] += 1
        for item in outcome.mapped:
            report.resources[item.type] += 1
            report.objections.update(f"fhir.resources: {line}" for line in second_opinion(item.resource))
            if rules:
                report.objections.update(
                    f"{issue.code}: {issue.path}"
                    for issue in rules(item.resource)
                    if issue.severity in ("error", "fatal")
                )
    return Report(
        report.rows, accepted, report.resources, report.issues, report.unused, report.unmapped, report.objections
    )
