"""The committed boundaries and the list of municipalities fit each other."""

from __future__ import annotations

import csv
import json
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, shape
from shapely.geometry.base import BaseGeometry

DATA = Path(__file__).parents[2] / "data"
LAYERS = ("provinces", "municipalities")
KEY = {"provinces": "iso", "municipalities": "code"}
ISO = {f"KR-{n}" for n in (11, 26, 27, 28, 29, 30, 31, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50)}


def path(layer: str) -> Path:
    return DATA / "boundaries" / f"{layer}.geojson"


@cache
def collection(layer: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path(layer).read_text(encoding="utf-8"))
    return loaded


def properties(layer: str) -> list[dict[str, str]]:
    return [feature["properties"] for feature in collection(layer)["features"]]


@cache
def shapes(layer: str) -> dict[str, BaseGeometry]:
    return {
        feature["properties"][KEY[layer]]: shape(feature["geometry"])
        for feature in collection(layer)["features"]
    }


def polygons(geometry: BaseGeometry) -> list[Polygon]:
    parts = geometry.geoms if isinstance(geometry, MultiPolygon) else [geometry]
    return [part for part in parts if isinstance(part, Polygon)]


@cache
def rows() -> list[dict[str, str]]:
    with (DATA / "municipalities.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize(("layer", "limit"), [("provinces", 150_000), ("municipalities", 500_000)])
def test_files_stay_small(layer: str, limit: int) -> None:
    assert path(layer).stat().st_size <= limit


@pytest.mark.parametrize("layer", LAYERS)
def test_files_are_made_to_be_compared(layer: str) -> None:
    codes = [entry["code"] for entry in properties(layer)]
    lines = path(layer).read_text(encoding="utf-8").splitlines()

    assert codes == sorted(set(codes))
    assert sum(line.startswith('{"type":"Feature"') for line in lines) == len(codes)


@pytest.mark.parametrize("layer", LAYERS)
def test_source_is_named(layer: str) -> None:
    assert "National Geographic Information Institute (NGII)" in collection(layer)["attribution"]


@pytest.mark.parametrize("layer", LAYERS)
def test_shapes_are_valid_polygons(layer: str) -> None:
    for code, geometry in shapes(layer).items():
        assert geometry.is_valid, code
        assert polygons(geometry), code


@pytest.mark.parametrize("layer", LAYERS)
def test_rings_follow_the_right_hand_rule(layer: str) -> None:
    for code, geometry in shapes(layer).items():
        for polygon in polygons(geometry):
            assert polygon.exterior.is_ccw, code
            assert not any(ring.is_ccw for ring in polygon.interiors), code


@pytest.mark.parametrize("layer", LAYERS)
def test_neighbours_share_their_borders(layer: str) -> None:
    assert shapely.coverage_is_valid(list(shapes(layer).values()))


def test_provinces_are_the_seventeen() -> None:
    assert len(properties("provinces")) == 17
    assert {entry["iso"] for entry in properties("provinces")} == ISO
    assert all(entry["name_ko"] and entry["name_en"] for entry in properties("provinces"))


def test_provinces_do_not_overlap() -> None:
    for (first, a), (second, b) in combinations(shapes("provinces").items(), 2):
        assert a.intersection(b).area <= 0.005 * min(a.area, b.area), (first, second)


def test_provinces_leave_no_gaps() -> None:
    union = shapely.union_all(list(shapes("provinces").values()))
    gaps = sum(Polygon(ring).area for part in polygons(union) for ring in part.interiors)

    assert gaps <= 0.005 * min(geometry.area for geometry in shapes("provinces").values())


def test_municipalities_lie_in_their_province() -> None:
    home = {entry["code"]: entry["iso"] for entry in properties("municipalities")}
    for code, geometry in shapes("municipalities").items():
        inside = geometry.intersection(shapes("provinces")[home[code]]).area
        assert inside >= 0.98 * geometry.area, code


def test_codes_begin_with_the_code_of_the_province() -> None:
    codes = {entry["iso"]: entry["code"] for entry in properties("provinces")}
    for row in rows():
        assert row["sigungu_code"].startswith(codes[row["sido"]]), row


@pytest.mark.parametrize(
    ("sido", "lon", "lat"),
    [
        pytest.param("KR-47", 130.8600, 37.5000, id="Ulleungdo"),
        pytest.param("KR-47", 131.8661, 37.2437, id="Dokdo"),
        pytest.param("KR-28", 124.6800, 37.9600, id="Baengnyeongdo"),
        pytest.param("KR-28", 126.4300, 37.7200, id="Ganghwa"),
        pytest.param("KR-28", 126.4900, 37.4800, id="Yeongjong"),
        pytest.param("KR-48", 128.6200, 34.8800, id="Geoje"),
        pytest.param("KR-49", 126.5300, 33.3800, id="Jeju"),
        pytest.param("KR-27", 128.5730, 36.2430, id="Gunwi, in Daegu since 2023"),
    ],
)
def test_known_places_are_kept(sido: str, lon: float, lat: float) -> None:
    assert shapes("provinces")[sido].covers(Point(lon, lat))


def test_list_of_municipalities_has_its_columns() -> None:
    header = (DATA / "municipalities.csv").read_bytes().split(b"\n", 1)[0]

    assert header == b"sigungu_code,sido,name_en,name_ko,name_inferred,parent_code"


def test_list_of_municipalities_is_sorted_and_unique() -> None:
    codes = [row["sigungu_code"] for row in rows()]

    assert codes == sorted(set(codes))
    assert all(code.isdecimal() and len(code) == 5 for code in codes)


def test_list_names_every_polygon_alike() -> None:
    listed = {row["sigungu_code"]: row for row in rows()}
    for entry in properties("municipalities"):
        row = listed[entry["code"]]
        assert (row["sido"], row["name_ko"], row["name_en"]) == (
            entry["iso"],
            entry["name_ko"],
            entry["name_en"],
        )


def test_only_cities_with_districts_lack_a_polygon() -> None:
    drawn = {entry["code"] for entry in properties("municipalities")}
    parents = {row["parent_code"] for row in rows()} - {""}

    assert {row["sigungu_code"] for row in rows()} - drawn == parents


def test_districts_carry_the_name_of_their_city() -> None:
    listed = {row["sigungu_code"]: row for row in rows()}
    for row in rows():
        if row["parent_code"]:
            city = listed[row["parent_code"]]
            assert row["sido"] == city["sido"]
            assert row["name_en"].startswith(f"{city['name_en']} ")
            assert row["name_ko"].startswith(f"{city['name_ko']} ")
