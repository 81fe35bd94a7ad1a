"""Charts: what is drawn is what the frame says."""

from __future__ import annotations

import re
from itertools import pairwise, product
from typing import Any
from xml.etree import ElementTree as ET

import folium
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charts.bars import category_bars
from charts.base import CONFIG, figure
from charts.funnel import stage_bars
from charts.maps import KOREA_BOUNDS, MapFiles, PointLayer, base_map, bounds_of, point_layer
from charts.sankey import Column, sankey
from charts.svgmap import HEIGHT, WIDTH, project, province_picture
from charts.tokens import NEUTRAL, OKABE_ITO, SHAPES, STAGES, Symbol, categorical, symbols
from loaders.boundaries import feature_collection
from tests.unit.fixtures_small import ENDED, LADDER

SVG = "{http://www.w3.org/2000/svg}"


def texts_beside(fig: go.Figure) -> list[str]:
    return [a.text for a in fig.layout.annotations]


# --- tokens and base ----------------------------------------------------------------


def luminance(color: str) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2)."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_stage_has_a_colour_and_later_ones_are_darker() -> None:
    assert tuple(STAGES) == (*LADDER, ENDED)
    shades = [luminance(STAGES[s]) for s in LADDER]
    assert shades == sorted(shades, reverse=True)
    assert len(set(shades)) == len(shades)


def test_categories_repeat_their_colours_in_order() -> None:
    codes = [str(n) for n in range(10)]
    colors = categorical(codes)
    assert [colors[c] for c in codes] == [*OKABE_ITO, *OKABE_ITO[:2]]


def test_figures_share_a_height_and_no_zooming() -> None:
    fig = figure(height=321, title={"text": "T"})
    assert (fig.layout.height, fig.layout.title.text, fig.layout.dragmode) == (321, "T", False)
    assert fig.layout.showlegend is False
    assert CONFIG["displaylogo"] is False


# --- funnel and category bars -----------------------------------------------------------


def stage_frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "stage": ["applied", "selected", "poc", "contract"],
            "label": ["Applied", "Selected", "PoC", "Contract"],
            "value": [200, 20, None, 0],
            "text": ["200", "20 (10%)", "", "0"],
            "hover": ["a", "b", "c", "d"],
        }
    )


def test_a_gap_is_named_and_not_drawn_as_zero() -> None:
    fig = stage_bars(stage_frame(), axis_title="companies", gap_text="not published")
    bar = fig.data[0]
    assert list(bar.y) == ["Applied", "Selected", "PoC", "Contract"]
    assert list(bar.x) == [200.0, 20.0, None, 0.0]  # zero is published: a bar of length zero
    assert list(bar.marker.color) == [STAGES[s] for s in stage_frame()["stage"]]
    assert [(a.y, a.text) for a in fig.layout.annotations] == [("PoC", "not published")]
    assert fig.layout.xaxis.title.text == "companies"
    assert fig.layout.yaxis.autorange == "reversed"
    assert fig.layout.xaxis.range[0] == 0
    assert fig.layout.xaxis.range[1] >= 200


def test_bars_without_any_count_still_name_every_gap() -> None:
    frame = stage_frame().assign(value=None)
    fig = stage_bars(frame, axis_title="", gap_text="?")
    assert texts_beside(fig) == ["?"] * 4
    assert list(fig.data[0].x) == [None] * 4
    assert fig.layout.xaxis.range[1] > 0


def test_bars_of_zeros_and_of_nothing() -> None:
    zeros = stage_bars(stage_frame().assign(value=0), axis_title="", gap_text="?")
    assert zeros.layout.xaxis.range[1] > 0
    assert texts_beside(zeros) == []
    nothing = stage_bars(stage_frame().iloc[:0], axis_title="", gap_text="?")
    assert len(nothing.data[0].y) == 0


