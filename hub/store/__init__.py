"""The only SQL: sealed rows in SQLite or PostgreSQL, read in snapshots and written in transactions committed once."""

from hub.store.care import Circle
from hub.store.case_reviews import CaseReviewRow
from hub.store.denominators import SelfReportRow
from hub.store.errors import Conflict, TooSlow, Unavailable
from hub.store.follow_up import FollowUpRow
from hub.store.indexing import BUILD
from hub.store.monitoring import BlockRow, CellsRow
from hub.store.outbox import Outbox
from hub.store.papers import CheckRow, FeedRow
from hub.store.read import ReadTx
from hub.store.releases import ReleasedRow
from hub.store.rows import (
    ChangeRow,
    Checkpoint,
    CompartmentRow,
    ConsentRow,
    Entry,
    ExportFile,
    ExportRow,
    FactRow,
    IndexRow,
    Link,
    LogRow,
    OutRow,
    QuarantineRow,
    Reindexed,
    Relationship,
    RequestRow,
    ReviewRow,
    Source,
    Submission,
    SumRow,
    TagRow,
)
from hub.store.seeds import SeedRows
from hub.store.store import Store, open_store
from hub.store.surveillance import CasesRow, SignalRow, StepRow
from hub.store.wording import WordRow
from hub.store.write import WriteTx

__all__ = [
    "BUILD",
    "BlockRow",
    "CaseReviewRow",
    "CasesRow",
    "CellsRow",
    "ChangeRow",
    "CheckRow",
    "Checkpoint",
    "Circle",
    "CompartmentRow",
    "Conflict",
    "ConsentRow",
    "Entry",
    "ExportFile",
    "ExportRow",
    "FactRow",
    "FeedRow",
    "FollowUpRow",
    "IndexRow",
    "Link",
    "LogRow",
    "OutRow",
    "Outbox",
    "QuarantineRow",
    "ReadTx",
    "Reindexed",
    "Relationship",
    "ReleasedRow",
    "RequestRow",
    "ReviewRow",
    "SeedRows",
    "SelfReportRow",
    "SignalRow",
    "Source",
    "StepRow",
    "Store",
    "Submission",
    "SumRow",
    "TagRow",
    "TooSlow",
    "Unavailable",
    "WordRow",
    "WriteTx",
    "open_store",
]
