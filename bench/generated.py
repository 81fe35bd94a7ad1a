"""More data than there is, with the shape of what there is. Never shown in the product.

The real companies are repeated, each with its pilots, their milestones, its rounds and
events: what belongs together stays together, so that every share and every join is as in
the real data. A repeated company has keys of its own, and all its dates are moved back by
the same number of years (0 to 6), never past the pages that tell of them. Places, programmes,
hosts, investors, amounts of public money and sources stay as they are. DuckDB writes the
tables; no row passes through Python.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loaders.package import Package, read_package

#: Keys that name a repeated row, in each table that is repeated.
REPEATED = {
    "organizations": ("org_id",),
    "pilots": ("pilot_id", "project_id", "org_id"),
    "milestones": ("milestone_id", "pilot_id"),
    "investments": ("investment_id", "org_id"),
    "investment_investors": ("investment_id",),
}
#: Companies that are repeated: they have a pilot, and no open question of the data is about
#: them (the build would ask the same of every copy).
_COMPANIES = """
    SELECT org_id FROM {base}.pilots
    EXCEPT SELECT org_id FROM {base}.pilots WHERE pilot_id IN {asked}
    EXCEPT SELECT p.org_id FROM {base}.milestones m JOIN {base}.pilots p USING (pilot_id)
        WHERE m.milestone_id IN {asked}
    EXCEPT SELECT org_id FROM {base}.investments WHERE investment_id IN {asked}
    EXCEPT SELECT key FROM {base}.open_questions
"""
_ASKED = "(SELECT key FROM {base}.open_questions)"
#: Which rows of a repeated table belong to such a company.
_MINE = {
    "organizations": "org_id IN ({companies})",
    "pilots": "org_id IN ({companies})",
    "milestones": (
        "pilot_id IN (SELECT pilot_id FROM {base}.pilots WHERE org_id IN ({companies}))"
    ),
    "investments": "org_id IN ({companies})",
    "investment_investors": (
        "investment_id IN (SELECT investment_id FROM {base}.investments "
        "WHERE org_id IN ({companies}))"
    ),
}
_YEARS = "(0 - CAST(copy * 37 % 7 AS INTEGER))"
_YEAR_COLUMNS = ("founded_year",)
_DAY = ("_earliest", "_latest")
MEMORY_LIMIT = "3GB"


@dataclass(frozen=True, slots=True)
class Size:
    """What was generated: rows of the table of pilots, and of all tables."""

    pilots: int
    rows: int


def _moved(column: str, kind: str, partial_dates: set[str], ids: tuple[str, ...]) -> str:
    """SQL of a column of copy number ``copy``; copy 0 is the original."""
    if column in ids:
        return f"CASE WHEN copy = 0 THEN {column} ELSE {column} || '--x' || copy END AS {column}"
    if column in partial_dates:
        year = f"CAST(CAST(left({column}, 4) AS INTEGER) + {_YEARS} AS VARCHAR)"
        day = f"replace(substr({column}, 5), '-02-29', '-02-28')"
        kept = f"copy = 0 OR {column} = ''"
        return f"CASE WHEN {kept} THEN {column} ELSE {year} || {day} END AS {column}"
    if column in _YEAR_COLUMNS:
        moved = f"CAST(TRY_CAST({column} AS INTEGER) + {_YEARS} AS {kind})"
        return f"CASE WHEN copy = 0 THEN {column} ELSE coalesce({moved}, {column}) END AS {column}"
    if column.endswith(_DAY) and kind.startswith(("DATE", "TIMESTAMP")):
        later = f"CAST({column} + to_years({_YEARS}) AS {kind})"
        return f"CASE WHEN copy = 0 THEN {column} ELSE {later} END AS {column}"
    return column


def _mine(base: str, table: str) -> str:
    companies = _COMPANIES.format(base=base, asked=_ASKED.format(base=base))
    return _MINE[table].format(base=base, companies=companies)


def _selected(
    database: duckdb.DuckDBPyConnection, base: str, table: str, package: Package, copies: int
) -> str:
    if table not in REPEATED:
        return f"SELECT * FROM {base}.{table}"
    described = database.execute(f"DESCRIBE {base}.{table}").fetchall()
    dates = {f.name for f in package[table].fields if f.partial_date}
    columns = ", ".join(_moved(row[0], row[1], dates, REPEATED[table]) for row in described)
    mine = _mine(base, table)
    return (
        f"SELECT {columns} FROM {base}.{table}, range({copies}) AS copies(copy) "
        f"WHERE copy = 0 OR {mine}"
    )


@contextmanager
def _database(path: Path, scratch: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(path)) as database:
        database.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        database.execute(f"SET temp_directory = '{scratch}'")
        database.execute("SET preserve_insertion_order = false")
        yield database


def _copies(database: duckdb.DuckDBPyConnection, base: str, pilots: int) -> int:
    """How often the companies must stand in the data, the original included."""
    (known, mine) = database.execute(
        f"SELECT count(*), count(*) FILTER ({_mine(base, 'pilots')}) FROM {base}.pilots"
    ).fetchone() or (0, 1)
    return 1 + max(-(-(pilots - int(known)) // int(mine)), 0)


def generate_snapshot(real: Path, target: Path, pilots: int) -> Size:
    """Write a snapshot file with at least ``pilots`` pilots from the ``real`` one."""
    package = read_package(Path(__file__).resolve().parent.parent / "data")
    with _database(target, target.parent) as database:
        database.execute(f"ATTACH '{real}' AS real (READ_ONLY)")
        copies, rows, counted = _copies(database, "real.main", pilots), 0, 0
        for table in package.resources:
            chosen = _selected(database, "real.main", table, package, copies)
            database.execute(f"CREATE TABLE {table} AS {chosen}")
            (count,) = database.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)
            rows += count
            counted = count if table == "pilots" else counted
    return Size(counted, rows)


def generate_package(real: Path, target: Path, pilots: int) -> Size:
    """Write a data package (CSV files, sorted by key) with at least ``pilots`` pilots."""
    package = read_package(real)
    shutil.copytree(real, target)
    with _database(target.with_suffix(".duckdb"), target.parent) as database:
        database.execute("CREATE SCHEMA plain")
        for table, resource in package.resources.items():
            database.execute(
                f"CREATE TABLE plain.{table} AS SELECT * FROM read_csv('{real / resource.path}', "
                "all_varchar = true, header = true, nullstr = '~none~')"
            )
        copies, rows, counted = _copies(database, "plain", pilots), 0, 0
        for table, resource in package.resources.items():
            if table in REPEATED:
                chosen = _selected(database, "plain", table, package, copies)
                order = ", ".join(resource.primary_key)
                database.execute(
                    f"COPY (SELECT * FROM ({chosen}) ORDER BY {order}) "
                    f"TO '{target / resource.path}' (HEADER, DELIMITER ',')"
                )
            (count,) = database.execute(
                f"SELECT count(*) FROM ({_selected(database, 'plain', table, package, copies)})"
            ).fetchone() or (0,)
            rows += count
            counted = count if table == "pilots" else counted
    return Size(counted, rows)