def test_category_bars() -> None:
    frame = pd.DataFrame(
        {
            "label": ["Busan", "Seoul", "Busan"],
            "value": [5.0, None, 0.0],
            "text": ["5", "nothing addable", "0"],
            "hover": ["a", "b", "c"],
        }
    )
    fig = category_bars(frame, axis_title="KRW")
    bar = fig.data[0]
    assert list(bar.x) == [5.0, None, 0.0]
    assert len(set(bar.y)) == 3  # equal names keep their own lines
    assert [y.replace("\u200b", "") for y in bar.y] == ["Busan", "Seoul", "Busan"]
    assert [(a.y, a.text) for a in fig.layout.annotations] == [("Seoul", "nothing addable")]


# --- sankey ---------------------------------------------------------------------------

LEFT, MIDDLE, RIGHT = ("a", "b", "c"), ("s", "t"), ("x", "y")
flow_sizes = st.dictionaries(
    st.sampled_from(list(product(LEFT, MIDDLE, RIGHT))), st.integers(1, 300), min_size=1
)


def sankey_of(sizes: dict[tuple[str, str, str], int]) -> tuple[go.Figure, pd.DataFrame]:
    flows = pd.DataFrame(
        [(*key, size) for key, size in sizes.items()], columns=["from", "via", "to", "n"]
    )
    columns = {
        name: Column(
            [c for c in codes if c in set(flows[name])],
            {c: f"Label {c}" for c in codes},
            {codes[0]: "#112233"},
        )
        for name, codes in (("from", LEFT), ("via", MIDDLE), ("to", RIGHT))
    }
    return sankey(flows, columns, "n", "companies"), flows


@settings(max_examples=60)
@given(flow_sizes)
def test_sankey_shows_every_flow_and_nothing_more(sizes: dict[tuple[str, str, str], int]) -> None:
    fig, flows = sankey_of(sizes)
    node, link = fig.data[0].node, fig.data[0].link
    names = [text.removeprefix("Label ") for text in node.customdata]
    column = {c: k for k, codes in enumerate((LEFT, MIDDLE, RIGHT)) for c in codes}
    shown = {
        (names[s], names[t]): v
        for s, t, v in zip(link.source, link.target, link.value, strict=True)
    }
    assert len(shown) == len(link.value)
    for left, right in (("from", "via"), ("via", "to")):
        wanted = flows.groupby([left, right])["n"].sum().to_dict()
        assert {k: v for k, v in shown.items() if k in wanted} == wanted
    assert sum(shown.values()) == 2 * flows["n"].sum()  # two steps, nothing lost
    for number, name in enumerate(names):
        into = sum(v for t, v in zip(link.target, link.value, strict=True) if t == number)
        out = sum(v for s, v in zip(link.source, link.value, strict=True) if s == number)
        of_node = flows[["from", "via", "to"][column[name]]] == name
        assert max(into, out) == flows.loc[of_node, "n"].sum()
        assert column[name] != 1 or into == out
    assert all(0 < v < 1 for v in (*node.x, *node.y))
    for place in range(3):
        heights = [y for n, y in zip(names, node.y, strict=True) if column[n] == place]
        assert heights == sorted(set(heights))  # in drawing order, none on top of another
    assert len(texts_beside(fig)) == len(names)


def test_sankey_colours_flows_by_their_origin() -> None:
    fig, _ = sankey_of({("a", "s", "x"): 2, ("b", "s", "x"): 1})
    assert list(fig.data[0].node.color) == ["#112233", NEUTRAL, "#112233", "#112233"]
    assert fig.data[0].link.color[0] == "rgba(17,34,51,0.35)"


def test_many_thin_nodes_stay_inside_the_picture() -> None:
    """One large and nine small origins; every label keeps its place."""
    codes = [f"o{n}" for n in range(10)]
    flows = pd.DataFrame({"from": codes, "to": ["x"] * 10, "n": [900, *[1] * 9]})
    label = "A rather long name of a programme that needs more than two lines"
    columns = {
        "from": Column(codes, dict.fromkeys(codes, label), {}),
        "to": Column(["x"], {"x": "가나다라 마바사아 자차카타 파하가나 다라"}, {}),
    }
    fig = sankey(flows, columns, "n", "companies")
    heights = list(fig.data[0].node.y)[:10]
    assert all(0 < y < 1 for y in heights)
    assert heights == sorted(set(heights))
    gaps = [b - a for a, b in pairwise(heights)]
    assert min(gaps) > 0.04
    for text in texts_beside(fig):
        assert text.count("<br>") == 1  # two lines at most
        assert text.endswith("…")


