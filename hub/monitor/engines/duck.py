"""DuckDB, in the process's own memory: nothing is written to a disk, nothing outside is read.

https://duckdb.org/docs/stable/configuration/overview
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from hub.monitor.engines import Place
from hub.monitor.engines.columns import facility_table

MEMORY = "4GB"
"""More than that is an error, for there is no disk to spill to."""


def counted(
    table: pa.Table, facilities: Sequence[Place], queries: Mapping[str, str]
) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """What each query gives, one after the other."""
    with confined() as database:
        database.register("fact", table)
        database.register("facility", facility_table(facilities))
        for id_, sql in queries.items():
            yield id_, database.execute(sql).fetchall()


@contextmanager
def confined(memory: str = MEMORY) -> Iterator[Any]:
    """A database in memory: no temporary files (they would hold facts in clear), no files or network, no way back."""
    with duckdb.connect(":memory:") as database:
        database.execute("SET temp_directory = ''")
        database.execute(f"SET memory_limit = '{memory}'")
        database.execute("SET enable_external_access = false")
        database.execute("SET autoinstall_known_extensions = false")
        database.execute("SET autoload_known_extensions = false")
        database.execute("SET lock_configuration = true")
        yield database
