"""Population, targets of indicators, and what facilities report of themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0_4_0_22"
down_revision = "0_4_0_20"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "population",
        sa.Column("year", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("sex", sa.Text, nullable=False),
        sa.Column("band", sa.Text, nullable=False),
        sa.Column("people", BIG, nullable=False),
        sa.PrimaryKeyConstraint("year", "area", "sex", "band", name="pk_population"),
    )
    op.create_table(
        "indicator_target",
        sa.Column("year", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("indicator", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("facility", sa.Text, nullable=False),
        sa.Column("people", BIG, nullable=False),
        sa.PrimaryKeyConstraint("year", "indicator", "area", "facility", name="pk_indicator_target"),
    )
    op.create_table(
        "self_report",
        sa.Column("indicator", sa.Text, nullable=False),
        sa.Column("month", sa.Text, nullable=False),
        sa.Column("facility", sa.Text, nullable=False),
        sa.Column("made_ms", BIG, nullable=False, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("indicator", "month", "facility", "made_ms", name="pk_self_report"),
    )
