"""Papers of facilities, connectors' state, answers of the civil registry, staff, and the feed of other agencies."""

import sqlalchemy as sa
from alembic import op

revision = "0_4_0_19"
down_revision = "0_4_0_18"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "facility_detail",
        sa.Column("facility", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("changed_ms", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("facility", name="pk_facility_detail"),
    )
    op.create_table(
        "connection",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("updated_ms", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_connection"),
    )
    op.create_table(
        "civil_check",
        sa.Column("compartment", BIG, nullable=False),
        sa.Column("at_ms", BIG, nullable=False),
        sa.Column("household", sa.LargeBinary),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("compartment", "at_ms", name="pk_civil_check"),
    )
    op.create_index("ix_civil_check_household", "civil_check", ["household"])
    op.create_table(
        "staff",
        sa.Column("place", sa.LargeBinary, nullable=False),
        sa.Column("changed_ms", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_staff"),
    )
    op.create_table(
        "subscriber",
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("cubes", sa.Text, nullable=False),
        sa.Column("since_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("client", name="pk_subscriber"),
    )
    op.create_table(
        "feed_item",
        sa.Column("sequence", BIG, nullable=False, autoincrement=False),
        sa.Column("month", sa.Text, nullable=False),
        sa.Column("cube", sa.Text, nullable=False),
        sa.Column("made_ms", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_feed_item"),
    )
    op.create_index("ix_feed_item_month_cube", "feed_item", ["month", "cube"], unique=True)
