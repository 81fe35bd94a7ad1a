"""What all Plotly figures share."""

from __future__ import annotations

from typing import Any

import orjson
import plotly.graph_objects as go

from charts.tokens import FONT

#: Formats in which a chart's own toolbar can save a picture; the first is usual.
PICTURES = ("png", "svg")

#: Options of the chart's own toolbar: a picture download and nothing else.
CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "modeBarButtonsToRemove": [
        "zoom2d",
        "pan2d",
        "select2d",
        "lasso2d",
        "zoomIn2d",
        "zoomOut2d",
        "autoScale2d",
        "resetScale2d",
        "hoverClosestCartesian",
        "hoverCompareCartesian",
    ],
    "toImageButtonOptions": {"format": "png", "scale": 2},
    "scrollZoom": False,
}


class FinishedFigure(go.Figure):  # type: ignore[misc]
    """A figure that is not changed any more: what it consists of is worked out once.

    Showing a figure asks for a deep copy of all its parts each time, which takes longer than
    everything else about it.
    """

    def __init__(self, figure: go.Figure) -> None:
        super().__init__(figure, _validate=False)
        self._parts: dict[str, Any] = orjson.loads(figure.to_json())

    def to_dict(self) -> dict[str, Any]:
        """The parts as plain lists and dictionaries; shared, so not to be changed."""
        return self._parts


def config(picture: str = PICTURES[0]) -> dict[str, Any]:
    """Options of the toolbar whose camera button saves ``picture``, one of `PICTURES`."""
    return {**CONFIG, "toImageButtonOptions": {"format": picture, "scale": 2}}


def figure(height: int, **layout: Any) -> go.Figure:
    """An empty figure with the house's font and margins; colours follow the page's theme."""
    fig = go.Figure()
    fig.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        font={"family": FONT, "size": 14},
        showlegend=False,
        dragmode=False,
        hoverlabel={"font": {"family": FONT}},
        separators=".,",
        **layout,
    )
    return fig
