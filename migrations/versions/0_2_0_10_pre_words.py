"""Words of facilities and whether they have a code."""

import sqlalchemy as sa
from alembic import op

revision = "0_2_0_10"
down_revision = "0_2_0_09"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "code_word",
        sa.Column("facility", sa.Integer, nullable=False),
        sa.Column("token", sa.LargeBinary, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("uses", BIG, nullable=False),
        sa.Column("is_coded", sa.Boolean, nullable=False),
        sa.Column("seen_ms", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("facility", "token", name="pk_code_word"),
    )
