"""Horizontal bars for amounts and counts by category, one measure at a time."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from charts.base import figure
from charts.text import distinct, for_plotly, shorten
from charts.tokens import ACCENT, NEUTRAL

ROW_HEIGHT = 34
LABEL_WIDTH = 30


def category_bars(frame: pd.DataFrame, *, axis_title: str, color: str = ACCENT) -> go.Figure:
    """One bar for each row, in the order given (top first).

    Args:
        frame: ``label``, ``value``, ``text`` (at the bar's end), ``hover``; a missing
            value is drawn as its text alone.
        axis_title: measure and unit.
        color: colour of all bars.
    """
    labels = distinct([for_plotly(shorten(str(label), LABEL_WIDTH)) for label in frame["label"]])
    fig = figure(
        height=ROW_HEIGHT * max(len(frame), 1) + 70,
        bargap=0.35,
        yaxis={
            "autorange": "reversed",
            "automargin": True,
            "fixedrange": True,
            "categoryorder": "array",
            "categoryarray": labels,
            "ticklabelstandoff": 6,
        },
        xaxis={
            "title": {"text": for_plotly(axis_title)},
            "rangemode": "tozero",
            "fixedrange": True,
            "showticklabels": False,
            "zeroline": True,
        },
    )
    values = [None if pd.isna(v) else float(v) for v in frame["value"]]
    fig.add_bar(
        orientation="h",
        y=labels,
        x=values,
        marker={"color": color, "line": {"color": NEUTRAL, "width": 0.6}},
        text=[for_plotly(x) for x in frame["text"]],
        textposition="auto",
        textangle=0,
        constraintext="none",
        insidetextanchor="end",
        cliponaxis=False,
        customdata=[for_plotly(h) for h in frame["hover"]],
        hovertemplate="%{customdata}<extra></extra>",
    )
    for label, value, text in zip(labels, values, frame["text"], strict=True):
        if value is None:
            fig.add_annotation(
                x=0,
                y=label,
                text=for_plotly(text),
                showarrow=False,
                xanchor="left",
                xshift=6,
                font={"size": 12.5},
            )
    return fig
