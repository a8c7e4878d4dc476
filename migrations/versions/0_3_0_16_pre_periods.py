"""What lasts longer than a day is found by its end; what was written in some time is counted without its rows."""

import sqlalchemy as sa
from alembic import op

revision = "0_3_0_16"
down_revision = "0_3_0_15"
branch_labels = None
depends_on = None

LASTING = sa.text("NOT is_deleted AND day_end > day")


def upgrade() -> None:
    op.drop_index("ix_resource_author_type_updated_ms", table_name="resource")
    op.create_index("ix_resource_author_type_updated_ms", "resource", ["author", "type", "updated_ms", "is_deleted"])
    op.create_index(
        "ix_resource_author_type_day_end",
        "resource",
        ["author", "type", "day_end"],
        sqlite_where=LASTING,
        postgresql_where=LASTING,
    )
