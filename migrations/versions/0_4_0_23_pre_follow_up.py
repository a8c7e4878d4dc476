"""What the health office remarked on a facility's number, the facility's reply, and the decision."""

import sqlalchemy as sa
from alembic import op

revision = "0_4_0_23"
down_revision = "0_4_0_22"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "follow_up",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("facility", sa.Text, nullable=False),
        sa.Column("indicator", sa.Text, nullable=False),
        sa.Column("month", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("due", sa.Text, nullable=False),
        sa.Column("closed_ms", BIG, nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_follow_up"),
    )
    op.create_index("ix_follow_up_facility_created_ms", "follow_up", ["facility", "created_ms"])
    op.create_index("ix_follow_up_indicator_created_ms", "follow_up", ["indicator", "created_ms"])
