"""Sealed resources, their history, and the rows by which they are found."""

import sqlalchemy as sa
from alembic import op

revision = "0_1_0_01"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("seq", BIG, nullable=False, autoincrement=False),
        sa.Column("node", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("compartment", BIG, nullable=False),
        sa.Column("rid", BIG, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("op", sa.SmallInteger, nullable=False),
        sa.Column("at_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("seq", "node", name="pk_change"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "compartment",
        sa.Column("compartment", BIG, nullable=False, autoincrement=False),
        sa.Column("author", sa.Integer, nullable=False),
        sa.Column("kind", sa.SmallInteger, nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("compartment", name="pk_compartment"),
    )
    op.create_table(
        "history",
        sa.Column("compartment", BIG, nullable=False, autoincrement=False),
        sa.Column("rid", BIG, nullable=False, autoincrement=False),
        sa.Column("type", sa.SmallInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("day_end", sa.Integer, nullable=False),
        sa.Column("updated_ms", BIG, nullable=False),
        sa.Column("author", sa.Integer, nullable=False),
        sa.Column("tag", BIG, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("codec", sa.SmallInteger, nullable=False),
        sa.Column("is_deleted", sa.Boolean, nullable=False),
        sa.Column("keys", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("compartment", "rid", "version", name="pk_history"),
    )
    op.create_table(
        "ident",
        sa.Column("token", sa.LargeBinary, nullable=False),
        sa.Column("compartment", BIG, nullable=False),
        sa.Column("rid", BIG, nullable=False),
        sa.Column("type", sa.SmallInteger, nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_ident"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "resource",
        sa.Column("compartment", BIG, nullable=False, autoincrement=False),
        sa.Column("rid", BIG, nullable=False, autoincrement=False),
        sa.Column("type", sa.SmallInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("day_end", sa.Integer, nullable=False),
        sa.Column("updated_ms", BIG, nullable=False),
        sa.Column("author", sa.Integer, nullable=False),
        sa.Column("tag", BIG, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("codec", sa.SmallInteger, nullable=False),
        sa.Column("is_deleted", sa.Boolean, nullable=False),
        sa.Column("keys", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("compartment", "rid", name="pk_resource"),
    )
    op.create_index(
        "ix_resource_author_type_day",
        "resource",
        ["author", "type", "day", "day_end"],
        sqlite_where=sa.text("NOT is_deleted"),
        postgresql_where=sa.text("NOT is_deleted"),
    )
    op.create_index(
        "ix_resource_author_type_rid",
        "resource",
        ["author", "type", "rid", "compartment", "updated_ms", "version"],
        sqlite_where=sa.text("NOT is_deleted"),
        postgresql_where=sa.text("NOT is_deleted"),
    )
    op.create_table(
        "token",
        sa.Column("key", BIG, nullable=False, autoincrement=False),
        sa.Column("rid", BIG, nullable=False, autoincrement=False),
        sa.Column("compartment", BIG, nullable=False, autoincrement=False),
        sa.Column("type", sa.SmallInteger, nullable=False),
        sa.PrimaryKeyConstraint("key", "rid", "compartment", name="pk_token"),
        sqlite_with_rowid=False,
    )
