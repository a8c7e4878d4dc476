"""The databases that are measured: SQLite files, and a PostgreSQL server as one would run it. What is committed is on
disk when it is answered, on both."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import MappingProxyType

from bench.floor import connect
from hub.store import open_store
from tests import postgres as pg

ENGINES = ("sqlite", "postgresql")
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
LARGE = {"shared_buffers": "1GB", "effective_cache_size": "8GB", "max_wal_size": "4GB", "random_page_cost": "1.1"}
"""For a store of a million and more, as any guide to PostgreSQL says; the small measures use its defaults."""

NewDatabase = Callable[[str], str]
"""The URL of a database of that name; an empty one is made when there is none."""


@contextmanager
def databases(
    engine: str, place: Path, settings: Mapping[str, str] = MappingProxyType({}), *, is_kept: bool = False
) -> Iterator[NewDatabase]:
    """Databases under `place`; with `is_kept` they stay there and are found again."""
    place.mkdir(parents=True, exist_ok=True)
    if engine == "sqlite":
        yield lambda name: f"sqlite:///{place / name}.db"
        return
    server = pg.start(place / "cluster" if is_kept else None, **DURABLE, **settings)

    def url(name: str) -> str:
        with server.admin() as connection:
            is_there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        return server.url(name) if is_there else server.create(name)

    try:
        yield url
    finally:
        server.stop()


def tidied(url: str) -> None:
    """What a database in use has done for itself after a while: PostgreSQL's autovacuum (statistics, visibility),
    SQLite's log moved into its file."""
    store = open_store(url)
    if store.dialect == "sqlite":
        store.checkpoint()
    store.close()
    if not url.startswith("sqlite"):
        with closing(connect(url)) as connection:
            connection.autocommit = True
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")
