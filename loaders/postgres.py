"""Connections to a PostgreSQL server that holds published snapshots.

Each snapshot has a schema of its own (see `loaders.publish`), so a connection is to one
snapshot, and what is published meanwhile does not reach it. Connections cannot write, and
the server ends a query that takes too long: a visitor is told so instead of waiting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import ibis

if TYPE_CHECKING:
    import psycopg

SCHEMES = frozenset({"postgres", "postgresql"})
#: Where the table is that names the snapshots.
REGISTER_SCHEMA = "public"
STATEMENT_SECONDS = 15
CONNECT_SECONDS = 5
#: SQLSTATE of a query that was ended because it took too long; the connection is sound.
_TOO_LONG = "57014"


def is_postgres(url: str) -> bool:
    """Whether the URL names a PostgreSQL server."""
    return urlsplit(url).scheme in SCHEMES


def schema_of(snapshot_id: str) -> str:
    """Schema that holds the tables of a snapshot."""
    return f"atlas_{snapshot_id}"


def open_connection(url: str, **options: object) -> psycopg.Connection:
    """A connection with server settings (``search_path="…"``); commits every statement.

    Raises:
        psycopg.OperationalError: the server cannot be reached.
    """
    import psycopg  # noqa: PLC0415  (only installed where a server is used)

    settings = " ".join(f"-c {name}={value}" for name, value in options.items())
    return psycopg.connect(
        url,
        autocommit=True,
        connect_timeout=CONNECT_SECONDS,
        options=settings,
        # a server that vanished without a word is noticed within half a minute
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
        application_name="testbed-atlas",
        client_encoding="UTF8",
    )


def connect(url: str, schema: str) -> ibis.BaseBackend:
    """A read-only connection, limited in time, that sees the tables of one schema."""
    connection = open_connection(
        url,
        search_path=schema,
        default_transaction_read_only="on",
        statement_timeout=f"{STATEMENT_SECONDS}s",
    )
    return ibis.postgres.from_connection(connection)


def is_lost(error: Exception) -> bool:
    """Whether the connection was lost, so that another one may succeed."""
    import psycopg  # noqa: PLC0415

    lost = (psycopg.OperationalError, psycopg.InterfaceError)
    return isinstance(error, lost) and getattr(error, "sqlstate", None) != _TOO_LONG
