"""A finished map for the browser: the library's component, with its text made once.

``st_folium`` writes map and points anew at every run, which takes longer than all the rest of
the page. The same text goes to the same component here; `tests/unit/test_map_component.py`
compares both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import folium
import streamlit_folium as library

#: What the browser tells: the point that was clicked last.
CLICKED = "last_active_drawing"


@dataclass(frozen=True, slots=True)
class FinishedMap:
    """Texts of a map and of its points, and the addresses of its files."""

    script: str
    header: str
    html: str
    element_id: str
    points: str
    css_links: Sequence[str]
    js_links: Sequence[str]


def finished(base: folium.Map, points: folium.FeatureGroup) -> FinishedMap:
    """The texts of a map; both are changed by it and must not be used again."""
    base.get_root().render()
    base.render()  # type: ignore[no-untyped-call]
    html, header = library._get_html(base), library._get_header(base)
    script = library._get_map_string(base)
    return FinishedMap(
        script,
        header,
        html,
        library.get_full_id(base),
        library._get_feature_group_string(points, map=base),
        [address for _, address in base.default_css],
        [address for _, address in base.default_js],
    )


def show(
    drawn: FinishedMap,
    *,
    key: str,
    height: int,
    center: tuple[float, float] | None = None,
    zoom: int | None = None,
) -> Mapping[str, Any]:
    """Show the map; the feature that was clicked last, or {}."""
    answer = library._component_func(
        script=drawn.script,
        header=drawn.header,
        html=drawn.html,
        id=drawn.element_id,
        key=library.generate_js_hash(drawn.script, key, False),
        height=height,
        width=None,
        returned_objects=[CLICKED],
        default={CLICKED: None},
        zoom=zoom,
        center=center,
        feature_group=drawn.points,
        return_on_hover=False,
        layer_control=None,
        pixelated=False,
        css_links=drawn.css_links,
        js_links=drawn.js_links,
        wrap_longitude=False,
    )
    return (answer or {}).get(CLICKED) or {}
