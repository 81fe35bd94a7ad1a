"""Forest plot: one share with its interval a row, the pooled share as a diamond below."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from charts.base import figure
from charts.text import distinct, for_plotly, shorten
from charts.tokens import ACCENT, NEUTRAL

ROW_HEIGHT = 30
LABEL_WIDTH = 34


@dataclass(frozen=True, slots=True)
class Summary:
    """A pooled share: its interval, and the wider one for one further row."""

    label: str
    share: float
    low: float
    high: float
    next_low: float
    next_high: float


def forest(frame: pd.DataFrame, summary: Summary | None, *, axis_title: str) -> go.Figure:
    """Shares with intervals.

    Args:
        frame: ``label``, ``share``, ``low``, ``high`` (0 to 1), ``n`` (size of the
            dot), ``text`` (at the right), ``hover``; drawn top to bottom.
        summary: the pooled share; drawn below the rows, or not at all.
        axis_title: what the share is of.
    """
    labels = distinct([for_plotly(shorten(str(x), LABEL_WIDTH)) for x in frame["label"]])
    rows = [*labels, *([for_plotly(summary.label)] if summary else [])]
    fig = figure(
        height=ROW_HEIGHT * len(rows) + 90,
        yaxis={"autorange": "reversed", "automargin": True, "fixedrange": True,
               "categoryorder": "array", "categoryarray": rows, "showgrid": False},
        xaxis={"range": [0, 1.02], "tickformat": ".0%", "fixedrange": True,
               "title": {"text": for_plotly(axis_title)}},
    )  # fmt: skip
    biggest = max(float(frame["n"].max()), 1.0) if len(frame) else 1.0
    fig.add_scatter(
        x=frame["share"].tolist(),
        y=labels,
        mode="markers",
        marker={
            "color": ACCENT,
            "symbol": "square",
            "size": [6 + 10 * (float(n) / biggest) ** 0.5 for n in frame["n"]],
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": (frame["high"] - frame["share"]).tolist(),
            "arrayminus": (frame["share"] - frame["low"]).tolist(),
            "color": NEUTRAL,
            "thickness": 1.6,
            "width": 3,
        },
        customdata=[for_plotly(h) for h in frame["hover"]],
        hovertemplate="%{customdata}<extra></extra>",
    )
    if summary:
        row = rows[-1]
        fig.add_scatter(
            x=[summary.next_low, summary.next_high], y=[row, row], mode="lines",
            line={"color": NEUTRAL, "width": 2, "dash": "dot"}, hoverinfo="skip",
        )  # fmt: skip
        fig.add_scatter(
            x=[summary.low, summary.high], y=[row, row], mode="lines",
            line={"color": ACCENT, "width": 5}, hoverinfo="skip",
        )  # fmt: skip
        fig.add_scatter(
            x=[summary.share], y=[row], mode="markers",
            marker={"symbol": "diamond", "size": 15, "color": ACCENT,
                    "line": {"color": NEUTRAL, "width": 1}},
            customdata=[for_plotly(summary.label)],
            hovertemplate="%{customdata}: %{x:.0%}<extra></extra>",
        )  # fmt: skip
    return fig
