"""What differs between two snapshots: rows added, changed and removed in each table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from loaders.package import package
from loaders.snapshot import snapshot_dir


@dataclass(frozen=True, slots=True)
class TableDifference:
    """Numbers of rows of one table that came, changed and went."""

    table: str
    added: int
    changed: int
    removed: int

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _columns(database: duckdb.DuckDBPyConnection, side: str) -> dict[str, list[str]]:
    found = database.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = ? "
        "AND NOT internal ORDER BY table_name, column_index",
        [side],
    ).fetchall()
    tables: dict[str, list[str]] = {}
    for table, column in found:
        tables.setdefault(table, []).append(column)
    return tables


def _count(database: duckdb.DuckDBPyConnection, query: str) -> int:
    row = database.execute(query).fetchone()
    return int(row[0]) if row else 0


def _difference(
    database: duckdb.DuckDBPyConnection, table: str, key: list[str], shared: list[str]
) -> TableDifference:
    name = _quoted(table)
    on = " AND ".join(f"b.{_quoted(c)} = a.{_quoted(c)}" for c in key)
    others = [_quoted(c) for c in shared if c not in key]
    differs = " OR ".join(f"b.{c} IS DISTINCT FROM a.{c}" for c in others) or "false"
    # the names come from the snapshots' own catalogue and are quoted
    pairs = f"FROM before.{name} b JOIN after.{name} a ON {on}"
    added = f"SELECT count(*) FROM after.{name} a ANTI JOIN before.{name} b ON {on}"  # noqa: S608
    removed = f"SELECT count(*) FROM before.{name} b ANTI JOIN after.{name} a ON {on}"  # noqa: S608
    changed = f"SELECT count(*) {pairs} WHERE {differs}"
    return TableDifference(
        table, _count(database, added), _count(database, changed), _count(database, removed)
    )


def between_snapshots(before: Path, after: Path) -> list[TableDifference]:
    """Tables of two snapshot files that differ, by name.

    Rows are compared by primary key in the columns that both have; all rows of a table
    that only one of them has were added or removed.

    Raises:
        duckdb.Error: a file is no snapshot that can be read.
    """
    with duckdb.connect() as database:
        for side, path in (("before", before), ("after", after)):
            database.execute(f"ATTACH {_literal(path)} AS {side} (READ_ONLY)")
        old, new = _columns(database, "before"), _columns(database, "after")
        found = []
        for table in sorted(old.keys() | new.keys()):
            if table not in old or table not in new:
                side = "after" if table in new else "before"
                rows = _count(database, f"SELECT count(*) FROM {side}.{_quoted(table)}")  # noqa: S608
                came, went = (rows, 0) if table in new else (0, rows)
                found.append(TableDifference(table, came, 0, went))
                continue
            shared = [c for c in new[table] if c in old[table]]
            key = [c for c in _key(table, new[table]) if c in shared]
            found.append(_difference(database, table, key, shared))
    return [difference for difference in found if difference]


def _key(table: str, columns: list[str]) -> list[str]:
    known = package().resources.get(table)
    return list(known.primary_key) if known else columns[:1]


def kept_before(snapshot_id: str) -> Path | None:
    """File of the newest kept snapshot that is older than this one; None when there is none."""
    folder = snapshot_dir()
    mine = folder / f"atlas-{snapshot_id}.duckdb"
    if not mine.is_file():
        return None
    built = mine.stat().st_mtime
    older = [p for p in folder.glob("atlas-*.duckdb") if p.stat().st_mtime < built]
    return max(older, key=lambda p: p.stat().st_mtime, default=None)
