"""A store whose feed of writes was a table: the migration drops it, and every version is still in the feed."""

from alembic import command
from sqlalchemy import Connection, text

from hub.store import open_store
from hub.store.engine import write_engine
from hub.store.upgrading import alembic_config

COLUMNS = (
    "compartment, rid, type, version, day, day_end, updated_ms, author, tag, digest, codec, is_deleted, keys, body"
)


def put(connection: Connection, table: str, rid: int, version: int, at_ms: int, *, is_deleted: bool = False) -> None:
    values = (5, rid, 3, version, 0, 0, at_ms, 9, 1, b"d", 1, is_deleted, b"", b"sealed")
    named = dict(zip(COLUMNS.split(", "), values, strict=True))
    marks = ", ".join(f":{name}" for name in named)
    connection.execute(text(f"INSERT INTO {table} ({COLUMNS}) VALUES ({marks})"), named)
    sql = "INSERT INTO change (seq, node, compartment, rid, version, op, at_ms) VALUES (:seq, 1, 5, :rid, 1, 0, 1)"
    connection.execute(text(sql), {"seq": 10 * at_ms + rid, "rid": rid})


def test_the_feed_says_the_same_without_its_table(empty_url: str) -> None:
    engine = write_engine(empty_url, pool_size=1)
    config = alembic_config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0_2_0_10")
        put(connection, "history", 1, 1, 100)
        put(connection, "resource", 1, 2, 300)
        put(connection, "resource", 2, 1, 200)
        put(connection, "history", 3, 1, 200)
        put(connection, "resource", 3, 2, 400, is_deleted=True)
        connection.commit()
    engine.dispose()
    store = open_store(empty_url)
    store.migrate()
    with store.reading() as tx:
        feed = [(row.at_ms, row.rid, row.version, row.op) for row in tx.changes(9, [3])]
        assert feed == [(400, 3, 2, 2), (300, 1, 2, 1), (200, 3, 1, 0), (200, 2, 1, 0), (100, 1, 1, 0)]
        assert [row.rid for row in tx.changes(9, [3], since_ms=200, limit=2)] == [3, 1]
        assert tx.changes(8, [3]) == tx.changes(9, [4]) == []
        assert tx.held(9, 3) == 2
    store.close()
