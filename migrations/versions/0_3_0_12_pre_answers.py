"""Answers kept for Idempotency-Key."""

import sqlalchemy as sa
from alembic import op

revision = "0_3_0_12"
down_revision = "0_3_0_11"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("token", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("expires_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_answer"),
    )
    op.create_index("ix_answer_expires_ms", "answer", ["expires_ms"])
