"""Dated facts on horizontal lines: what is known to the day, within a time, or only by when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from unicodedata import east_asian_width

import pandas as pd
import plotly.graph_objects as go

from charts.base import figure
from charts.text import for_plotly, shorten
from charts.tokens import NEUTRAL

ROW_HEIGHT = 46
LABEL_CELLS = 48
_MS_PER_DAY = 86_400_000
#: A time shorter than this share of the axis would not be seen.
_MIN_SHARE = 0.006
_THICKNESS = {"interval": 0.07, "period": 0.24}
_SYMBOLS = {"bound": "triangle-left", "exact": "circle"}


def _label(text: str) -> str:
    """The words of a lane, cut where a phone's width ends; Hangul is twice as wide."""
    used = 0
    for place, character in enumerate(text):
        used += 1 + (east_asian_width(character) in "WF")
        if used > LABEL_CELLS:
            return for_plotly(shorten(text, place))
    return for_plotly(text)


def _axis(first: pd.Timestamp, last: pd.Timestamp) -> dict[str, Any]:
    """A time axis in years, or in months for a short story; the same in every language."""
    room = max((last - first) * 0.04, pd.Timedelta(days=45))
    years = (last - first).days / 365.25
    ticks: dict[str, Any] = {"tickformat": "%Y-%m", "nticks": 5}
    if years > 1.5:
        step = 12 * max(1, round(years / 8))
        ticks = {"tickformat": "%Y", "dtick": f"M{step}", "tick0": "2000-01-01"}
    return {
        "type": "date",
        "range": [(first - room).isoformat(), (last + room).isoformat()],
        "fixedrange": True,
        "showgrid": True,
        "automargin": True,
        **ticks,
    }


def _bars(fig: go.Figure, part: pd.DataFrame, mark: str, least: float) -> None:
    starts = pd.to_datetime(part["earliest"])
    days = (pd.to_datetime(part["latest"]) - starts).dt.days + 1
    fig.add_bar(
        orientation="h",
        y=[float(y) for y in part["y"]],
        base=[d.isoformat() for d in starts],
        x=[max(float(d), least) * _MS_PER_DAY for d in days],
        width=_THICKNESS[mark],
        marker={
            "color": list(part["color"]),
            "opacity": 0.55 if mark == "period" else 0.95,
            "line": {"color": NEUTRAL, "width": 0.6},
        },
        customdata=list(part["hover"]),
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )


def _points(fig: go.Figure, part: pd.DataFrame, symbol: str) -> None:
    fig.add_scatter(
        mode="markers",
        x=[d.isoformat() for d in pd.to_datetime(part["latest"])],
        y=[float(y) for y in part["y"]],
        marker={
            "symbol": symbol,
            "size": 13,
            "color": list(part["color"]),
            "line": {"color": NEUTRAL, "width": 1},
        },
        customdata=list(part["hover"]),
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )


def _key(fig: go.Figure, mark: str, name: str) -> None:
    """An entry of the key in no fact's colour: a mark says how well a date is known."""
    width = 30 * _THICKNESS.get(mark, 0)
    fig.add_scatter(
        mode="markers" if mark in _SYMBOLS else "lines",
        x=[None],
        y=[None],
        marker={"symbol": _SYMBOLS.get(mark, "circle"), "size": 11, "color": NEUTRAL},
        line={"color": NEUTRAL, "width": width + 1},
        name=name,
    )


def _line(y: int) -> dict[str, Any]:
    ends = {"xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y}
    return {"type": "line", "layer": "below", "line": {"color": NEUTRAL, "width": 0.5}, **ends}


def _name(y: int, text: str) -> dict[str, Any]:
    """The words of a lane, above its line: names are long and phones are narrow."""
    return {
        "xref": "paper",
        "x": 0,
        "y": y,
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 7,
        "showarrow": False,
        "text": _label(text),
        "font": {"size": 12.5},
    }


def timeline(facts: pd.DataFrame, lanes: Mapping[str, str], marks: Mapping[str, str]) -> go.Figure:
    """Facts on one line for each lane.

    Args:
        facts: ``lane`` (a key of ``lanes``), ``mark`` (exact, interval, bound or period),
            ``earliest`` and ``latest`` (days; a bound has only the latter), ``color``,
            ``hover``. Facts without a date do not belong here.
        lanes: words of the lanes, top first.
        marks: words of the marks, for the key.

    Raises:
        ValueError: a fact without a date.
    """
    if facts["latest"].isna().any():
        raise ValueError("a fact without a date cannot be drawn")
    height = {lane: place for place, lane in enumerate(lanes)}
    drawn = facts.assign(y=facts["lane"].map(height), hover=[for_plotly(x) for x in facts["hover"]])
    first = pd.concat([drawn["earliest"], drawn["latest"]]).min()
    last = drawn["latest"].max()
    least = max((last - first).days * _MIN_SHARE, 1.0)
    fig = figure(
        height=ROW_HEIGHT * max(len(lanes), 1) + 96,
        barmode="overlay",
        xaxis=_axis(first, last),
        yaxis={
            "range": [len(lanes) - 0.6, -0.75],
            "visible": False,
            "fixedrange": True,
        },
    )
    fig.update_layout(
        shapes=[_line(y) for y in range(len(lanes))],
        annotations=[_name(y, text) for y, text in enumerate(lanes.values())],
        showlegend=True,
        legend={
            "orientation": "h",
            "yanchor": "bottom",
            "y": 1.0,
            "x": 0,
            "itemclick": False,
            "itemdoubleclick": False,
            "font": {"size": 12},
        },
    )
    for mark in ("period", "interval", "bound", "exact"):
        part = drawn[drawn["mark"] == mark]
        if part.empty:
            continue
        if mark in _SYMBOLS:
            _points(fig, part, _SYMBOLS[mark])
        else:
            _bars(fig, part, mark, least)
        _key(fig, mark, for_plotly(marks[mark]))
    return fig
