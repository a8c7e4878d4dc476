"""Fewer bytes per resource: no table of changes, since an index over the versions themselves is the feed of writes; and
the list of an author's resources says nothing that their rows say."""

import sqlalchemy as sa
from alembic import op

revision = "0_3_0_11"
down_revision = "0_2_0_10"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("change")
    op.drop_index("ix_resource_author_type_rid", "resource")
    current = sa.text("NOT is_deleted")
    op.create_index(
        "ix_resource_author_type_rid",
        "resource",
        ["author", "type", "rid"],
        sqlite_where=current,
        postgresql_where=current,
    )
    for table in ("resource", "history"):
        op.create_index(f"ix_{table}_author_type_updated_ms", table, ["author", "type", "updated_ms"])
