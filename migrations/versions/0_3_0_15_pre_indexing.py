"""What the search index is complete for; the rows are made at the first start, which knows what it yields."""

import sqlalchemy as sa
from alembic import op

revision = "0_3_0_15"
down_revision = "0_3_0_14"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "search_index",
        sa.Column("type", sa.SmallInteger, nullable=False, autoincrement=False),
        sa.Column("prints", sa.Text, nullable=False),
        sa.Column("compartment", BIG, nullable=False),
        sa.Column("rid", BIG, nullable=False),
        sa.Column("done", BIG, nullable=False),
        sa.Column("total", BIG, nullable=False),
        sa.PrimaryKeyConstraint("type", name="pk_search_index"),
    )
