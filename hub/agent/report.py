"""What a run of the agent did: how much it read, what it found, what the hub made of it, what it cost the source."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from hub.model import Issue

CLOCK_CODES = ("HUB-2203", "HUB-2204")


@dataclass(slots=True)
class PullReport:
    """Counts of visits; `hub` are the receipts' own counts of rows; `clock` says which correction the hub applied.

    `cost`: per query of the adapter how often it ran, rows, seconds in the database. `seconds`: of the whole run.
    """

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    sent: int = 0
    repeated: int = 0
    is_resumed: bool = False
    hub: Counter[str] = field(default_factory=Counter)
    receipts: list[str] = field(default_factory=list)
    clock: list[str] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    queries: int = 0
    rows: int = 0
    database_seconds: float = 0.0
    seconds: float = 0.0
    cost: dict[str, tuple[int, int, float]] = field(default_factory=dict)

    @property
    def load(self) -> float:
        """The share of the run's time that was spent in the source's database."""
        return self.database_seconds / self.seconds if self.seconds else 0.0

    def take(self, receipt: dict[str, Any]) -> None:
        """Count a receipt in."""
        self.receipts.append(str(receipt.get("id", "")))
        self.hub.update({name: int(count) for name, count in receipt.get("counts", {}).items()})
        for issue in receipt.get("issues", ()):
            if issue.get("code") in CLOCK_CODES and issue.get("text") and issue["text"] not in self.clock:
                self.clock.append(issue["text"])

    def to_dict(self) -> dict[str, Any]:
        """For `--json`."""
        found = asdict(self)
        found["hub"] = dict(self.hub)
        found["issues"] = [{"code": issue.code, **issue.args} for issue in self.issues]
        return {**found, "load": round(self.load, 3)}
