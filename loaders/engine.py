"""Where queries run: the snapshot in embedded DuckDB, or a database server.

``ATLAS_ENGINE`` takes any URL that Ibis can connect to. Sessions run in threads
of their own, and a DuckDB connection shared by threads gives wrong answers, so
each query has a connection to itself while it runs.
"""

from __future__ import annotations

import os
import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import duckdb
import ibis
import ibis.expr.types as ir
import pandas as pd

from loaders.snapshot import snapshot_path

POOL_SIZE = 8


class Runner(Protocol):
    """Anything that turns an Ibis table expression into a frame."""

    def __call__(self, expr: ir.Table) -> pd.DataFrame:
        """Rows of the expression."""
        ...


class Engine:
    """A bounded pool of read-only connections to one snapshot."""

    def __init__(self, connect: Callable[[], ibis.BaseBackend], snapshot_id: str) -> None:
        self.snapshot_id = snapshot_id
        self._connect = connect
        self._idle: queue.LifoQueue[ibis.BaseBackend | None] = queue.LifoQueue()
        for _ in range(POOL_SIZE):
            self._idle.put(None)  # opened when first needed

    @contextmanager
    def _connection(self) -> Iterator[ibis.BaseBackend]:
        backend = self._idle.get()
        try:
            if backend is None:
                backend = self._connect()
            yield backend
        except Exception:
            backend = None  # it may be broken: the next query opens another
            raise
        finally:
            self._idle.put(backend)

    def __call__(self, expr: ir.Table) -> pd.DataFrame:
        """Run ``expr`` (unbound) and return its rows."""
        with self._connection() as backend:
            frame: pd.DataFrame = backend.execute(expr)
            return frame


def duckdb_engine(path: Path, snapshot_id: str) -> Engine:
    """An engine over a snapshot file, opened read-only."""
    # One database, one cursor a connection: cursors are safe to use in parallel.
    database = duckdb.connect(str(path), read_only=True)
    return Engine(lambda: ibis.duckdb.from_connection(database.cursor()), snapshot_id)


@lru_cache(maxsize=2)
def engine_for(snapshot_id: str) -> Engine:
    """The engine of a snapshot; the two newest stay open for sessions that still use them."""
    url = os.environ.get("ATLAS_ENGINE", "")
    if url:
        return Engine(lambda: ibis.connect(url), snapshot_id)
    return duckdb_engine(snapshot_path(snapshot_id), snapshot_id)
