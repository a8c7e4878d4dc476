"""Spark, for a province: the same queries, local or on a cluster (SPARK_* as usual).

The facts are handed over as Parquet in a folder of their own that only this user may enter; it is deleted afterwards,
also when counting fails. On a cluster that folder (TMPDIR) must be one that all of it sees.
https://spark.apache.org/docs/latest/api/python/
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from hub.monitor.engines.columns import SIDES

_TYPES = {"INTEGER": "INT", "VARCHAR": "STRING", "DOUBLE": "DOUBLE"}


def counted(
    table: pa.Table, sides: Mapping[str, Sequence[tuple[Any, ...]]], queries: Mapping[str, str]
) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """What each query gives, one after the other."""
    with tempfile.TemporaryDirectory(prefix="jukung-", ignore_cleanup_errors=False) as name:
        folder = Path(name)  # made with mode 0700
        pq.write_table(table, folder / "fact.parquet", compression="zstd")
        session = _session(folder)
        try:
            session.read.parquet(str(folder / "fact.parquet")).createOrReplaceTempView("fact")
            for side, columns in SIDES.items():
                schema = ", ".join(f"{column} {_TYPES[kind]}" for column, kind in map(str.split, columns.split(", ")))
                rows = [tuple(row) for row in sides[side]]
                session.createDataFrame(rows, schema).createOrReplaceTempView(side)
            for id_, sql in queries.items():
                yield id_, [tuple(row) for row in session.sql(sql).collect()]
        finally:
            session.stop()


def _session(folder: Path) -> Any:
    """A session that keeps everything it writes inside the folder."""
    return (
        SparkSession.builder.appName("jukung")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.local.dir", str(folder / "spark"))
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.sql.ansi.enabled", "true")
        .getOrCreate()
    )
