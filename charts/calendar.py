"""Application windows on one year's axis: when in the year a programme can be entered."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from charts.base import figure
from charts.text import for_plotly, shorten
from charts.tokens import ACCENT, NEUTRAL, OKABE_ITO

ROW_HEIGHT = 38
BAR_HEIGHT = 0.34
LABEL_WIDTH = 44
#: A window of one day would not be seen.
SHORTEST_BAR = 3
DAYS = 366
#: Bars of several years overlap and add up to a darker tone.
OPACITY = 0.6
CURRENT = OKABE_ITO[1]
_MONTH_STARTS = (1, 32, 61, 92, 122, 153, 183, 214, 245, 275, 306, 336)


def _clear(color: str) -> str:
    """The colour with `OPACITY`."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{OPACITY})"


def _bars(frame: pd.DataFrame, color: str) -> go.Bar:
    width = (frame["end"] - frame["start"] + 1).clip(lower=SHORTEST_BAR)
    return go.Bar(
        orientation="h",
        y=[int(y) for y in frame["row"]],
        x=[int(w) for w in width],
        base=[int(s) - 0.5 for s in frame["start"]],
        width=BAR_HEIGHT,
        # the outline keeps bars visible on the dark page
        marker={"color": _clear(color), "line": {"color": NEUTRAL, "width": 0.8}},
        customdata=[for_plotly(h) for h in frame["hover"]],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _marks(frame: pd.DataFrame, color: str) -> go.Scatter:
    symbols = {"deadline": "triangle-left", "opening": "triangle-right"}
    return go.Scatter(
        mode="markers",
        y=[int(y) for y in frame["row"]],
        x=[int(s) for s in frame["start"]],
        marker={
            "symbol": [symbols[k] for k in frame["kind"]],
            "size": 11,
            "color": color,
            "line": {"color": NEUTRAL, "width": 0.8},
        },
        customdata=[for_plotly(h) for h in frame["hover"]],
        hovertemplate="%{customdata}<extra></extra>",
    )


def year_calendar(
    frame: pd.DataFrame, *, months: Sequence[str], today: int, today_text: str
) -> go.Figure:
    """One row for each programme, one bar for each window, the years laid over one another.

    Args:
        frame: ``label`` (programme; rows in the order of first appearance), ``start``
            and ``end`` (day of a leap year, 1–366; a window over the new year comes as
            two lines), ``kind`` (``window``; ``deadline`` or ``opening`` where the other
            date is not known: a triangle), ``current`` (running or coming), ``hover``.
        months: twelve words.
        today: day of a leap year.
        today_text: word at today's line.
    """
    labels = list(dict.fromkeys(frame["label"]))
    placed = frame.assign(row=frame["label"].map(labels.index))
    fig = figure(
        height=ROW_HEIGHT * max(len(labels), 1) + 70,
        barmode="overlay",
        yaxis={
            "range": [len(labels) - 0.4, -0.9],
            "showticklabels": False,
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
        xaxis={
            "range": [0, DAYS + 1],
            "tickvals": [start + 15 for start in _MONTH_STARTS],
            "ticktext": [for_plotly(m) for m in months],
            "showgrid": False,
            "minor": {
                "tickvals": list(_MONTH_STARTS),
                "showgrid": True,
                "gridcolor": "rgba(138,148,160,0.28)",
            },
            "tickangle": 0,
            "side": "top",
            "fixedrange": True,
            "zeroline": False,
        },
    )
    for current, color in ((False, ACCENT), (True, CURRENT)):
        mine = placed[placed["current"].astype(bool) == current]
        spans, ends = mine[mine["kind"] == "window"], mine[mine["kind"] != "window"]
        if len(spans):
            fig.add_trace(_bars(spans, color))
        if len(ends):
            fig.add_trace(_marks(ends, color))
    # names stand over their row, not beside it: on a phone the axis keeps its width
    for row, label in enumerate(labels):
        fig.add_annotation(
            x=0,
            y=row - 0.44,
            text=for_plotly(shorten(str(label), LABEL_WIDTH)),
            showarrow=False,
            xanchor="left",
            yanchor="middle",
            align="left",
            font={"size": 12.5},
        )
    fig.add_vline(x=today, line={"color": NEUTRAL, "width": 1.5, "dash": "dot"})
    fig.add_annotation(
        x=today,
        y=len(labels) - 0.5,
        text=for_plotly(today_text),
        showarrow=False,
        xanchor="right" if today > DAYS / 2 else "left",
        xshift=-4 if today > DAYS / 2 else 4,
        font={"size": 12},
    )
    return fig
