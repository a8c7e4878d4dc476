"""Case reviews: a question about one facility's care, approved by a second person, and what was found."""

import sqlalchemy as sa
from alembic import op

revision = "0_4_0_24"
down_revision = "0_4_0_23"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "case_review",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("facility", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("expires_ms", BIG, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_review"),
    )
    op.create_index("ix_case_review_facility_created_ms", "case_review", ["facility", "created_ms"])
    op.create_index("ix_case_review_created_ms", "case_review", ["created_ms"])
