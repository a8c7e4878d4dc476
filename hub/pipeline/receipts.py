"""What a sender gets back: the receipt of a submission, and the sealed keeping of the file behind it."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from hub.clock import instant
from hub.errors import Category, HubError, fix, text
from hub.model import Issue, Principal
from hub.parts import Hub
from hub.store import ReadTx, Submission

SHOWN = 200
"""Issues in an answer; errors.xlsx has them all."""


@dataclass(slots=True)
class Receipt:
    """The state of a submission. `counts` are source rows as they were found; `waiting` those that are still in
    quarantine now; `issues` hold no personal value in any text."""

    id: str
    adapter: str
    facility: str
    state: str
    sha256: str
    created_ms: int
    filename: str = ""
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("accepted", "unchanged", "corrected", "withdrawn", "quarantined"), 0)
    )
    issues: list[Issue] = field(default_factory=list)
    waiting: int = 0

    def to_dict(self, lang: str = "id") -> dict[str, Any]:
        """The receipt as the API answers it."""
        return {
            "id": self.id,
            "state": self.state,
            "adapter": self.adapter,
            "facility": self.facility,
            "sha256": self.sha256,
            "received": instant(self.created_ms),
            "counts": self.counts,
            "waiting": self.waiting,
            "issue_count": len(self.issues),
            "issues": [_shown(issue, lang) for issue in self.issues[:SHOWN]],
        }


class Kept(msgspec.Struct):
    """What is kept sealed of a submission: the sender's own file, what it was called, and the issues found in it."""

    filename: str
    sha256: str
    data: bytes
    issues: list[Issue]


def kept_aad(submission: str) -> bytes:
    """Binds a kept file to its submission."""
    return b"submission/" + submission.encode()


def seal_kept(hub: Hub, submission: str, kept: Kept) -> bytes:
    """Seal a kept file."""
    return hub.boxes.submission.seal(msgspec.msgpack.encode(kept), kept_aad(submission))


def open_kept(hub: Hub, row: Submission) -> Kept:
    """Open a kept file; NOT_FOUND when it is kept no longer."""
    if row.body is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-3105"))
    return msgspec.msgpack.decode(hub.boxes.submission.open(row.body, kept_aad(row.id)), type=Kept)


def own_submission(tx: ReadTx, who: Principal, id_: str) -> Submission:
    """A submission of the caller's own facility; any other is NOT_FOUND, whether or not it exists."""
    row = tx.submission(id_)
    if row is None or who.facility is None or row.facility != who.facility:
        raise HubError(Category.NOT_FOUND, Issue("HUB-3105"))
    return row


def receipt(hub: Hub, who: Principal, id_: str) -> Receipt:
    """The receipt of an own submission."""
    with hub.store.reading() as tx:
        row = own_submission(tx, who, id_)
        waiting = tx.waiting(row.facility)
    found = receipt_of(hub, row)
    found.waiting = waiting.get(row.id, 0)
    return found


def receipt_of(hub: Hub, row: Submission) -> Receipt:
    """A stored submission as a receipt, with its issues when its file is still kept."""
    kept = open_kept(hub, row) if row.body is not None else Kept("", "", b"", [])
    found = Receipt(row.id, row.adapter, row.facility, row.state, kept.sha256, row.created_ms, kept.filename)
    found.counts.update(row.counts)
    found.issues = kept.issues
    return found


def receipts(hub: Hub, who: Principal, limit: int = 50) -> list[Receipt]:
    """The newest own submissions, without their issues."""
    if who.facility is None:
        return []
    with hub.store.reading() as tx:
        rows = tx.submissions(who.facility, limit)
        waiting = tx.waiting(who.facility)
    found = [receipt_of(hub, row) for row in rows if row.state != "draft"]
    for one in found:
        one.waiting = waiting.get(one.id, 0)
    return found


def _shown(issue: Issue, lang: str) -> dict[str, Any]:
    return {
        "code": issue.code,
        "severity": issue.severity,
        "row": issue.row,
        "column": issue.column,
        "path": issue.path,
        "text": text(issue, lang),
        "fix": fix(issue, lang),
    }
