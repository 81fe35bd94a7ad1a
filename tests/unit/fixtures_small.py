"""Small hand-written snapshots, and the committed tables as plain text.

`small_run` lets a test state every row that a number rests on. `committed` reads
a table with nothing but pandas, so that a number over the real data can be
counted a second time without the code under test.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from loaders.dates import BOUND_SUFFIXES, bound_day
from loaders.engine import Runner
from loaders.package import package
from loaders.schema import ibis_schema

Row = Mapping[str, object]
SmallTables = Mapping[str, Sequence[Row]]

DATA = Path(__file__).parents[2] / "data"

#: The ladder, written out a second time so that a slip in the data shows.
LADDER = (
    "applied",
    "meetup",
    "finalist",
    "selected",
    "poc",
    "poc-completed",
    "field-demo",
    "adopted",
    "contract",
    "commercialised",
    "exported",
)
ENDED = "ended-without-adoption"
STAGES: tuple[Row, ...] = (
    *(
        {"stage": s, "kind": "ladder", "rank": n, "name_en": s.title(), "name_ko": f"{s} 단계"}
        for n, s in enumerate(LADDER, start=1)
    ),
    {"stage": ENDED, "kind": "end", "name_en": "Ended", "name_ko": "종료"},
    {"stage": "invested", "kind": "outcome", "name_en": "Invested", "name_ko": "투자"},
)
REGIONS: tuple[Row, ...] = (
    {"sido": "KR-11", "short_en": "Seoul", "short_ko": "서울"},
    {"sido": "KR-26", "short_en": "Busan", "short_ko": "부산"},
    {"sido": "KR-44", "short_en": "Chungnam", "short_ko": "충남"},
)
DEFAULTS: SmallTables = {"stages": STAGES, "regions": REGIONS}

_DATABASE = duckdb.connect()  # opening one takes longer than most queries


def _typed(name: str, rows: Iterable[Row]) -> pa.Table:
    """The rows as an Arrow table with the snapshot's types; a cell left out is unknown."""
    resource = package()[name]
    filled = []
    for row in rows:
        unknown = set(row) - set(resource.columns)
        if unknown:
            raise KeyError(f"{name} has no column {sorted(unknown)}")
        bounds: dict[str, object] = {}
        for field in resource.fields:
            if field.partial_date:
                text = row.get(field.name)
                for suffix in BOUND_SUFFIXES:
                    day = bound_day(None if text is None else str(text), suffix)
                    bounds[f"{field.name}_{suffix}"] = day
        filled.append({**row, **bounds})
    return pa.Table.from_pylist(filled, schema=ibis_schema(resource).to_pyarrow())


def small_run(tables: SmallTables) -> Runner:
    """An engine over hand-written rows.

    Args:
        tables: rows by table name. Columns left out are unknown; tables left out
            are empty, except ``stages`` (the whole ladder) and ``regions`` (three).
    """
    connection = _DATABASE.cursor()  # registered tables belong to this connection alone
    for name in package().resources:
        rows = tables.get(name, DEFAULTS.get(name, ()))
        connection.register(name, _typed(name, rows))
    backend = ibis.duckdb.from_connection(connection)

    def run(expr: ir.Table) -> pd.DataFrame:
        frame: pd.DataFrame = backend.execute(expr)
        return frame

    return run


def committed(name: str) -> pd.DataFrame:
    """A committed table, every cell as text, unknown cells empty."""
    return pd.read_csv(DATA / f"{name}.csv", dtype=str, keep_default_na=False)


def first_day(text: str) -> pd.Timestamp:
    """First day that a partial date may mean."""
    return pd.Period(text).start_time.normalize()


def last_day(text: str) -> pd.Timestamp:
    """Last day that a partial date may mean."""
    return pd.Period(text).end_time.normalize()
