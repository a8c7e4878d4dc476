"""When client systems were last heard of, and refused rows by the time they came."""

import sqlalchemy as sa
from alembic import op

revision = "0_4_0_20"
down_revision = "0_4_0_19"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "contact",
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("facility", sa.Text, nullable=False),
        sa.Column("last_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("client", name="pk_contact"),
    )
    op.create_index("ix_quarantine_created_ms", "quarantine", ["created_ms"])
