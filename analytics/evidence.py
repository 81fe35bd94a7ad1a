"""From the rows behind a figure to the pages that carry them."""

from __future__ import annotations

import ibis
import pandas as pd

from analytics.result import Rows, keys
from loaders.datasets.fact_sources import fact_sources
from loaders.datasets.sources import sources
from loaders.engine import Runner
from loaders.package import package
from loaders.schema import unbound


def rows_behind(run: Runner, table: str, ids: tuple[str, ...]) -> pd.DataFrame:
    """The rows of ``table`` with these primary keys, all columns, by key."""
    key = package()[table].primary_key[0]
    rows = unbound(table)
    return run(rows.filter(rows[key].isin(ids)).order_by(key))


def _facts_behind(run: Runner, rows: Rows) -> Rows:
    """The rows, with the milestones of their pilots: a pilot's stage rests on those."""
    if "pilots" not in rows:
        return rows
    steps = unbound("milestones")
    behind = run(steps.filter(steps.pilot_id.isin(rows["pilots"])).select("milestone_id"))
    own = rows.get("milestones", ())
    return {**rows, "milestones": keys([*own, *behind["milestone_id"]])}


def _links(run: Runner, facts: Rows) -> pd.DataFrame:
    """Rows of ``fact_sources`` that point to one of ``facts``, as they are stored."""
    table = fact_sources()
    chosen = [
        (table["table"] == name) & table["key"].isin(ids) for name, ids in facts.items() if ids
    ]
    return run(table.filter(ibis.or_(*chosen)) if chosen else table.limit(0))


def further_sources(run: Runner, rows: tuple[tuple[str, tuple[str, ...]], ...]) -> pd.DataFrame:
    """Further pages of the facts behind a figure, and whether they say the same.

    A pilot brings the further pages of its milestones along.

    Args:
        rows: items of `Result.rows` (a tuple, so that the call can be cached).

    Columns, one row for each page of a fact, by table, key and column: ``fact_source_id``,
    ``table``, ``key``, ``column`` (unknown: the row as a whole), ``agrees``,
    ``value_stated`` (what the page says when it does not agree), ``note_en``, ``note_ko``,
    and those of ``sources``.
    """
    links = _links(run, _facts_behind(run, dict(rows)))
    table = sources()
    pages = run(table.filter(table.source_id.isin(keys(links["source_id"]))))
    order = ["table", "key", "column", "fact_source_id"]
    found = links.merge(pages, on="source_id", how="left")
    return found.sort_values(order, na_position="first").reset_index(drop=True)


def sources_by_fact(run: Runner, table: str, ids: tuple[str, ...]) -> pd.DataFrame:
    """How many further pages carry each of the rows of ``table``.

    Columns, one row for each of ``ids``, by key: ``key``, ``further`` (pages beside the
    row's own), ``agreeing`` and ``differing`` among them. A page that agrees on one value of
    the row and differs on another counts as differing.
    """
    links = _links(run, {table: ids}).astype({"agrees": bool})
    pages = links.groupby(["key", "source_id"])["agrees"].all()
    by_fact = pages.groupby("key")
    frame = pd.DataFrame({"further": by_fact.size(), "agreeing": by_fact.sum()})
    frame = frame.reindex(pd.Index(sorted(set(ids)), name="key"), fill_value=0).astype("int64")
    frame["differing"] = frame["further"] - frame["agreeing"]
    return frame.reset_index()


def _source_ids(run: Runner, rows: Rows) -> tuple[str, ...]:
    facts = _facts_behind(run, rows)
    found: set[str] = set(_links(run, facts)["source_id"])
    for table, ids in facts.items():
        if "source_id" in package()[table].columns:
            found |= set(rows_behind(run, table, ids)["source_id"].dropna())
    return tuple(sorted(found))


def pages_behind(run: Runner, rows: tuple[tuple[str, tuple[str, ...]], ...]) -> pd.DataFrame:
    """Pages that carry the rows, newest first: the columns of ``sources``.

    Further pages of a fact are among them, also those that say something else.

    Args:
        rows: items of `Result.rows` (a tuple, so that the call can be cached).
    """
    table = sources()
    frame = run(table.filter(table.source_id.isin(_source_ids(run, dict(rows)))))
    return frame.sort_values(
        ["published_latest", "source_id"], ascending=[False, True], na_position="last"
    ).reset_index(drop=True)
