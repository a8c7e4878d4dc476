"""Requests of people at a facility's counter."""

import sqlalchemy as sa
from alembic import op

revision = "0_2_0_09"
down_revision = "0_2_0_08"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "record_request",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("facility", sa.Text, nullable=False),
        sa.Column("pseudonym", BIG, nullable=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("due_ms", BIG, nullable=False),
        sa.Column("closed_ms", BIG, nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record_request"),
    )
    op.create_index(
        "ix_record_request_facility_closed_ms_due_ms", "record_request", ["facility", "closed_ms", "due_ms"]
    )
    op.create_index("ix_record_request_pseudonym", "record_request", ["pseudonym"])
