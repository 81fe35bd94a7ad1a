"""Interactive maps with folium, kept behind one function so that it can be replaced.

The browser gets Leaflet and the province shapes as static files of this site;
only the points travel with a page. Text reaches the map through `for_map` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import folium
import pandas as pd
from branca.element import MacroElement
from folium.template import Template

from charts.text import for_map
from charts.tokens import MAP_LAND, MAP_LINE, MAP_SEA, SHAPES, Symbol

#: From this zoom level on, municipalities can be told apart.
NEAR_ZOOM = 9
KOREA_BOUNDS = ((33.0, 124.6), (38.7, 131.0))


@dataclass(frozen=True, slots=True)
class MapFiles:
    """Addresses of the static files that a map needs (same host)."""

    leaflet_js: str
    leaflet_css: str
    provinces_js: str
    points_js: str
    municipalities_url: str
    tiles_url: str = ""
    tiles_attribution: str = ""


class BoundaryLayer(MacroElement):
    """Provinces from the static file that sets ``window.atlasProvinces``; municipalities
    are fetched, once, when the reader zooms in far enough to tell them apart."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        {{ this._parent.get_name() }}.getContainer().style.background = {{ this.sea | tojson }};
        {{ this._parent.get_name() }}.createPane("boundaries").style.zIndex = 350;
        if (window.atlasProvinces) {
            L.geoJSON(window.atlasProvinces, {
                interactive: false, pane: "boundaries",
                style: {
                    color: {{ this.line | tojson }}, weight: 1,
                    fillColor: {{ this.land | tojson }}, fillOpacity: {{ this.opacity }}
                },
                attribution: "© 국토지리정보원 NGII"
            }).addTo({{ this._parent.get_name() }});
        }
        (function (map) {
            var asked = false, layer = null;
            function update() {
                var near = map.getZoom() >= {{ this.near_zoom }};
                if (near && !asked) {
                    asked = true;
                    fetch({{ this.municipalities | tojson }})
                        .then(function (r) { return r.json(); })
                        .then(function (shapes) {
                            layer = L.geoJSON(shapes, {
                                interactive: false, pane: "boundaries",
                                style: {color: {{ this.line | tojson }}, weight: 0.6, fill: false}
                            });
                            update();
                        });
                }
                if (layer && near !== map.hasLayer(layer)) {
                    if (near) { layer.addTo(map); } else { map.removeLayer(layer); }
                }
            }
            map.on("zoomend", update);
            map.whenReady(update);
        })({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, municipalities_url: str, opacity: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "BoundaryLayer"
        self.line, self.land, self.sea, self.opacity = MAP_LINE, MAP_LAND, MAP_SEA, opacity
        self.municipalities, self.near_zoom = municipalities_url, NEAR_ZOOM


def base_map(
    files: MapFiles, bounds: tuple[tuple[float, float], tuple[float, float]]
) -> folium.Map:
    """Provinces on a plain ground, or on web tiles when an address for them is configured."""
    m = folium.Map(
        tiles=None,
        zoom_control=True,
        prefer_canvas=True,
        min_zoom=6,
        max_zoom=16,
        zoom_snap=0.25,
        control_scale=True,
    )
    m.default_js = [
        ("leaflet", files.leaflet_js),
        ("provinces", files.provinces_js),
        ("points", files.points_js),
    ]
    m.default_css = [("leaflet_css", files.leaflet_css)]
    if files.tiles_url:
        folium.TileLayer(files.tiles_url, attr=for_map(files.tiles_attribution)).add_to(m)
    BoundaryLayer(files.municipalities_url, opacity=0.15 if files.tiles_url else 1.0).add_to(m)
    m.fit_bounds(bounds)
    return m


class PointLayer(MacroElement):
    """Points drawn by the static script that sets ``window.atlasPoints``."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = window.atlasPoints(
            {{ this.features | tojson }}, {{ this.symbols | tojson }}, {{ this.words | tojson }});
        {{ this.get_name() }}.addTo({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(
        self,
        features: list[dict[str, Any]],
        symbols: Mapping[str, Symbol],
        words: Mapping[str, str],
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "PointLayer"
        self.features, self.words = features, dict(words)
        self.symbols = {
            kind: {"path": SHAPES[symbol.shape], "color": symbol.color}
            for kind, symbol in symbols.items()
        }


def point_layer(
    points: pd.DataFrame, symbols: Mapping[str, Symbol], selected: str, words: Mapping[str, str]
) -> folium.FeatureGroup:
    """All points as one layer: symbols by kind, numbers where they crowd.

    Args:
        points: ``id``, ``lat``, ``lon``, ``kind`` (code), ``exact`` (whether the point
            marks the site itself), ``name``, ``detail`` (tooltip lines), ``size`` (radius in
            pixels).
        symbols: shape and colour of each kind.
        selected: id of the point to emphasise, or "".
        words: ``testbeds`` (the plural) and ``nearer`` (what a click on a number does).
    """
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]},
            "properties": {
                "id": for_map(row.id),
                "name": for_map(row.name),
                "detail": for_map(row.detail),
                "kind": row.kind,
                "exact": bool(row.exact),
                "radius": float(row.size),
                "chosen": row.id == selected,
            },
        }
        for row in points.rename_axis(None).itertuples(index=False, name="Point")
    ]
    group = folium.FeatureGroup(name="points")
    said = {key: for_map(text) for key, text in words.items()}
    PointLayer(features, symbols, said).add_to(group)
    return group


def bounds_of(points: pd.DataFrame) -> tuple[tuple[float, float], tuple[float, float]]:
    """South-west and north-east corner around the points, with air; Korea if there are none."""
    if points.empty:
        return KOREA_BOUNDS
    margin = 0.08
    return (
        (float(points["lat"].min()) - margin, float(points["lon"].min()) - margin),
        (float(points["lat"].max()) + margin, float(points["lon"].max()) + margin),
    )
