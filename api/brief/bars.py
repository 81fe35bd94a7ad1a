"""The bar charts of a brief."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analytics.funnel import Series, published_funnel, published_series
from analytics.result import Result
from analytics.sentences import scope_word
from api.brief.model import Bar, Bars
from loaders.engine import Runner
from loaders.i18n import Words

_ORIGIN = "#8A94A0"
#: Colour of each stage, the same as on the pages.
Colors = Mapping[str, str]


def stage_bars(funnel: Result, t: Words, colors: Colors) -> Bars:
    """Pilots that reached each stage or a later one."""
    frame = funnel.frame
    bars = tuple(
        Bar(
            row[f"name_{t.lang}"],
            f"{t.number(row['reached'])} ({t.percent(row['share'])})",
            float(row["share"]),
            colors.get(row["stage"], _ORIGIN),
        )
        for _, row in frame.iterrows()
    )
    title = t("Pilots that reached each stage or a later one (n = {n})", n=t.number(funnel.total))
    note = t("A pilot without a later milestone is not known to have gone on; it has not failed.")
    return Bars(title, note, bars if funnel.total else ())


def published_counts(run: Runner, program_id: str, t: Words) -> tuple[Result, str] | None:
    """The published series of the programme with the most stages, and what it counts."""
    frame = published_series(run).frame
    mine = frame[frame["program_id"] == program_id]
    if mine.empty:
        return None
    series = mine.iloc[0]
    counted = scope_word(series["scope"], series["side"], t)
    return published_funnel(run, Series(program_id, str(series["series"]))), counted


def published_bars(funnel: Result, counted: str, t: Words, colors: Colors) -> Bars:
    """Counts of one published series; a stage without one is a gap."""
    most = funnel.frame["count"].max()
    bars = tuple(
        Bar(row[f"name_{t.lang}"], "", 0.0, _ORIGIN, gap=t("not published"))
        if pd.isna(row["count"])
        else Bar(
            row[f"name_{t.lang}"],
            t.number(row["count"]),
            float(row["count"] / most) if most else 0.0,
            colors.get(row["stage"], _ORIGIN),
        )
        for _, row in funnel.frame.iterrows()
    )
    years = t.years(funnel.first_year, funnel.last_year)
    title = t("Published by the programme, {years} ({counted})", years=years, counted=counted)
    return Bars(title, t("One series; a stage without a count is a gap, not zero."), bars)
