"""Simplified boundaries of provinces and municipalities (derived from NGII data)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import shapely
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

from loaders.package import data_dir

Level = Literal["provinces", "municipalities"]

# One degree of latitude is 111 km; harbour testbeds stand on quays that the
# simplified coast cuts off, so a point may lie this far outside.
COAST_TOLERANCE_DEGREES = 1.0 / 111.0


@dataclass(frozen=True, slots=True)
class Provinces:
    """Province shapes (WGS 84) by ISO 3166-2 code."""

    shapes: Mapping[str, BaseGeometry]

    def __contains__(self, sido: object) -> bool:
        return sido in self.shapes

    def at(self, lon: float, lat: float) -> str | None:
        """Code of the province that covers the point."""
        point = Point(lon, lat)
        return next((code for code, s in self.shapes.items() if s.covers(point)), None)

    def near(self, sido: str, lon: float, lat: float) -> bool:
        """Whether the point lies in ``sido``, or just off its coast and in no other province."""
        here = self.at(lon, lat)
        if here is not None:
            return here == sido
        distance = float(shapely.distance(self.shapes[sido], Point(lon, lat)))
        return distance <= COAST_TOLERANCE_DEGREES


def boundary_file(level: Level) -> Path:
    """GeoJSON file of the boundaries (RFC 7946, WGS 84)."""
    return data_dir() / "boundaries" / f"{level}.geojson"


@lru_cache(maxsize=4)
def _read(path: Path, modified: int) -> dict[str, Any]:
    collection: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return collection


def feature_collection(level: Level) -> dict[str, Any]:
    """The boundaries as a GeoJSON object; do not change it, it is shared."""
    path = boundary_file(level)
    return _read(path, path.stat().st_mtime_ns)


def provinces() -> Provinces:
    """Province shapes for point-in-province checks."""
    features = feature_collection("provinces")["features"]
    return Provinces({f["properties"]["iso"]: shape(f["geometry"]) for f in features})
