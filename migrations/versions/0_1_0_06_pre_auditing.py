"""The audit trail and leases."""

import sqlalchemy as sa
from alembic import op

revision = "0_1_0_06"
down_revision = "0_1_0_05"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit_checkpoint",
        sa.Column("size", BIG, nullable=False, autoincrement=False),
        sa.Column("at_ms", BIG, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_audit_checkpoint"),
    )
    op.create_table(
        "audit_log",
        sa.Column("seq", BIG, nullable=False, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("at_ms", BIG, nullable=False),
        sa.Column("entry", BIG, nullable=False),
        sa.Column("node", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_log"),
    )
    op.create_index("uq_audit_log_entry_node", "audit_log", ["entry", "node"], unique=True)
    op.create_table(
        "audit_out",
        sa.Column("entry", BIG, nullable=False, autoincrement=False),
        sa.Column("node", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at_ms", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("entry", "node", name="pk_audit_out"),
    )
    op.create_table(
        "audit_patient",
        sa.Column("pseudonym", BIG, nullable=False, autoincrement=False),
        sa.Column("entry", BIG, nullable=False, autoincrement=False),
        sa.Column("node", sa.Integer, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("pseudonym", "entry", "node", name="pk_audit_patient"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("until_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
