"""The pages that carry the facts, filtered."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analytics.cited import facts_by_page
from analytics.coverage import folded
from analytics.names import all_rows
from analytics.result import Result, keys, year_span
from loaders.engine import Runner

UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class PageFilter:
    """Which pages: empty means all.

    Attributes:
        text: part of a publisher's name in either language, or of the address.
        language: codes of the page's language.
        year: years of publication as text, or `UNDATED`.
    """

    text: str = ""
    language: tuple[str, ...] = ()
    year: tuple[str, ...] = ()


def _years(frame: pd.DataFrame) -> pd.Series:
    return frame["published"].str[:4].fillna(UNDATED).astype("object")


def publication_years(run: Runner) -> tuple[str, ...]:
    """Years in which known pages were published, newest first; `UNDATED` last."""
    known = set(_years(all_rows(run, "sources")))
    return (*sorted(known - {UNDATED}, reverse=True), *({UNDATED} & known))


def source_pages(run: Runner, chosen: PageFilter) -> Result:
    """Pages that pass the filter, newest first; undated ones last.

    Frame: all columns of ``sources`` and ``facts`` (rows that the page carries).
    Coverage: pages that pass, of all.
    """
    pages = all_rows(run, "sources")
    kept = pd.Series(True, pages.index)
    if chosen.language:
        kept &= pages["language"].isin(chosen.language)
    if chosen.year:
        kept &= _years(pages).isin(chosen.year)
    if chosen.text:
        columns = pages[["publisher_en", "publisher_ko", "url"]].astype(str)
        words = columns.agg("\n".join, axis=1)
        kept &= words.map(lambda text: folded(chosen.text) in folded(text))
    frame = pages[kept].sort_values(
        ["published_latest", "source_id"], ascending=[False, True], na_position="last"
    )
    facts = facts_by_page(run)
    frame = frame.assign(facts=[facts.get(i, 0) for i in frame["source_id"]])
    first, last = year_span(frame["published_latest"])
    return Result(
        frame.reset_index(drop=True),
        {"sources": keys(frame["source_id"])},
        len(frame),
        len(pages),
        "pages",
        first,
        last,
    )
