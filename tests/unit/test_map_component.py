"""The finished map sends what the library would send."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
import streamlit_folium as library

from charts.maps import KOREA_BOUNDS, base_map, point_layer
from ui import map_component
from ui.testbed_map import MAP_HEIGHT, kind_symbols, map_files

POINTS = pd.DataFrame(
    {
        "id": ["a", "b"],
        "lat": [35.1, 36.5],
        "lon": [129.0, 127.3],
        "kind": ["living-lab", "startup-park"],
        "exact": [True, False],
        "name": ["Busan `${1}` </script>", "세종"],
        "detail": ["one", "둘"],
        "size": [7.0, 9.5],
    }
)
WORDS = {"testbeds": "testbeds", "nearer": "come nearer"}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Arguments of the calls of the library's component; it answers with a click."""
    calls: list[dict[str, Any]] = []

    def component(**arguments: Any) -> dict[str, Any]:
        calls.append(arguments)
        return {map_component.CLICKED: {"properties": {"id": "a"}}}

    monkeypatch.setattr(library, "_component_func", component)
    return calls


@pytest.mark.parametrize("moved", [{}, {"center": (35.0, 129.0), "zoom": 12}])
def test_same_as_the_library(sent: list[dict[str, Any]], moved: dict[str, Any]) -> None:
    layer = point_layer(POINTS, kind_symbols(), "a", WORDS)
    theirs = library.st_folium(
        base_map(map_files(), KOREA_BOUNDS),
        key="map",
        height=MAP_HEIGHT,
        use_container_width=True,
        feature_group_to_add=layer,
        returned_objects=[map_component.CLICKED],
        **moved,
    )
    drawn = map_component.finished(
        base_map(map_files(), KOREA_BOUNDS), point_layer(POINTS, kind_symbols(), "a", WORDS)
    )
    ours = map_component.show(drawn, key="map", height=MAP_HEIGHT, **moved)
    assert ours == theirs[map_component.CLICKED]
    for call in sent:
        call.pop("on_change", None)  # theirs copies the answer into the session, which we do not
        # they hold a name drawn by lot for each map
        call["id"] = call["id"].split("_")[0]
        call["html"] = ""
        call["header"] = ""
    assert sent[0] == sent[1]


def test_a_map_nobody_clicked_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "_component_func", lambda **_: None)
    drawn = map_component.finished(
        base_map(map_files(), KOREA_BOUNDS), point_layer(POINTS, kind_symbols(), "", WORDS)
    )
    assert map_component.show(drawn, key="map", height=MAP_HEIGHT) == {}
