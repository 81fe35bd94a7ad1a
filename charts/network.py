"""Network of two kinds of nodes, and rounds on an axis relative to a milestone."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from charts.base import figure
from charts.text import distinct, for_plotly, shorten
from charts.tokens import ACCENT, NEUTRAL, OKABE_ITO

HEIGHT = 640
ROW_HEIGHT = 24
LABEL_WIDTH = 22


def two_kinds(
    nodes: pd.DataFrame, links: pd.DataFrame, names: Mapping[str, str], marked: str
) -> go.Figure:
    """Nodes at their places, joined by lines.

    Args:
        nodes: ``key``, ``kind`` (first = circles, second = squares, in order of
            ``names``), ``label``, ``hover``, ``x``, ``y``, ``links``, ``named`` (whether
            the label is written beside the node).
        links: ``left`` and ``right`` keys.
        names: words of the two kinds, for the legend.
        marked: key of a node to emphasise, or "".
    """
    fig = figure(
        height=HEIGHT,
        xaxis={"visible": False, "fixedrange": True},
        yaxis={"visible": False, "fixedrange": True},
    )
    at = nodes.set_index("key")[["x", "y"]].to_dict("index")
    across: list[float | None] = []
    down: list[float | None] = []
    for left, right in zip(links["left"], links["right"], strict=True):
        across += [at[left]["x"], at[right]["x"], None]
        down += [at[left]["y"], at[right]["y"], None]
    fig.add_scatter(
        x=across, y=down, mode="lines", hoverinfo="skip", showlegend=False,
        line={"color": NEUTRAL, "width": 0.8},
    )  # fmt: skip
    looks = (("circle", OKABE_ITO[1]), ("square", ACCENT))
    for (kind, word), (symbol, color) in zip(names.items(), looks, strict=True):
        mine = nodes[nodes["kind"] == kind]
        edge = [3.0 if key == marked else 0.8 for key in mine["key"]]
        fig.add_scatter(
            x=mine["x"].tolist(), y=mine["y"].tolist(), mode="markers+text", name=for_plotly(word),
            marker={"symbol": symbol, "color": color,
                    "size": [8 + 3.2 * float(n) ** 0.7 for n in mine["links"]],
                    "line": {"color": NEUTRAL, "width": edge}},
            text=[
                for_plotly(shorten(label, LABEL_WIDTH)) if named else ""
                for label, named in zip(mine["label"], mine["named"], strict=True)
            ],
            textposition="top center", textfont={"size": 11.5}, cliponaxis=False,
            customdata=[for_plotly(h) for h in mine["hover"]],
            hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip
    fig.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.04})
    return fig


def relative_rounds(frame: pd.DataFrame, words: Mapping[str, str], x_title: str) -> go.Figure:
    """One line a company, a mark for each round, at months from the milestone.

    Args:
        frame: ``company``, ``months``, ``low``, ``high`` (missing: not bounded),
            ``kind`` (key of ``words``), ``hover``; drawn in the order given.
        words: words of the kinds of marks, for the legend.
        x_title: title of the axis.
    """
    names = list(dict.fromkeys(frame["company"]))
    companies = distinct([for_plotly(shorten(name, LABEL_WIDTH)) for name in names])
    line = dict(zip(names, companies, strict=True))
    fig = figure(
        height=ROW_HEIGHT * max(len(companies), 4) + 110,
        xaxis={"title": {"text": for_plotly(x_title)}, "zeroline": True, "zerolinewidth": 2,
               "zerolinecolor": NEUTRAL, "fixedrange": True},
        yaxis={"categoryorder": "array", "categoryarray": companies, "autorange": "reversed",
               "automargin": True, "fixedrange": True},
    )  # fmt: skip
    looks = (("circle", ACCENT), ("circle-open", ACCENT))
    for (kind, word), (symbol, color) in zip(words.items(), looks, strict=True):
        mine = frame[frame["kind"] == kind]
        fig.add_scatter(
            x=mine["months"].tolist(),
            y=[line[name] for name in mine["company"]],
            mode="markers", name=for_plotly(word),
            marker={"symbol": symbol, "color": color, "size": 10, "line": {"width": 2}},
            error_x={
                "type": "data", "symmetric": False, "thickness": 1.2, "width": 2,
                "color": NEUTRAL,
                "array": (mine["high"] - mine["months"]).clip(lower=0).fillna(0).tolist(),
                "arrayminus": (mine["months"] - mine["low"]).clip(lower=0).fillna(0).tolist(),
            },
            customdata=[for_plotly(h) for h in mine["hover"]],
            hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip
    fig.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.06})
    return fig
