"""Which months' facts changed, the facts of a month in columns, and the indicators' cells."""

import sqlalchemy as sa
from alembic import op

revision = "0_4_0_17"
down_revision = "0_3_0_16"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "fact_change",
        sa.Column("month", sa.Integer, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.PrimaryKeyConstraint("month", "number", name="pk_fact_change"),
    )
    op.create_table(
        "fact_block",
        sa.Column("month", sa.Integer, nullable=False),
        sa.Column("piece", sa.Integer, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("month", "piece", name="pk_fact_block"),
    )
    op.create_table(
        "indicator_cell",
        sa.Column("indicator", sa.Text, nullable=False),
        sa.Column("month", sa.Text, nullable=False),
        sa.Column("made_ms", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("indicator", "month", name="pk_indicator_cell"),
    )
