"""The one way in: every entrance builds Mapped items and hands them to `part.store_part`."""

from hub.pipeline.bundles import bundle
from hub.pipeline.choices import choose
from hub.pipeline.deletion import Deletion
from hub.pipeline.interactions import (
    NOTHING,
    Written,
    create,
    delete,
    delete_where,
    rehearse,
    update,
    update_where,
    validate,
)
from hub.pipeline.loading import Loaded, load
from hub.pipeline.mending import replay
from hub.pipeline.once import Done, Note, Once, in_flight, once_of, once_only, remember, told_once
from hub.pipeline.patching import patch, patch_where
from hub.pipeline.quarantine import waiting
from hub.pipeline.receipts import Receipt, receipt, receipts
from hub.pipeline.repairs import (
    Repaired,
    Tally,
    WaitingRow,
    closed_rows,
    discard,
    repair,
    replace_value,
    replay_rows,
    waiting_row,
    waiting_rows,
)
from hub.pipeline.singles import Outcome, Write, write_many
from hub.pipeline.submissions import check_draft, draft_headers, errors_file, resume, send_draft, submit

__all__ = [
    "NOTHING",
    "Deletion",
    "Done",
    "Loaded",
    "Note",
    "Once",
    "Outcome",
    "Receipt",
    "Repaired",
    "Tally",
    "WaitingRow",
    "Write",
    "Written",
    "bundle",
    "check_draft",
    "choose",
    "closed_rows",
    "create",
    "delete",
    "delete_where",
    "discard",
    "draft_headers",
    "errors_file",
    "in_flight",
    "load",
    "once_of",
    "once_only",
    "patch",
    "patch_where",
    "receipt",
    "receipts",
    "rehearse",
    "remember",
    "repair",
    "replace_value",
    "replay",
    "replay_rows",
    "resume",
    "send_draft",
    "submit",
    "told_once",
    "update",
    "update_where",
    "validate",
    "waiting",
    "waiting_row",
    "waiting_rows",
    "write_many",
]
