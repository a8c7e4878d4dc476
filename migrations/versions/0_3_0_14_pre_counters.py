"""Counts by author and type, and the forms in which codes are used."""

import sqlalchemy as sa
from alembic import op

revision = "0_3_0_14"
down_revision = "0_3_0_13"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "counter",
        sa.Column("author", sa.Integer, nullable=False),
        sa.Column("type", sa.SmallInteger, nullable=False),
        sa.Column("slot", sa.SmallInteger, nullable=False),
        sa.Column("n", BIG, nullable=False),
        sa.PrimaryKeyConstraint("author", "type", "slot", name="pk_counter"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO counter (author, type, slot, n)"
        " SELECT author, type, 0, count(*) FROM resource WHERE NOT is_deleted GROUP BY author, type"
    )
    op.create_table(
        "code_form",
        sa.Column("loose", BIG, nullable=False, autoincrement=False),
        sa.Column("exact", BIG, nullable=False, autoincrement=False),
        sa.Column("type", sa.SmallInteger, nullable=False),
        sa.PrimaryKeyConstraint("loose", "exact", "type", name="pk_code_form"),
        sqlite_with_rowid=False,
    )
    # What is stored already has not said its forms: the row of zeros says so until an index build has been through it.
    op.execute("INSERT INTO code_form (loose, exact, type) SELECT 0, 0, 0 FROM resource LIMIT 1")
