"""Facts written before there were months are kept by the migration, and found as of an unknown month."""

from alembic import command
from sqlalchemy import text

from hub.store import FactRow, open_store
from hub.store.engine import write_engine
from hub.store.upgrading import alembic_config


def test_the_migration_keeps_every_fact(empty_url: str) -> None:
    engine = write_engine(empty_url, pool_size=1)
    config = alembic_config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0_1_0_07")
        connection.commit()
        for item in range(3):
            values = {"item": item, "body": b"sealed"}
            connection.execute(text("INSERT INTO fact VALUES (7, :item, 2, :body)"), values)
        connection.commit()
    engine.dispose()
    store = open_store(empty_url)
    store.migrate()
    with store.writing() as tx:
        assert tx.month_facts(0) == [FactRow(7, item, 2, b"sealed", 0) for item in range(3)]
        tx.add_facts([FactRow(7, 1, 2, b"sealed", 5)])
        assert [row.item for row in tx.month_facts(0)] == [0, 2]
    store.close()
