"""The only SQL: sealed rows in SQLite or PostgreSQL, read in snapshots and written in transactions committed once."""

from hub.store.care import Circle
from hub.store.errors import Conflict, TooSlow, Unavailable
from hub.store.indexing import BUILD
from hub.store.outbox import Outbox
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
from hub.store.wording import WordRow
from hub.store.write import WriteTx

__all__ = [
    "BUILD",
    "ChangeRow",
    "Checkpoint",
    "Circle",
    "CompartmentRow",
    "Conflict",
    "ConsentRow",
    "Entry",
    "ExportFile",
    "ExportRow",
    "FactRow",
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
    "Source",
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
