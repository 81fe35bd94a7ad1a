"""The maps of a brief: which shapes and dots, and what they show in words."""

from __future__ import annotations

import pandas as pd

from analytics.names import all_rows
from analytics.places import Place
from analytics.result import Result
from api.brief.model import Picture
from api.brief.svg import Feature, locator, place_map, shaded_map
from loaders.boundaries import Level, feature_collection
from loaders.engine import Runner
from loaders.i18n import Words


def _points(frame: pd.DataFrame) -> list[tuple[float, float]]:
    known = frame.dropna(subset=["lon", "lat"])
    return [(float(lon), float(lat)) for lon, lat in zip(known["lon"], known["lat"], strict=True)]


def _shapes_of(run: Runner, place: Place) -> list[Feature]:
    if place.is_province:
        shapes = feature_collection("provinces")["features"]
        return [f for f in shapes if f["properties"]["iso"] == place.code]
    towns = all_rows(run, "municipalities")
    inside = (towns["sigungu_code"] == place.code) | (towns["parent_code"] == place.code)
    codes = set(towns.loc[inside, "sigungu_code"])
    shapes = feature_collection("municipalities")["features"]
    return [f for f in shapes if f["properties"]["code"] in codes]


def place_picture(
    run: Runner, place: Place, spots: pd.DataFrame, name: str, t: Words
) -> Picture | None:
    """The place with its testbeds, and where it lies; None when it has no shape."""
    here = _shapes_of(run, place)
    if not here:
        return None
    level: Level = "provinces" if place.is_province else "municipalities"
    around = feature_collection(level)["features"]
    points = _points(spots)
    dots = t.plural("{n} testbed as a dot", "{n} testbeds as dots", len(points))
    caption = t("{place} with {dots}; the small map shows where it lies.", place=name, dots=dots)
    small = locator(
        feature_collection("provinces")["features"], here, t("{place} in Korea", place=name)
    )
    return Picture(place_map(around, here, points, caption), small, caption)


def program_picture(there: Result, name: str, t: Words) -> Picture | None:
    """The provinces of the programme and its pilots; None when no place is known."""
    frame = there.frame
    if frame.empty:
        return None
    counted = frame.drop_duplicates("sido").set_index("sido")["pilots"]
    shades = {str(code): 1 if n <= 1 else 2 if n <= 5 else 3 for code, n in counted.items()}
    caption = t(
        "Provinces of the programme and its pilots (light: up to 1, middle: 2 to 5, dark: 6 or "
        "more); dots are testbeds."
    )
    provinces = feature_collection("provinces")["features"]
    return Picture(shaded_map(provinces, shades, _points(frame), caption), "", caption)
