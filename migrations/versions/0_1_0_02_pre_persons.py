"""What joins compartments into persons, and what says who may see them."""

import sqlalchemy as sa
from alembic import op

revision = "0_1_0_02"
down_revision = "0_1_0_01"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("compartment", BIG, nullable=False, autoincrement=False),
        sa.Column("rid", BIG, nullable=False, autoincrement=False),
        sa.Column("accepted_ms", BIG, nullable=False),
        sa.Column("auth", sa.SmallInteger, nullable=False),
        sa.Column("is_verified", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("compartment", "rid", name="pk_consent"),
    )
    op.create_table(
        "link",
        sa.Column("compartment", BIG, nullable=False, autoincrement=False),
        sa.Column("other", BIG, nullable=False, autoincrement=False),
        sa.Column("id", BIG, nullable=False, autoincrement=False),
        sa.Column("judgement", sa.Text, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("features", sa.LargeBinary, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at_ms", BIG, nullable=False),
        sa.Column("ended_ms", BIG, nullable=True),
        sa.Column("ended_by", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("compartment", "other", "id", name="pk_link"),
    )
    op.create_table(
        "mpi",
        sa.Column("token", sa.LargeBinary, nullable=False),
        sa.Column("compartment", BIG, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("token", "compartment", name="pk_mpi"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "presence",
        sa.Column("code_hash", sa.LargeBinary, nullable=False),
        sa.Column("compartment", BIG, nullable=False),
        sa.Column("expires_ms", BIG, nullable=False),
        sa.Column("used_ms", BIG, nullable=True),
        sa.Column("used_by", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("code_hash", name="pk_presence"),
    )
    op.create_table(
        "relationship",
        sa.Column("compartment", BIG, nullable=False, autoincrement=False),
        sa.Column("facility", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("from_ms", BIG, nullable=False, autoincrement=False),
        sa.Column("until_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("compartment", "facility", "kind", "from_ms", name="pk_relationship"),
    )
    op.create_index("ix_relationship_facility_until_ms", "relationship", ["facility", "until_ms"])
    op.create_table(
        "review",
        sa.Column("compartment", BIG, nullable=False, autoincrement=False),
        sa.Column("other", BIG, nullable=False, autoincrement=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("decided_ms", BIG, nullable=True),
        sa.Column("decided_by", sa.Text, nullable=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("compartment", "other", name="pk_review"),
    )
    op.create_index("ix_review_state_created_ms", "review", ["state", "created_ms"])
    op.create_table(
        "tag",
        sa.Column("compartment", BIG, nullable=False, autoincrement=False),
        sa.Column("tag", BIG, nullable=False, autoincrement=False),
        sa.Column("author", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("compartment", "tag", name="pk_tag"),
    )