# --- maps -------------------------------------------------------------------------------

FILES = MapFiles(
    leaflet_js="/assets/leaflet/leaflet.js",
    leaflet_css="/assets/leaflet/leaflet.css",
    provinces_js="/assets/provinces.js",
    points_js="/assets/points.js",
    municipalities_url="/assets/municipalities.geojson",
)
POINTS = pd.DataFrame(
    {
        "id": ["t1", "t2"],
        "lat": [35.1, 37.5],
        "lon": [129.0, 127.0],
        "kind": ["living-lab", "startup-park"],
        "exact": [True, False],
        "name": ["부두 (Quay)", "Park"],
        "detail": ["2 pilots", "0 pilots"],
        "size": [7.0, 6.0],
    }
)
SYMBOLS = {
    "living-lab": Symbol("circle", "#0072B2"),
    "startup-park": Symbol("square", "#D55E00"),
}
WORDS = {"testbeds": "testbeds", "nearer": "come nearer"}


def walk(element: Any) -> list[Any]:
    """An element of a map and all that hang on it."""
    return [element, *(e for child in element._children.values() for e in walk(child))]


def linked(html: str) -> set[str]:
    """Everything that a page would fetch by itself: scripts, style sheets, pictures."""
    return set(re.findall(r"""<(?:script|link|img|iframe)[^>]*(?:src|href)=["']([^"']+)""", html))


def test_the_map_names_only_files_of_this_host() -> None:
    m = base_map(FILES, KOREA_BOUNDS)
    point_layer(POINTS, SYMBOLS, "", WORDS).add_to(m)
    wanted = {
        "/assets/leaflet/leaflet.js",
        "/assets/leaflet/leaflet.css",
        "/assets/provinces.js",
        "/assets/points.js",
    }
    named = {
        address
        for element in walk(m)
        for links in (getattr(element, "default_js", []), getattr(element, "default_css", []))
        for _, address in links
    }
    assert named == wanted
    html = m.get_root().render()
    assert linked(html) == wanted
    # a new map is as clean: nothing was changed for all maps of the process
    assert "https://" not in "".join(linked(base_map(FILES, KOREA_BOUNDS).get_root().render()))


def test_no_address_outside_stands_anywhere_in_the_drawn_map() -> None:
    html = base_map(FILES, KOREA_BOUNDS).get_root().render()
    hosts = set(re.findall(r"https?://([^/\s\"'<>]+)", html))
    assert hosts <= {"www.w3.org"}  # the name of a document type, never fetched
    assert "/assets/municipalities.geojson" in html


def test_configured_tiles_are_used_with_their_attribution() -> None:
    files = MapFiles(
        FILES.leaflet_js,
        FILES.leaflet_css,
        FILES.provinces_js,
        FILES.points_js,
        FILES.municipalities_url,
        tiles_url="https://tiles.example/{z}/{x}/{y}.png",
        tiles_attribution="© <b>somebody</b>",
    )
    html = base_map(files, KOREA_BOUNDS).get_root().render()
    assert "https://tiles.example/{z}/{x}/{y}.png" in html
    assert "<b>somebody</b>" not in html


def layer_of(group: folium.FeatureGroup) -> PointLayer:
    (layer,) = (e for e in walk(group) if isinstance(e, PointLayer))  # one for all points
    return layer


def features(group: folium.FeatureGroup) -> list[dict[str, Any]]:
    return layer_of(group).features


def test_points_are_one_layer_with_the_chosen_one_marked() -> None:
    one, two = features(point_layer(POINTS, SYMBOLS, "t2", WORDS))
    assert one["geometry"] == {"type": "Point", "coordinates": [129.0, 35.1]}
    assert one["properties"]["name"] == "부두 (Quay)"
    assert one["properties"]["radius"] == 7.0
    assert (one["properties"]["chosen"], two["properties"]["chosen"]) == (False, True)


