"""Funnel as horizontal bars: lengths compare better than trapezoids do."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from charts.base import figure
from charts.text import for_plotly
from charts.tokens import NEUTRAL, STAGES

ROW_HEIGHT = 46


def stage_bars(frame: pd.DataFrame, *, axis_title: str, gap_text: str) -> go.Figure:
    """Bars from the first stage (top) to the last.

    Args:
        frame: in ladder order; ``stage`` (code), ``label``, ``value`` (missing: a
            gap is drawn and named), ``text`` (at the bar's end), ``hover``.
        axis_title: what the bars count.
        gap_text: said where a stage has no published count.
    """
    labels = [for_plotly(x) for x in frame["label"]]
    fig = figure(
        height=ROW_HEIGHT * max(len(frame), 1) + 60,
        bargap=0.32,
        yaxis={
            "autorange": "reversed",
            "title": None,
            "ticklabelstandoff": 8,
            "automargin": True,
            "categoryorder": "array",
            "categoryarray": labels,
            "fixedrange": True,
        },
        xaxis={
            "title": {"text": for_plotly(axis_title)},
            "rangemode": "tozero",
            "fixedrange": True,
            "zeroline": True,
            "automargin": True,
        },
    )
    known = frame["value"].notna()
    fig.add_bar(
        orientation="h",
        y=labels,
        x=[None if pd.isna(v) else float(v) for v in frame["value"]],
        # the outline keeps the dark end of the scale visible on the dark page
        marker={
            "color": [STAGES[s] for s in frame["stage"]],
            "line": {"color": NEUTRAL, "width": 0.8},
        },
        text=[for_plotly(t) for t in frame["text"]],
        # inside where it fits, so that the longest bar's label is not cut on a phone
        textposition="auto",
        insidetextanchor="end",
        textangle=0,
        constraintext="none",
        cliponaxis=False,
        customdata=[for_plotly(h) for h in frame["hover"]],
        hovertemplate="%{customdata}<extra></extra>",
    )
    largest = frame["value"].max() if known.any() else 1
    fig.update_xaxes(range=[0, float(largest) * 1.06 or 1])
    for label in [x for x, k in zip(labels, known, strict=True) if not k]:
        fig.add_annotation(
            x=0,
            y=label,
            text=for_plotly(gap_text),
            showarrow=False,
            xanchor="left",
            xshift=6,
            font={"size": 13},
        )
    return fig
