"""The one way in: every entrance builds Mapped items and hands them to `part.store_part`."""

from hub.pipeline.bundles import bundle
from hub.pipeline.choices import choose
from hub.pipeline.interactions import Written, create, update, validate
from hub.pipeline.quarantine import replay, waiting
from hub.pipeline.receipts import Receipt, receipt, receipts
from hub.pipeline.submissions import errors_file, send_draft, submit

__all__ = [
    "Receipt",
    "Written",
    "bundle",
    "choose",
    "create",
    "errors_file",
    "receipt",
    "receipts",
    "replay",
    "send_draft",
    "submit",
    "update",
    "validate",
    "waiting",
]
