"""Pseudonymous facts and sums."""

import sqlalchemy as sa
from alembic import op

revision = "0_1_0_04"
down_revision = "0_1_0_03"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "fact",
        sa.Column("pseudonym", BIG, nullable=False, autoincrement=False),
        sa.Column("item", BIG, nullable=False, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("pseudonym", "item", name="pk_fact"),
    )
    op.create_table(
        "fact_sum",
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("month", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("n", BIG, nullable=False),
        sa.PrimaryKeyConstraint("area", "month", "category", name="pk_fact_sum"),
    )
