"""Pictures of a brief as SVG: maps without words, and bars. Pure functions, no script."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from loaders.exports import visible

#: Colours that keep apart in grey print too.
LAND, FOCUS, LINE, SEA, DOT = "#EEF2F4", "#CFE3EA", "#8796A3", "#FFFFFF", "#0F6B8C"
SHADES = (LAND, "#CFE3EA", "#9CC7D6", "#5FA3BF")
#: Corner of the country: west, south, east, north (degrees).
KOREA = (125.7, 33.05, 129.7, 38.7)
_MARGIN = 0.08

Feature = Mapping[str, Any]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the map and the picture it fills (equirectangular, true at its middle)."""

    west: float
    north: float
    shrink: float
    scale: float
    width: int
    height: int

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Picture coordinates of a point."""
        x = (lon - self.west) * self.shrink * self.scale
        return round(x, 1), round((self.north - lat) * self.scale, 1)

    def holds(self, box: Box) -> bool:
        """Whether any part of a box can be seen."""
        left, bottom = self.at(box[0], box[1])
        right, top = self.at(box[2], box[3])
        return right > 0 and left < self.width and bottom > 0 and top < self.height


def window(box: Box, width: int, height: int, margin: float = _MARGIN) -> Window:
    """The smallest view of ``width`` by ``height`` that holds the box with a margin."""
    west, south, east, north = box
    shrink = math.cos(math.radians((south + north) / 2))
    across, upright = (east - west) * shrink, north - south
    inner_width, inner_height = width * (1 - 2 * margin), height * (1 - 2 * margin)
    scale = min(inner_width / across, inner_height / upright)
    left = west - (width / scale - across) / 2 / shrink
    top = north + (height / scale - upright) / 2
    return Window(left, top, shrink, scale, width, height)


def _rings(feature: Feature) -> Sequence[Sequence[Sequence[float]]]:
    geometry = feature["geometry"]
    if geometry["type"] == "Polygon":
        return [geometry["coordinates"][0]]
    return [polygon[0] for polygon in geometry["coordinates"]]


def box_of(features: Iterable[Feature]) -> Box:
    """West, south, east and north of the features.

    Raises:
        ValueError: there is no feature.
    """
    points = [point for f in features for ring in _rings(f) for point in ring]
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    return min(lons), min(lats), max(lons), max(lats)


def _path(feature: Feature, view: Window) -> str:
    parts = []
    for ring in _rings(feature):
        points = list(dict.fromkeys(view.at(lon, lat) for lon, lat, *_ in ring))
        if len(points) > 2:
            parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z")
    return "".join(parts)


def _shapes(features: Iterable[Feature], view: Window, fill: str) -> str:
    paths = (_path(f, view) for f in features if view.holds(box_of([f])))
    joined = "".join(paths)
    return f'<path fill="{fill}" d="{joined}"/>' if joined else ""


def _dots(points: Iterable[tuple[float, float]], view: Window, radius: float) -> str:
    places = sorted({view.at(lon, lat) for lon, lat in points})
    circles = (f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}"/>' for x, y in places)
    return f'<g fill="{DOT}" stroke="#fff" stroke-width="1">{"".join(circles)}</g>'


def _picture(view: Window, description: str, content: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {view.width} {view.height}" '
        f'width="{view.width}" height="{view.height}" role="img" '
        f"aria-label={quoteattr(visible(description))}>"
        f'<rect width="{view.width}" height="{view.height}" fill="{SEA}"/>{content}</svg>'
    )


def _outlined(shapes: str, width: float) -> str:
    return f'<g stroke="{LINE}" stroke-width="{width}" stroke-linejoin="round">{shapes}</g>'


def place_map(
    around: Sequence[Feature],
    here: Sequence[Feature],
    points: Iterable[tuple[float, float]],
    description: str,
) -> str:
    """A place among its neighbours, with dots.

    Args:
        around: shapes of the neighbourhood, drawn only where they can be seen.
        here: shapes of the place.
        points: longitude and latitude of the dots.
        description: what the picture says, for those who do not see it.
    """
    view = window(box_of(here), 360, 270)
    shapes = _shapes(around, view, LAND) + _shapes(here, view, FOCUS)
    return _picture(view, description, _outlined(shapes, 0.7) + _dots(points, view, 4.5))


def locator(provinces: Sequence[Feature], here: Sequence[Feature], description: str) -> str:
    """Where a place lies in the country."""
    view = window(KOREA, 90, 150, margin=0.02)
    content = _outlined(_shapes(provinces, view, LAND), 0.5)
    marked = f'<g stroke="{DOT}" stroke-width="1">{_shapes(here, view, DOT)}</g>'
    return _picture(view, description, content + marked)


def shaded_map(
    provinces: Sequence[Feature],
    shades: Mapping[str, int],
    points: Iterable[tuple[float, float]],
    description: str,
) -> str:
    """The provinces of the country, shaded, with dots.

    Args:
        provinces: shapes with an ``iso`` property.
        shades: step of `SHADES` by ISO code; 0 where none is given.
        points: longitude and latitude of the dots.
        description: what the picture says, for those who do not see it.
    """
    view = window(KOREA, 230, 290, margin=0.02)
    shapes = "".join(
        _shapes([f], view, SHADES[shades.get(f["properties"]["iso"], 0)]) for f in provinces
    )
    return _picture(view, description, _outlined(shapes, 0.6) + _dots(points, view, 3.5))


def bar(share: float, color: str) -> str:
    """One bar of a chart: ``share`` of the width, of which the number stands beside it."""
    length = round(100 * min(max(share, 0.0), 1.0), 2)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 10" width="100" height="10" '
        'preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="100" height="10" fill="{LAND}"/>'
        f'<rect width="{length:g}" height="10" fill={quoteattr(color)}/></svg>'
    )
