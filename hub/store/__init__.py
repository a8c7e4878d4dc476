"""The only SQL: sealed rows in SQLite or PostgreSQL, read in snapshots and written in transactions committed once."""

from hub.store.errors import Conflict, Unavailable
from hub.store.outbox import Outbox
from hub.store.read import ReadTx
from hub.store.releases import ReleasedRow
from hub.store.rows import (
    ChangeRow,
    Checkpoint,
    CompartmentRow,
    ConsentRow,
    Entry,
    FactRow,
    Link,
    LogRow,
    OutRow,
    QuarantineRow,
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
    "ChangeRow",
    "Checkpoint",
    "CompartmentRow",
    "Conflict",
    "ConsentRow",
    "Entry",
    "FactRow",
    "Link",
    "LogRow",
    "OutRow",
    "Outbox",
    "QuarantineRow",
    "ReadTx",
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
    "Unavailable",
    "WordRow",
    "WriteTx",
    "open_store",
]
