"""Released tables of the city, the reporting matrix, and facts that can be found by month."""

import sqlalchemy as sa
from alembic import op

revision = "0_2_0_08"
down_revision = "0_1_0_07"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _copy_facts()
    else:
        op.add_column("fact", sa.Column("month", sa.Integer, nullable=False, server_default="0"))
        op.alter_column("fact", "month", server_default=None)
    op.create_index("ix_fact_month_pseudonym_item", "fact", ["month", "pseudonym", "item"])
    op.create_table(
        "released",
        sa.Column("month", sa.Text, nullable=False),
        sa.Column("cube", sa.Text, nullable=False),
        sa.Column("made_ms", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("month", "cube", name="pk_released"),
    )
    op.create_table(
        "reporting",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("made_ms", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_reporting"),
    )


def _copy_facts() -> None:
    """SQLite adds a column behind the key's definition and insists on a default; a table made anew needs neither.

    The rows keep month 0: unknown until `hub city release` has opened them.
    """
    op.rename_table("fact", "fact_before")
    op.create_table(
        "fact",
        sa.Column("pseudonym", BIG, nullable=False),
        sa.Column("item", BIG, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("month", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("pseudonym", "item", name="pk_fact"),
    )
    op.execute("INSERT INTO fact SELECT pseudonym, item, version, body, 0 FROM fact_before")
    op.drop_table("fact_before")
