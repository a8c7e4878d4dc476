"""Tokens, assertion numbers, login links, sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0_1_0_07"
down_revision = "0_1_0_06"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "access_token",
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("expires_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_access_token"),
    )
    op.create_index("ix_access_token_expires_ms", "access_token", ["expires_ms"])
    op.create_table(
        "assertion_jti",
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("jti", sa.Text, nullable=False),
        sa.Column("expires_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("client", "jti", name="pk_assertion_jti"),
    )
    op.create_index("ix_assertion_jti_expires_ms", "assertion_jti", ["expires_ms"])
    op.create_table(
        "login_link",
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("expires_ms", BIG, nullable=False),
        sa.Column("used_ms", BIG, nullable=True),
        sa.PrimaryKeyConstraint("hash", name="pk_login_link"),
    )
    op.create_index("ix_login_link_expires_ms", "login_link", ["expires_ms"])
    op.create_table(
        "session",
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("expires_ms", BIG, nullable=False),
        sa.Column("ended_ms", BIG, nullable=True),
        sa.PrimaryKeyConstraint("hash", name="pk_session"),
    )
    op.create_index("ix_session_expires_ms", "session", ["expires_ms"])
