"""Cases under surveillance by month, signals and their steps."""

import sqlalchemy as sa
from alembic import op

revision = "0_4_0_18"
down_revision = "0_4_0_17"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "surveillance_month",
        sa.Column("month", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("made_ms", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("month", name="pk_surveillance_month"),
    )
    op.create_table(
        "signal",
        sa.Column("number", BIG, nullable=False, autoincrement=False),
        sa.Column("raised_ms", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_signal"),
    )
    op.create_table(
        "signal_step",
        sa.Column("signal", BIG, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("signal", "number", name="pk_signal_step"),
    )
