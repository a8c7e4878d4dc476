"""The audit trail: outbox, sequenced log, the patients' index over both, signed checkpoints; and leases.

An entry is named by (at_us, node) from the moment it is written, so that the patients' index need not change when the
sequencer moves it from the outbox to the log.
"""

from sqlalchemy import Index, Table

from hub.store.tables.columns import big, blob, metadata, spread, text, whole

audit_out = Table(
    "audit_out",
    metadata,
    big("entry", is_key=True),
    whole("node", is_key=True),
    big("at_ms"),
    blob("body"),
    info=spread("node"),
)

audit_patient = Table(
    "audit_patient",
    metadata,
    big("pseudonym", is_key=True),
    big("entry", is_key=True),
    whole("node", is_key=True),
    info=spread("pseudonym"),
    sqlite_with_rowid=False,
)

audit_log = Table(
    "audit_log",
    metadata,
    big("seq", is_key=True),
    blob("hash"),
    big("at_ms"),
    big("entry"),
    whole("node"),
    blob("body"),
    info=spread("local"),
)
Index("uq_audit_log_entry_node", audit_log.c.entry, audit_log.c.node, unique=True)

audit_checkpoint = Table(
    "audit_checkpoint",
    metadata,
    big("size", is_key=True),
    big("at_ms"),
    text("note"),
    info=spread("local"),
)

lease = Table(
    "lease",
    metadata,
    text("name", is_key=True),
    text("holder"),
    big("until_ms"),
    info=spread("local"),
)
