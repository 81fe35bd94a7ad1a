"""Published counts of one programme over its editions."""

from __future__ import annotations

import pandas as pd

from analytics.result import Result, keys
from analytics.stages import ladder_frame
from loaders.datasets.cohorts import cohorts
from loaders.datasets.programs import programs
from loaders.engine import Runner

_LINE = ["program_id", "stage", "scope", "side"]


def _single_year_counts(run: Runner) -> pd.DataFrame:
    """Primary counts on the ladder that stand for one year, with ``year`` and ``rank``."""
    table = cohorts()
    frame = run(
        table.filter(
            (table.unit == "count")
            & table.is_primary
            & ~table.is_cumulative
            & (table.period_start == table.period_end)
        )
    )
    frame = frame.merge(ladder_frame(run)[["stage", "rank"]], on="stage")
    return frame.assign(year=frame["period_start"].astype(int))


def programs_with_trend(run: Runner) -> pd.DataFrame:
    """Programmes that publish one stage for two or more years.

    Columns: ``program_id``, names, ``years`` (most years of any of its lines); most first.
    """
    counts = _single_year_counts(run)
    years = counts.groupby(_LINE)["year"].nunique().reset_index()
    longest = years[years["year"] > 1].groupby("program_id")["year"].max().rename("years")
    table = programs()
    names = run(table.select("program_id", "name_ko", "name_en"))
    frame = names.merge(longest.reset_index(), on="program_id")
    return frame.sort_values(["years", "program_id"], ascending=[False, True]).reset_index(
        drop=True
    )


def edition_trend(run: Runner, program_id: str) -> Result:
    """Counts of single-year editions, one line for each stage, scope and side.

    Frame: ``series`` (stage.scope.side), ``stage``, ``scope``, ``side``, ``year``,
    ``count``; lines of one year only are kept, so that nothing published is hidden.
    A year with several primary rows of one line (calls within a year) is summed.
    """
    counts = _single_year_counts(run)
    mine = counts[counts["program_id"] == program_id]
    grouped = mine.groupby(["rank", "stage", "scope", "side", "year"])["count"].sum().reset_index()
    grouped["series"] = grouped["stage"] + "." + grouped["scope"] + "." + grouped["side"]
    frame = grouped.sort_values(["rank", "series", "year"])
    columns = ["series", "stage", "scope", "side", "year", "count"]
    years = frame["year"]
    return Result(
        frame[columns].reset_index(drop=True),
        {"cohorts": keys(mine["cohort_id"])},
        covered=years.nunique(),
        total=int(years.max() - years.min() + 1) if len(years) else 0,
        unit="years",
        first_year=int(years.min()) if len(years) else None,
        last_year=int(years.max()) if len(years) else None,
    )
