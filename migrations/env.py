"""How Alembic runs a migration: from the hub (it passes its connection) or by hand (HUB_DATABASE_URL).

PostgreSQL: a migration that waits for a lock, or works too long, fails rather than stops the hub; one transaction each.
"""

from alembic import context
from sqlalchemy import Connection, text

from hub.config import read_config
from hub.store.engine import write_engine
from hub.store.tables import metadata


def run(connection: Connection) -> None:
    """Runs the pending migrations on a connection."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET lock_timeout = '4s'"))
        connection.execute(text("SET statement_timeout = '300s'"))
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        transaction_per_migration=True,
        transactional_ddl=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = write_engine(read_config().database_url, pool_size=1)
    with engine.connect() as own:
        run(own)
        own.commit()
    engine.dispose()