def test_each_kind_has_a_shape_and_a_colour() -> None:
    layer = layer_of(point_layer(POINTS, SYMBOLS, "", WORDS))
    assert layer.symbols["living-lab"] == {"path": SHAPES["circle"], "color": "#0072B2"}
    assert {f["properties"]["kind"] for f in layer.features} == set(layer.symbols)
    drawn = symbols([str(n) for n in range(8)])
    assert len({s.shape for s in drawn.values()}) == len({s.color for s in drawn.values()}) == 8


def test_no_points_no_layer() -> None:
    assert features(point_layer(POINTS.iloc[:0], SYMBOLS, "", WORDS)) == []


def test_bounds() -> None:
    assert bounds_of(POINTS.iloc[:0]) == KOREA_BOUNDS
    (south, west), (north, east) = bounds_of(POINTS)
    assert (south < 35.1, north > 37.5) == (True, True)
    assert (west < 127.0, east > 129.0) == (True, True)


# --- still picture ----------------------------------------------------------------------


def picture(titles: dict[str, str], description: str = "Seventeen provinces") -> ET.Element:
    shapes = feature_collection("provinces")["features"]
    fills = dict.fromkeys(titles, "#CFE3EA")
    return ET.fromstring(
        province_picture(shapes, fills, titles, [(129.0, 35.1, "#0F6B8C")], description)
    )


def test_picture_has_a_shape_and_a_title_for_each_province() -> None:
    isos = [f["properties"]["iso"] for f in feature_collection("provinces")["features"]]
    root = picture({iso: f"Province {iso}" for iso in isos})
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Seventeen provinces"
    paths = root.findall(f".//{SVG}path")
    assert [p.findtext(f"{SVG}title") for p in paths] == [f"Province {iso}" for iso in isos]
    assert len(paths) == 17
    for path in paths:
        assert path.get("d", "").startswith("M")
        corners = re.findall(r"(-?[\d.]+) (-?[\d.]+)", path.get("d", ""))
        inside = [0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT for x, y in corners]
        assert sum(inside) > 0.8 * len(inside)  # the farthest islands lie outside
    (dot,) = root.findall(f".//{SVG}circle")
    assert 0 < float(dot.get("cx", "")) < WIDTH
    assert 0 < float(dot.get("cy", "")) < HEIGHT


def test_provinces_without_a_colour_are_left_out() -> None:
    assert len(picture({"KR-26": "Busan"}).findall(f".//{SVG}path")) == 1


def test_projection_keeps_north_up_and_shapes_true() -> None:
    assert project(127, 38)[1] < project(127, 34)[1]
    assert project(126, 36)[0] < project(129, 36)[0]
    # at 36° north a degree of longitude is cos 36° of a degree of latitude
    across = project(128, 36)[0] - project(127, 36)[0]
    down = project(127, 35)[1] - project(127, 36)[1]
    assert across / down == pytest.approx(0.809, abs=0.002)


def test_a_point_on_a_polygon_and_on_islands() -> None:
    square = [[126, 35], [127, 35], [127, 36], [126, 36], [126, 35]]
    tiny = [[126, 35], [126.0001, 35], [126, 35]]
    shapes = [
        {"properties": {"iso": "one"}, "geometry": {"type": "Polygon", "coordinates": [square]}},
        {
            "properties": {"iso": "two"},
            "geometry": {"type": "MultiPolygon", "coordinates": [[square], [tiny]]},
        },
    ]
    codes = {"one": "#fff", "two": "#000"}
    root = ET.fromstring(province_picture(shapes, codes, {"one": "1", "two": "2"}, [], "d"))
    outlines = [p.get("d", "") for p in root.findall(f".//{SVG}path")]
    assert outlines[0] == outlines[1]  # an island smaller than the drawing's grain is dropped
    assert outlines[0].count("M") == 1
