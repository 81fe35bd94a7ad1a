"""PoC to market: what programmes publish, side by side and over their editions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.ecosystem import nationwide_events
from analytics.funnel import Series, published_funnel, published_series
from analytics.result import Result
from analytics.sentences import scope_word
from analytics.trend import edition_trend, programs_with_trend
from charts.curves import year_points
from charts.tokens import NEUTRAL, STAGES
from ui import findings, layout, pictures, state
from ui.data import ask, shared
from ui.i18n import Words
from ui.words import vocabulary

MOST_SERIES = 4
JOINT = "~"


def _code(row: pd.Series) -> str:
    return f"{row['program_id']}{JOINT}{row['series']}"


def _series_label(row: pd.Series, t: Words) -> str:
    period = t("year not stated") if pd.isna(row["edition_year"]) else str(row["edition_year"])
    kind = t("cumulative") if row["is_cumulative"] else t("single edition")
    counted = scope_word(row["scope"], row["side"], t)
    stages = t.plural("{n} stage", "{n} stages", int(row["stages"]))
    return f"{t.name(row)} · {period} · {kind} · {counted} · {stages}"


def _one(row: pd.Series, t: Words) -> None:
    program, code = str(row["program_id"]), str(row["series"])
    result = ask(published_funnel, Series(program, code))
    layout.figure(
        f"published-{program}-{code}",
        findings.published_finding(t.name(row), result, t),
        result,
        lambda: pictures.published_chart(result, row["scope"], row["side"], t),
        pictures.published_table(result, t),
        t,
        note=t("Cumulative over the period") if row["is_cumulative"] else t("Single edition"),
    )


def _trend_table(result: Result, labels: dict[str, str], t: Words) -> pd.DataFrame:
    frame = result.frame
    return pd.DataFrame(
        {
            t("Series"): frame["series"].map(labels),
            t("Year"): frame["year"],
            t("Published count"): frame["count"],
        }
    )


def _trend(t: Words) -> None:
    programs = ask(programs_with_trend)
    names = {r["program_id"]: t.name(r) for _, r in programs.iterrows()}
    most = programs.set_index("program_id")["years"]
    code = state.choose_one(
        "trend",
        t("Programme"),
        list(names),
        lambda c: f"{names[c]} · " + t.plural("{n} year", "{n} years", int(most[c])),
        next(iter(names)),
    )
    result = ask(edition_trend, code)
    stages = vocabulary(t, "stages")
    lines = result.frame.drop_duplicates("series")
    labels = {
        r["series"]: f"{stages[r['stage']]} ({scope_word(r['scope'], r['side'], t)})"
        for _, r in lines.iterrows()
    }
    colors = {r["series"]: STAGES.get(r["stage"], NEUTRAL) for _, r in lines.iterrows()}
    first, last = int(result.frame["year"].min()), int(result.frame["year"].max())
    beside = ask(nationwide_events, first, last)
    marks = [
        (float(at), str(n))
        for at, n in zip(beside.frame["at"], beside.frame["number"], strict=True)
    ]
    layout.figure(
        "trend",
        t(
            "{program}: published counts of {n} lines over {years}",
            program=names[code],
            n=t.number(len(lines)),
            years=t.years(result.first_year, result.last_year),
        ),
        result,
        lambda: shared(
            "trend",
            lambda: year_points(
                result.frame, labels, colors, y_title=t("Published count"), events=marks
            ),
            code,
            t.lang,
        ),
        _trend_table(result, labels, t),
        t,
        note=t("Single editions only; cumulative counts are never put on this line"),
    )
    if len(beside.frame):
        layout.table(
            "trend-events",
            t("The numbered lines: events of these years that concerned the whole country"),
            beside,
            pd.DataFrame(
                {
                    t("Line"): beside.frame["number"],
                    t("Date"): [t.date(d) for d in beside.frame["date"]],
                    t("Event"): [t.text(row, "title") for _, row in beside.frame.iterrows()],
                }
            ),
            t,
        )


def show(t: Words) -> None:
    """Up to four published funnels side by side, then the editions of one programme."""
    published = ask(published_series)
    st.header(t("What programmes publish"), anchor=False)
    st.markdown(
        t(
            "Of {total} published series, {several} give more than one stage; most of these stop "
            "at “selected”. A funnel is drawn only from counts of one programme, one period, one "
            "unit and one side. A stage without a published count is a gap, not zero.",
            total=t.number(published.total),
            several=t.number(published.covered),
        )
    )
    rows = {_code(row): row for _, row in published.frame.iterrows()}
    first = next(iter(rows))
    picked = state.choose_many(
        "series",
        t("Published series, those with most stages first (up to four)"),
        list(rows),
        lambda code: _series_label(rows[code], t),
        placeholder=_series_label(rows[first], t),
        most=MOST_SERIES,
    )
    columns = st.columns(2, gap="large") if len(picked) > 1 else [st.container()]
    for place, code in enumerate(picked or (first,)):
        with columns[place % len(columns)]:
            _one(rows[code], t)
    st.header(t("Editions of one programme"), anchor=False)
    _trend(t)
