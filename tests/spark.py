"""A local Spark for tests: one process of Java, one task at a time, no pages of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from loaders.engine import Engine
from loaders.schema import ibis_schema
from tests.support import committed

SETTINGS = {
    "spark.master": "local[2]",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "1g",
    # the tables are small: parts to shuffle between would cost more than they bring
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.log.level": "ERROR",
}


@contextmanager
def spark_engine(tables: Mapping[str, pd.DataFrame], folder: Path) -> Iterator[Engine]:
    """Spark with the tables as views; skips the test when there is no Java."""
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, and there is none (tests/install-servers.sh installs it)")
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    builder = sql.SparkSession.builder.config("spark.sql.warehouse.dir", str(folder))
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        for name, frame in tables.items():
            schema = ibis_schema(committed()[name]).to_pyarrow()
            rows = pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
            session.createDataFrame(rows).createOrReplaceTempView(name)
        backend = ibis.pyspark.connect(session)
        yield Engine(lambda: backend, "spark")
    finally:
        session.stop()
