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

from hub.monitor.engines import Place
from hub.monitor.engines.columns import facility_table


def counted(
    table: pa.Table, facilities: Sequence[Place], queries: Mapping[str, str]
) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """What each query gives, one after the other."""
    with tempfile.TemporaryDirectory(prefix="jukung-", ignore_cleanup_errors=False) as name:
        folder = Path(name)  # made with mode 0700
        tables = {"fact": table, "facility": facility_table(facilities)}
        for view, content in tables.items():
            pq.write_table(content, folder / f"{view}.parquet", compression="zstd")
        session = _session(folder)
        try:
            for view in tables:
                session.read.parquet(str(folder / f"{view}.parquet")).createOrReplaceTempView(view)
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
