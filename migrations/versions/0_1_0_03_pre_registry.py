"""Facilities and client systems."""

import sqlalchemy as sa
from alembic import op

revision = "0_1_0_03"
down_revision = "0_1_0_02"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "client",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("facility", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("purposes", sa.Text, nullable=False),
        sa.Column("jwks", sa.Text, nullable=True),
        sa.Column("secret_hash", sa.LargeBinary, nullable=True),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_client"),
    )
    op.create_table(
        "facility",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("ownership", sa.Text, nullable=False),
        sa.Column("adapter", sa.Text, nullable=False),
        sa.Column("kelurahan", sa.Text, nullable=False),
        sa.Column("labels", sa.Text, nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_facility"),
        sa.UniqueConstraint("id", name="uq_facility_id"),
    )
