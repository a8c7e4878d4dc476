"""Submissions and quarantine."""

import sqlalchemy as sa
from alembic import op

revision = "0_1_0_05"
down_revision = "0_1_0_04"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "quarantine",
        sa.Column("submission", sa.Text, nullable=False),
        sa.Column("row", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("facility", sa.Text, nullable=False),
        sa.Column("source", sa.LargeBinary, nullable=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("resolved_ms", BIG, nullable=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("submission", "row", name="pk_quarantine"),
    )
    op.create_index("ix_quarantine_facility_state_source", "quarantine", ["facility", "state", "source"])
    op.create_table(
        "submission",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("facility", sa.Text, nullable=False),
        sa.Column("adapter", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("updated_ms", BIG, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("rows_done", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_submission"),
    )
    op.create_index("ix_submission_facility_created_ms", "submission", ["facility", "created_ms"])
