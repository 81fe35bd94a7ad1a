"""Step curves with bands, and dated counts as points joined by thin lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from charts.base import figure
from charts.text import for_plotly
from charts.tokens import NEUTRAL

#: Years written below an axis.
MOST_YEARS = 4
HEIGHT = 380
#: Events nearer than this share of a year have one mark between them.
NEAR_EVENTS = 0.15


@dataclass(frozen=True, slots=True)
class StepCurve:
    """One curve: ``frame`` has ``months``, ``share``, ``low``, ``high`` (band may be missing)."""

    label: str
    color: str
    frame: pd.DataFrame
    dash: str = "solid"


def _band(color: str) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.16)"


def step_curves(curves: Sequence[StepCurve], *, x_title: str, y_title: str) -> go.Figure:
    """Shares over months as right-continuous steps, labelled at their ends."""
    fig = figure(
        height=HEIGHT,
        xaxis={"title": {"text": for_plotly(x_title)}, "rangemode": "tozero", "fixedrange": True},
        yaxis={"title": {"text": for_plotly(y_title)}, "range": [0, 1.02], "tickformat": ".0%",
               "fixedrange": True},
    )  # fmt: skip
    fig.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 8}, showlegend=len(curves) > 1,
                      legend={"orientation": "h", "y": 1.12})  # fmt: skip
    for curve in curves:
        band = curve.frame.dropna(subset=["low", "high"])
        if len(band):
            for column, fill in (("high", None), ("low", "tonexty")):
                fig.add_scatter(
                    x=band["months"].tolist(), y=band[column].tolist(), mode="lines",
                    line={"width": 0, "shape": "hv", "color": curve.color}, fill=fill,
                    fillcolor=_band(curve.color), hoverinfo="skip", showlegend=False,
                )  # fmt: skip
        fig.add_scatter(
            x=curve.frame["months"].tolist(), y=curve.frame["share"].tolist(), mode="lines",
            name=for_plotly(curve.label),
            line={"color": curve.color, "width": 2.4, "shape": "hv", "dash": curve.dash},
            customdata=[for_plotly(curve.label)] * len(curve.frame),
            hovertemplate="%{customdata}: %{x:.0f} → %{y:.0%}<extra></extra>",
        )  # fmt: skip
    return fig


def _told_apart(events: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Marks that would lie over each other become one, at the first of them."""
    found: list[tuple[float, str]] = []
    for at, mark in sorted(events):
        if found and at - found[-1][0] < NEAR_EVENTS:
            found[-1] = (found[-1][0], f"{found[-1][1]}·{mark}")
        else:
            found.append((at, mark))
    return found


def year_points(
    frame: pd.DataFrame,
    labels: Mapping[str, str],
    colors: Mapping[str, str],
    *,
    y_title: str,
    events: Sequence[tuple[float, str]] = (),
) -> go.Figure:
    """Counts by year, one line a series; a missing year breaks the line.

    Args:
        frame: ``series`` (code), ``year``, ``count``.
        labels: words of the series, written at their last point.
        colors: colour of each series.
        y_title: what is counted.
        events: place on the axis and mark of each event, drawn as a dotted line; what the
            marks mean is said beside the chart.
    """
    span = int(frame["year"].max() - frame["year"].min())
    step = 1 + span // MOST_YEARS  # a phone has room for few of them
    fig = figure(
        height=HEIGHT - 60,
        xaxis={"dtick": step, "tickformat": "d", "fixedrange": True},
        yaxis={"title": {"text": for_plotly(y_title)}, "rangemode": "tozero", "fixedrange": True},
    )
    for code, rows in frame.groupby("series", sort=False):
        years = range(int(rows["year"].min()), int(rows["year"].max()) + 1)
        counts = rows.set_index("year")["count"].reindex(years)
        values = [None if pd.isna(v) else float(v) for v in counts]
        fig.add_scatter(
            x=list(years), y=values, mode="lines+markers+text", connectgaps=False,
            line={"color": colors.get(str(code), NEUTRAL), "width": 2}, marker={"size": 8},
            text=[*[""] * (len(values) - 1), for_plotly(labels[str(code)])],
            textposition="top left", cliponaxis=False,
            customdata=[for_plotly(labels[str(code)])] * len(values),
            hovertemplate="%{customdata}, %{x}: %{y:,.0f}<extra></extra>",
        )  # fmt: skip
    for at, _ in events:
        fig.add_vline(x=at, line={"color": NEUTRAL, "width": 1, "dash": "dot"})
    for place, marks in _told_apart(events):
        fig.add_annotation(
            x=place, y=1, yref="paper", yanchor="bottom", text=for_plotly(marks),
            showarrow=False, font={"size": 12},
        )  # fmt: skip
    if events:
        fig.update_layout(margin={"t": 28})
    return fig
