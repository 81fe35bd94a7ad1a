"""Copy the current snapshot into a database server, where it becomes the one that is read.

On PostgreSQL everything happens in one transaction: the tables go to a new schema named by
the snapshot, and the register (``atlas_snapshot``) is switched last, so readers see the old
snapshot or the new one. Earlier snapshots stay for a while, to go back to. Other databases
that Ibis knows are filled table by table, the register last; they have one snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb
import ibis
import pandas as pd

from loaders import postgres
from loaders.package import Resource, package
from loaders.schema import ibis_schema
from loaders.snapshot import KEPT_SNAPSHOTS, Progress, ensure, snapshot_path

if TYPE_CHECKING:
    import psycopg
    from psycopg import sql

REGISTER = "atlas_snapshot"
REGISTER_COLUMNS = ibis.schema({"id": "string", "published": "timestamp", "is_current": "boolean"})
#: Role that the site reads with; it may be called otherwise.
READER = "atlas_reader"
#: Any number, the same for all who publish: one at a time.
_LOCK = 20_261_101
_ROWS = 10_000
_TYPES = {
    "int64": "bigint",
    "float64": "double precision",
    "boolean": "boolean",
    "string": "text",
    "date": "date",
}
#: Collations under which text is in the order of its code points, as in the snapshot.
_BY_CODE_POINT = ("C", "C.UTF-8", "C.utf8", "POSIX")

_REGISTER_SQL = """
CREATE TABLE IF NOT EXISTS {register} (
    id text PRIMARY KEY,
    published timestamp NOT NULL,
    is_current boolean NOT NULL
)"""


class PublishError(Exception):
    """The database cannot hold a snapshot as it is; the text says what to change."""


def reader_statements(reader: str = READER) -> str:
    """SQL that makes the role with which the site reads; to be run once by an administrator."""
    return (
        f"CREATE ROLE {reader} LOGIN PASSWORD '…';\n"
        f"ALTER ROLE {reader} SET default_transaction_read_only = on;\n"
        f"ALTER ROLE {reader} SET statement_timeout = '{postgres.STATEMENT_SECONDS}s';\n"
        f"ALTER ROLE {reader} CONNECTION LIMIT 100;"
    )


def publish(url: str, reader: str = READER, progress: Progress = lambda _: None) -> str:
    """Copy the current snapshot to the database at ``url``; returns the snapshot's id.

    Raises:
        DataError: there is no snapshot, and the data was refused.
        PublishError: the database would give other answers than the snapshot.
    """
    snapshot_id = ensure()
    with duckdb.connect(str(snapshot_path(snapshot_id)), read_only=True) as source:
        if postgres.is_postgres(url):
            _to_postgres(url, snapshot_id, reader, source, progress)
        else:
            _to_other(url, snapshot_id, source, progress)
    return snapshot_id


def switch(url: str, snapshot_id: str) -> None:
    """Make an earlier snapshot that the PostgreSQL server still holds the current one.

    Raises:
        PublishError: the server does not hold it.
    """
    with postgres.open_connection(url) as target, target.transaction():
        _lock(target)
        if snapshot_id not in held(target):
            known = ", ".join(held(target)) or "none"
            raise PublishError(f"The server does not hold {snapshot_id}; it holds: {known}.")
        _make_current(target, snapshot_id)


def held(target: psycopg.Connection) -> list[str]:
    """Ids of the snapshots on the server, the newest first."""
    target.execute(_statement(_REGISTER_SQL))
    found = target.execute(_statement("SELECT id FROM {register} ORDER BY published DESC"))
    return [row[0] for row in found]


def _to_postgres(
    url: str,
    snapshot_id: str,
    reader: str,
    source: duckdb.DuckDBPyConnection,
    progress: Progress,
) -> None:
    with postgres.open_connection(url) as target:
        _check_collation(target)
        with target.transaction():
            _lock(target)
            if snapshot_id not in held(target):
                _copy(target, snapshot_id, source, progress)
            _let_read(target, snapshot_id, reader)
            _make_current(target, snapshot_id)
        # apart from the switch: it waits for readers of the old snapshot
        _forget_old(target)


def _check_collation(target: psycopg.Connection) -> None:
    asked = target.execute(
        "SELECT datcollate, pg_encoding_to_char(encoding), lower('É') = 'é'"
        " FROM pg_database WHERE datname = current_database()"
    ).fetchone()
    if asked is None or asked[0] not in _BY_CODE_POINT or asked[1:] != ("UTF8", True):
        raise PublishError(
            f"The database sorts or folds text otherwise than the snapshot ({asked}). Make it with"
            " CREATE DATABASE atlas ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
            " TEMPLATE template0"
        )


def _lock(target: psycopg.Connection) -> None:
    target.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))


def _named(*names: str) -> sql.Identifier:
    from psycopg import sql  # noqa: PLC0415

    return sql.Identifier(*names)


def _statement(text: str, **names: object) -> sql.Composed:
    """SQL with names put in; ``{register}`` is the register."""
    from psycopg import sql  # noqa: PLC0415

    register = _named(postgres.REGISTER_SCHEMA, REGISTER)
    return sql.SQL(text).format(register=register, **names)


def _copy(
    target: psycopg.Connection,
    snapshot_id: str,
    source: duckdb.DuckDBPyConnection,
    progress: Progress,
) -> None:
    schema = postgres.schema_of(snapshot_id)
    target.execute(_statement("CREATE SCHEMA {schema}", schema=_named(schema)))
    for name, resource in package().resources.items():
        progress(f"write {name}")
        _create(target, schema, resource)
        into = _statement("COPY {table} FROM STDIN", table=_named(schema, name))
        with target.cursor() as cursor, cursor.copy(into) as copy:
            for row in _rows(source, resource):
                copy.write_row(row)
        target.execute(_statement("ANALYZE {table}", table=_named(schema, name)))
    target.execute(
        _statement("INSERT INTO {register} VALUES (%s, %s, false)"),
        (snapshot_id, datetime.now(UTC).replace(tzinfo=None)),
    )


def _create(target: psycopg.Connection, schema: str, resource: Resource) -> None:
    from psycopg import sql  # noqa: PLC0415

    columns = [
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(_TYPES[str(dtype)]))
        for name, dtype in ibis_schema(resource).items()
    ]
    key = sql.SQL(", ").join(map(sql.Identifier, resource.primary_key))
    target.execute(
        _statement(
            "CREATE TABLE {table} ({columns}, PRIMARY KEY ({key}))",
            table=_named(schema, resource.name),
            columns=sql.SQL(", ").join(columns),
            key=key,
        )
    )


def _rows(source: duckdb.DuckDBPyConnection, resource: Resource) -> Iterator[tuple[object, ...]]:
    columns = ", ".join(f'"{name}"' for name in ibis_schema(resource).names)
    found = source.execute(f'SELECT {columns} FROM "{resource.name}"')  # noqa: S608  (our names)
    while rows := found.fetchmany(_ROWS):
        yield from rows


def _let_read(target: psycopg.Connection, snapshot_id: str, reader: str) -> None:
    """Grant the role what it needs of this snapshot, if there is such a role."""
    known = target.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (reader,)).fetchone()
    if known is None:
        return
    names = {"schema": _named(postgres.schema_of(snapshot_id)), "reader": _named(reader)}
    for text in (
        "GRANT USAGE ON SCHEMA {schema} TO {reader}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {reader}",
        "GRANT SELECT ON {register} TO {reader}",
    ):
        target.execute(_statement(text, **names))


def _make_current(target: psycopg.Connection, snapshot_id: str) -> None:
    target.execute(_statement("UPDATE {register} SET is_current = (id = %s)"), (snapshot_id,))


def _forget_old(target: psycopg.Connection) -> None:
    older = "SELECT id FROM {register} WHERE NOT is_current ORDER BY published DESC OFFSET %s"
    found = target.execute(_statement(older), (KEPT_SNAPSHOTS - 1,))
    for (snapshot_id,) in found.fetchall():
        with target.transaction():
            schema = _named(postgres.schema_of(snapshot_id))
            target.execute(_statement("DELETE FROM {register} WHERE id = %s"), (snapshot_id,))
            target.execute(_statement("DROP SCHEMA {schema} CASCADE", schema=schema))


def _to_other(
    url: str, snapshot_id: str, source: duckdb.DuckDBPyConnection, progress: Progress
) -> None:
    backend = ibis.connect(url)
    for name, resource in package().resources.items():
        progress(f"write {name}")
        rows = source.table(name).to_arrow_table()
        backend.create_table(name, rows, schema=ibis_schema(resource), overwrite=True)
    now = datetime.now(UTC).replace(tzinfo=None)
    entry = pd.DataFrame({"id": [snapshot_id], "published": [now], "is_current": [True]})
    backend.create_table(REGISTER, entry, schema=REGISTER_COLUMNS, overwrite=True)
