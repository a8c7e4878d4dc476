"""A finding about what somebody sent us (FHIR: OperationOutcome.issue)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["fatal", "error", "warning", "information"]


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem, named by a stable code whose texts (id, en) live in `hub.errors`.

    `path` is a FHIRPath location (`Patient.name[0].given[1]`); `row` (1-based, as the sender's program shows it)
    and `column` locate it in a file. `args` fill the text and never hold a personal value; `value` is the sender's
    own cell, given back to the sender alone (errors.xlsx) and never logged.
    """

    code: str
    path: str = ""
    severity: Severity = "error"
    args: Mapping[str, str] = field(default_factory=dict)
    row: int | None = None
    column: str | None = None
    value: str | None = field(default=None, repr=False)
