"""Tokens hold as long as the registration of their client: each registration has a number."""

import sqlalchemy as sa
from alembic import op

revision = "0_4_0_25"
down_revision = "0_4_0_24"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("client", sa.Column("registration", BIG, nullable=True))
