"""What the data holds, table by table, and finding rows in it."""

from __future__ import annotations

import unicodedata

import pandas as pd

from analytics.cited import NO_FACTS
from analytics.names import all_rows
from analytics.result import Result, keys
from loaders.engine import Runner
from loaders.package import package


def tables_overview(run: Runner) -> Result:
    """One row for each table: ``table``, ``rows``, ``dated`` and ``has_dates``, ``pages``.

    ``dated`` counts rows with a known date or year in the table's own date columns;
    ``pages`` is the number of different source pages.
    """
    records = []
    for name, resource in package().resources.items():
        frame = all_rows(run, name)
        dates = [
            f.name for f in resource.fields if f.partial_date or f.name in ("year", "period_start")
        ]
        records.append(
            {
                "table": name,
                "rows": len(frame),
                "has_dates": bool(dates),
                "dated": int(frame[dates].notna().any(axis=1).sum()) if dates else 0,
                "pages": frame["source_id"].nunique() if "source_id" in frame else 0,
            }
        )
    frame = pd.DataFrame(records)
    pages = all_rows(run, "sources")
    return Result(
        frame,
        {"sources": keys(pages["source_id"])},
        covered=len(frame),
        total=len(frame),
        unit="tables",
    )


def sourced_facts(overview: pd.DataFrame) -> int:
    """Number of rows that carry a source, from the frame of `tables_overview`.

    Vocabularies, regions, the list of pages, the links to further pages and the re-checks
    are no facts of their own.
    """
    no_facts = overview["table"].isin(NO_FACTS)
    facts = overview[(overview["pages"] > 0) & ~no_facts]
    return int(facts["rows"].sum())


def folded(text: str) -> str:
    """Text for comparing: composed, without case and spaces."""
    return "".join(unicodedata.normalize("NFC", text).casefold().split())


def find_rows(run: Runner, table: str, query: str) -> Result:
    """Rows of ``table`` whose text contains ``query`` in any column, spaces ignored."""
    frame = all_rows(run, table)
    total = len(frame)
    if query:
        needle = folded(query)
        texts = frame.select_dtypes(exclude=["number", "datetime", "bool"]).fillna("").astype(str)
        cells = texts.map(folded).itertuples(index=False, name=None)
        # a line break stands in no folded text, so nothing is found across two cells
        matches = pd.Series([needle in "\n".join(row) for row in cells], frame.index, dtype=bool)
        frame = frame[matches].reset_index(drop=True)
    key = package()[table].primary_key[0]
    return Result(frame, {table: keys(frame[key])}, covered=len(frame), total=total, unit="rows")
