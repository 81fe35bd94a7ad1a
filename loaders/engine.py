"""Where queries run: the snapshot in embedded DuckDB, or a database server.

``ATLAS_ENGINE`` takes any URL that Ibis can connect to, of a database to which
`loaders.publish` has copied a snapshot. Sessions run in threads of their own, and a
DuckDB connection shared by threads gives wrong answers, so each query has a connection
to itself while it runs.
"""

from __future__ import annotations

import os
import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Protocol

import ibis
import ibis.expr.types as ir
import pandas as pd

from loaders import postgres
from loaders.snapshot import open_read_only, snapshot_path

POOL_SIZE = 8


class EngineGoneError(Exception):
    """The database server does not answer; it may a moment later."""


class Runner(Protocol):
    """Anything that turns an Ibis table expression into a frame."""

    def __call__(self, expr: ir.Table) -> pd.DataFrame:
        """Rows of the expression."""
        ...


def _never(_: Exception) -> bool:
    return False


def settled(frame: pd.DataFrame, schema: ibis.Schema) -> pd.DataFrame:
    """The frame with dtypes that do not depend on the engine; the only place for that.

    Ibis gives the rows of every engine the dtypes of the query's schema: text is ``str``, days
    are ``datetime64[s]``, whole numbers of which some are unknown are floats. Only a number
    column without any known value is ``object`` on some engines; it is ``float64`` here.
    """
    for name, dtype in frame.dtypes.items():
        if dtype.kind == "O" and schema[name].is_numeric():
            frame[name] = frame[name].astype("float64")
    return frame


class Engine:
    """A bounded pool of read-only connections to one snapshot.

    ``is_lost`` tells errors of a lost connection from those of the query.
    """

    def __init__(
        self,
        connect: Callable[[], ibis.BaseBackend],
        snapshot_id: str,
        is_lost: Callable[[Exception], bool] = _never,
    ) -> None:
        self.snapshot_id = snapshot_id
        self._connect = connect
        self._is_lost = is_lost
        self._idle: queue.LifoQueue[ibis.BaseBackend | None] = queue.LifoQueue()
        for _ in range(POOL_SIZE):
            self._idle.put(None)  # opened when first needed

    @contextmanager
    def _connection(self, new: bool = False) -> Iterator[ibis.BaseBackend]:
        backend = self._idle.get()
        try:
            if backend is None or new:
                backend = self._connect()
            yield backend
        except Exception:
            backend = None  # it may be broken: the next query opens another
            raise
        finally:
            self._idle.put(backend)

    def __call__(self, expr: ir.Table) -> pd.DataFrame:
        """Run ``expr`` (unbound) and return its rows.

        Types are those of `settled`. Order is the query's: without ``order_by`` an engine may
        give the rows in any, also from one time to the next.

        Raises:
            EngineGoneError: the server does not answer, also not on a new connection.
        """
        try:
            return self._rows(expr)
        except Exception as error:
            if not self._is_lost(error):
                raise
        # the server was perhaps restarted: what idles in the pool is of no use any more,
        # and a query that only reads may be asked twice
        try:
            return self._rows(expr, new=True)
        except Exception as error:
            if self._is_lost(error):
                raise EngineGoneError("the database server does not answer") from error
            raise

    def _rows(self, expr: ir.Table, new: bool = False) -> pd.DataFrame:
        with self._connection(new) as backend:
            return settled(backend.execute(expr), expr.schema())


def duckdb_engine(path: Path, snapshot_id: str) -> Engine:
    """An engine over a snapshot file, opened read-only."""
    # One database, one cursor a connection: cursors are safe to use in parallel.
    database = open_read_only(path)

    def connect() -> ibis.BaseBackend:
        cursor = database.cursor()
        cursor.execute("USE snapshot")  # a cursor begins where no snapshot is attached
        return ibis.duckdb.from_connection(cursor)

    return Engine(connect, snapshot_id)


def engine_url() -> str:
    """``ATLAS_ENGINE``: the database to ask; empty for the embedded one."""
    return os.environ.get("ATLAS_ENGINE", "")


def server_engine(url: str, snapshot_id: str) -> Engine:
    """An engine over a snapshot that was published to a database."""
    if postgres.is_postgres(url):
        return _postgres_engine(url, snapshot_id, postgres.schema_of(snapshot_id))
    return Engine(lambda: ibis.connect(url), snapshot_id)


def register_engine(url: str) -> Engine:
    """An engine over the table that names the published snapshots."""
    if postgres.is_postgres(url):
        return _postgres_engine(url, "", postgres.REGISTER_SCHEMA)
    return Engine(lambda: ibis.connect(url), "")


def _postgres_engine(url: str, snapshot_id: str, schema: str) -> Engine:
    return Engine(partial(postgres.connect, url, schema), snapshot_id, postgres.is_lost)


@lru_cache(maxsize=2)
def engine_for(snapshot_id: str) -> Engine:
    """The engine of a snapshot; the two newest stay open for sessions that still use them."""
    if url := engine_url():
        return server_engine(url, snapshot_id)
    return duckdb_engine(snapshot_path(snapshot_id), snapshot_id)
