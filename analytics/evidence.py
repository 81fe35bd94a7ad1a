"""From the rows behind a figure to the pages that carry them."""

from __future__ import annotations

import pandas as pd

from analytics.result import Rows
from loaders.datasets.sources import sources
from loaders.engine import Runner
from loaders.package import package
from loaders.schema import unbound


def rows_behind(run: Runner, table: str, ids: tuple[str, ...]) -> pd.DataFrame:
    """The rows of ``table`` with these primary keys, all columns, by key."""
    key = package()[table].primary_key[0]
    rows = unbound(table)
    return run(rows.filter(rows[key].isin(ids)).order_by(key))


def _source_ids(run: Runner, rows: Rows) -> tuple[str, ...]:
    found: set[str] = set()
    for table, ids in rows.items():
        if "source_id" in package()[table].columns:
            found |= set(rows_behind(run, table, ids)["source_id"].dropna())
    if "pilots" in rows:  # a pilot's stage rests on the pages of its milestones
        steps = unbound("milestones")
        behind = run(steps.filter(steps.pilot_id.isin(rows["pilots"])).select("source_id"))
        found |= set(behind["source_id"].dropna())
    return tuple(sorted(found))


def pages_behind(run: Runner, rows: tuple[tuple[str, tuple[str, ...]], ...]) -> pd.DataFrame:
    """Pages that carry the rows, newest first: the columns of ``sources``.

    Args:
        rows: items of `Result.rows` (a tuple, so that the call can be cached).
    """
    table = sources()
    frame = run(table.filter(table.source_id.isin(_source_ids(run, dict(rows)))))
    return frame.sort_values(
        ["published_latest", "source_id"], ascending=[False, True], na_position="last"
    ).reset_index(drop=True)
