"""A still picture of the provinces as SVG: no script, light, prints well."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from charts.text import clean
from charts.tokens import MAP_LINE

WEST, EAST, SOUTH, NORTH = 125.6, 130.2, 33.0, 38.75
WIDTH = 360
# Degrees of longitude are shorter than degrees of latitude at 36° north.
_SHRINK = math.cos(math.radians(36.0))
_SCALE = WIDTH / ((EAST - WEST) * _SHRINK)
HEIGHT = round((NORTH - SOUTH) * _SCALE)


def project(lon: float, lat: float) -> tuple[float, float]:
    """Picture coordinates of a point (equirectangular at 36° north)."""
    return round((lon - WEST) * _SHRINK * _SCALE, 1), round((NORTH - lat) * _SCALE, 1)


def _rings(geometry: Mapping[str, Any]) -> Sequence[Sequence[Sequence[float]]]:
    if geometry["type"] == "Polygon":
        return [geometry["coordinates"][0]]
    return [polygon[0] for polygon in geometry["coordinates"]]


def _path(geometry: Mapping[str, Any]) -> str:
    parts = []
    for ring in _rings(geometry):
        points = list(dict.fromkeys(project(lon, lat) for lon, lat, *_ in ring))
        if len(points) > 2:
            parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z")
    return "".join(parts)


def province_picture(
    features: Sequence[Mapping[str, Any]],
    fills: Mapping[str, str],
    titles: Mapping[str, str],
    points: Sequence[tuple[float, float, str]],
    description: str,
) -> str:
    """The provinces as one SVG document.

    Args:
        features: GeoJSON features with an ``iso`` property.
        fills: fill colour of each province by ISO code.
        titles: text of each province (read by screen readers, shown on hover).
        points: longitude, latitude and colour of each dot.
        description: what the picture says.
    """
    shapes = "".join(
        f"<path fill={quoteattr(fills[iso])} d={quoteattr(_path(f['geometry']))}>"
        f"<title>{escape(clean(titles[iso]))}</title></path>"
        for f in features
        if (iso := f["properties"]["iso"]) in fills
    )
    dots = "".join(
        f'<circle cx="{x:g}" cy="{y:g}" r="3.2" fill={quoteattr(color)}/>'
        for (x, y), color in (((project(lon, lat)), color) for lon, lat, color in points)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" aria-label={quoteattr(clean(description))}>'
        f'<g stroke="{MAP_LINE}" stroke-width="0.7" stroke-linejoin="round">{shapes}</g>'
        f'<g stroke="#fff" stroke-width="0.8">{dots}</g></svg>'
    )
