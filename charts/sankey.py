"""Sankey diagram with nodes in stated columns and order."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
import plotly.graph_objects as go

from charts.base import figure
from charts.text import for_plotly, shorten
from charts.tokens import NEUTRAL

LABEL_WIDTH = 15
HANGUL_WIDTH = 9
MAX_LINES = 2
GAP = 0.012
# Height that two lines of a label need, as a share of the picture.
LABEL_SLOT = 0.068
# Two of them and the flows fit on a phone; Plotly cuts margins that leave less than 64 px.
SIDE_MARGIN = 108
THIN = 16.0


@dataclass(frozen=True, slots=True)
class Column:
    """One column of nodes: codes in drawing order, their words and colours."""

    codes: Sequence[str]
    labels: Mapping[str, str]
    colors: Mapping[str, str]


def _faded(color: str) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.35)"


def _scale(columns: Sequence[Sequence[float]]) -> float:
    """Largest share of the height for the flows at which every label still has its slot."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        fits = all(_used(sizes, middle) <= 1 for sizes in columns)
        low, high = (middle, high) if fits else (low, middle)
    return low


def _slots(sizes: Sequence[float], scale: float) -> list[float]:
    total = sum(sizes) or 1
    return [max(scale * size / total, LABEL_SLOT) for size in sizes]


def _used(sizes: Sequence[float], scale: float) -> float:
    return sum(_slots(sizes, scale)) + GAP * max(len(sizes) - 1, 0)


def _positions(sizes: Sequence[float], scale: float) -> list[float]:
    """Centres of stacked nodes between 0 and 1; a small node gets room for its label."""
    slots = _slots(sizes, scale)
    spare = (1 - _used(sizes, scale)) / max(len(sizes), 1)
    centres, top = [], 0.0
    for slot in slots:
        height = slot + spare
        centres.append(min(max(top + height / 2, 0.001), 0.999))
        top += height + GAP
    return centres


def _two_lines(text: str) -> str:
    # Hangul is about twice as wide as Latin
    width = LABEL_WIDTH if text.isascii() else HANGUL_WIDTH
    lines = textwrap.wrap(text, width)
    if len(lines) > MAX_LINES:
        lines = [*lines[: MAX_LINES - 1], shorten(" ".join(lines[MAX_LINES - 1 :]), width)]
    return "<br>".join(for_plotly(line) for line in lines)


def sankey(
    flows: pd.DataFrame, columns: Mapping[str, Column], value: str, unit_text: str
) -> go.Figure:
    """Flows through the named columns, left to right.

    Args:
        flows: one column of codes for each key of ``columns``, and ``value``.
        columns: in order from left to right.
        value: column of ``flows`` with the size of each flow.
        unit_text: what the sizes count (in hover texts).
    """
    names = list(columns)
    nodes = [(name, code) for name in names for code in columns[name].codes]
    index = {node: i for i, node in enumerate(nodes)}
    totals = {name: flows.groupby(name)[value].sum() for name in names}
    sizes = {n: [float(totals[n].get(c, 0)) for c in columns[n].codes] for n in names}
    scale = _scale(list(sizes.values()))
    x, y = [], []
    for place, name in enumerate(names):
        x += [min(max(place / (len(names) - 1), 0.001), 0.999)] * len(sizes[name])
        y += _positions(sizes[name], scale)
    links = pd.concat(
        [
            flows.groupby([left, right])[value]
            .sum()
            .reset_index()
            .set_axis(["from", "to", "size"], axis=1)
            .assign(left=left, right=right)
            for left, right in pairwise(names)
        ]
    )
    colors = [columns[n].colors.get(c, NEUTRAL) for n, c in nodes]
    source = [index[(r.left, r["from"])] for _, r in links.iterrows()]
    size_text = f"%{{value:,.0f}} {for_plotly(unit_text)}<extra></extra>"
    most = max(len(c.codes) for c in columns.values())
    height = max(440, 40 * most)
    fig = figure(height=height + 24)
    fig.update_layout(margin={"l": SIDE_MARGIN, "r": SIDE_MARGIN, "t": 12, "b": 12})
    fig.add_sankey(
        arrangement="fixed",
        node={
            "customdata": [for_plotly(columns[n].labels[c]) for n, c in nodes],
            "color": colors,
            "x": x,
            "y": y,
            "thickness": 14,
            # Plotly sizes the flows by what the paddings leave over
            "pad": (1 - scale) * height / max(most - 1, 1),
            "line": {"width": 0.6, "color": NEUTRAL},
            "hovertemplate": f"%{{customdata}}: {size_text}",
        },
        link={
            "source": source,
            "target": [index[(r.right, r["to"])] for _, r in links.iterrows()],
            "value": [float(v) for v in links["size"]],
            "color": [_faded(colors[s]) for s in source],
            "hovertemplate": f"%{{source.customdata}} → %{{target.customdata}}: {size_text}",
        },
    )
    heights = {
        (n, c): scale * height * size / (sum(sizes[n]) or 1)
        for n in names
        for c, size in zip(columns[n].codes, sizes[n], strict=True)
    }
    for (name, code), across, down in zip(nodes, x, y, strict=True):
        first, last = name == names[0], name == names[-1]
        fig.add_annotation(
            text=_two_lines(columns[name].labels[code]),
            showarrow=False,
            font={"size": 12},
            x=across,
            y=1 - down,
            xref="paper",
            yref="paper",
            yanchor="middle",
            xanchor="right" if first else "left",
            align="right" if first else "left",
            xshift=-6 if first else 18 if last else 20,
            # beside a thin node the flows would strike the word through
            yshift=9 if not (first or last) and heights[(name, code)] < THIN else 0,
        )
    return fig
