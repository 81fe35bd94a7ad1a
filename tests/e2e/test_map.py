"""The map of testbeds with no other host in reach, and the places beside it."""

from __future__ import annotations

import csv
import re

import pytest
from playwright.sync_api import Locator, expect

from loaders.package import data_dir
from tests.e2e.browsing import MAP_FRAME, View
from tests.e2e.conftest import Opener
from ui.i18n import Words

pytestmark = pytest.mark.e2e

# Symbols and numbers on the map, with their place in its window; numbers have no id.
POINTS = """() => [window.atlasPointLayer, window.atlasPointLayer.numbers]
    .flatMap(group => group.getLayers())
    .filter(layer => layer.options.keyboard)
    .map(layer => {
        const at = window.map.latLngToContainerPoint(layer.getLatLng());
        const id = layer.feature?.properties.id ?? "";
        return {id, x: at.x, y: at.y, radius: layer.options.icon.options.iconSize[0] / 2};
    })"""
ALL_IDS = "() => window.atlasPointLayer.features.map(feature => feature.properties.id)"
# Everything painted on the map's canvases: 0 when nothing was drawn.
INK = """() => [...document.querySelectorAll(".leaflet-container canvas")].map(canvas => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let inked = 0;
    for (let i = 3; i < pixels.length; i += 4) inked += pixels[i] > 0;
    return inked / (canvas.width * canvas.height);
}).reduce((most, share) => Math.max(most, share), 0)"""

Point = dict[str, float | str]


def _points(view: View) -> list[Point]:
    found: list[Point] = view.map_frame().evaluate(POINTS)
    return found


def _ids(view: View) -> list[str]:
    """Every testbed of the map, also those that stand in a number."""
    found: list[str] = view.map_frame().evaluate(ALL_IDS)
    return found


def _loneliest(points: list[Point]) -> Point:
    """The testbed with most room around it, so that a click there can mean no other."""

    def room(one: Point) -> float:
        return min(
            abs(complex(float(one["x"]), float(one["y"])) - complex(float(o["x"]), float(o["y"])))
            - float(o["radius"])
            for o in points
            if o is not one
        )

    return max((p for p in points if p["id"]), key=room)


def _click(view: View, point: Point) -> None:
    frame = view.page.locator(MAP_FRAME)
    frame.scroll_into_view_if_needed()
    frame.click(position={"x": float(point["x"]), "y": float(point["y"])})


def _heading(view: View, point: Point) -> Locator:
    """The heading over the facts of the testbed that the point stands for."""
    with (data_dir() / "testbeds.csv").open(encoding="utf-8", newline="") as table:
        names = {row["testbed_id"]: row["name_en"] for row in csv.DictReader(table)}
    return view.page.get_by_role("heading", level=3, name=names[str(point["id"])])


def test_map_draws_from_this_host_alone(open_page: Opener) -> None:
    view = open_page("/testbeds", "en")
    frame = view.map_frame()
    assert frame.evaluate("() => window.atlasProvinces.features.length") == 17
    frame.wait_for_function(f"() => ({INK})() > 0.1")
    ids = _ids(view)
    assert len(ids) > 100
    assert len(set(ids)) == len(ids)
    view.clean()


def test_map_shows_only_the_testbeds_of_the_list(open_page: Opener) -> None:
    everything = _ids(open_page("/testbeds", "en"))
    view = open_page("/testbeds?kind=living-lab", "en")
    few = _ids(view)
    assert 0 < len(few) < len(everything)
    heading = view.page.get_by_role("heading", name=re.compile(rf"\b{len(few)}\b"))
    expect(heading.first).to_be_attached()


def test_click_on_a_point_shows_its_testbed(open_page: Opener) -> None:
    view = open_page("/testbeds", "en")
    target = _loneliest(_points(view))
    _click(view, target)
    view.wait_for_param("testbed", str(target["id"]))
    expect(_heading(view, target)).to_be_visible()
    expect(view.page.get_by_text(Words("en")("Operator"), exact=True).first).to_be_visible()
    expect(view.page.locator(".st-key-sources-testbed")).to_be_visible()
    view.clean()


def test_second_click_chooses_another_testbed(open_page: Opener) -> None:
    view = open_page("/testbeds?kind=smart-city-challenge", "en")
    points = _points(view)
    first = _loneliest(points)
    _click(view, first)
    view.wait_for_param("testbed", str(first["id"]))
    expect(_heading(view, first)).to_be_visible()
    second = _loneliest([p for p in _points(view) if p["id"] != first["id"]])
    _click(view, second)
    view.wait_for_param("testbed", str(second["id"]))
    expect(_heading(view, second)).to_be_visible()
    expect(_heading(view, first)).to_have_count(0)
    view.clean()


def test_panning_the_map_does_not_run_the_page(open_page: Opener) -> None:
    view = open_page("/testbeds", "en")
    frame = view.map_frame()
    before = view.watch.sent
    frame.evaluate(
        """() => new Promise(done => {
            window.map.once("moveend", () => done(true));
            window.map.panBy([120, 40]);
        })"""
    )
    # messages keep their order: one for the pan would go out before the one for this button
    view.page.locator(".st-key-sources-testbeds button:visible").first.click()
    expect(view.page.get_by_role("dialog")).to_be_visible()
    assert view.watch.sent == before + 1


@pytest.mark.parametrize(
    ("name", "code"), [("Busan", "KR-26"), ("Sejong", "KR-50"), ("Cheonan", "44130")]
)
def test_place_button_shows_the_places_profile(open_page: Opener, name: str, code: str) -> None:
    view = open_page("/testbeds", "en")
    view.page.locator(f".st-key-place-{code} button").click()
    view.wait_for_param("place", code)
    expect(
        view.page.get_by_role("heading", name=re.compile(f"{name}.*: what is known"))
    ).to_be_visible()
    metrics = view.page.get_by_test_id("stMetric")
    expect(metrics).to_have_count(4)
    for metric in metrics.all():
        value = metric.get_by_test_id("stMetricValue").inner_text()
        assert re.fullmatch(r"[\d,]+", value.strip())
    view.map_frame()
    view.clean()


def test_crowded_testbeds_are_counted_and_come_apart(open_page: Opener) -> None:
    """Symbols and numbers together stand for every testbed; a click on a number comes nearer."""
    view = open_page("/testbeds", "en")
    frame = view.map_frame()
    counted = """() => window.atlasPointLayer.numbers.getLayers()
        .map(layer => Number(layer.getElement().textContent))"""
    alone = "() => window.atlasPointLayer.getLayers().length"
    assert sum(frame.evaluate(counted)) + frame.evaluate(alone) == len(_ids(view))
    zoom = frame.evaluate("() => window.map.getZoom()")
    frame.locator(".atlas-crowd").first.click()
    frame.wait_for_function(f"() => window.map.getZoom() > {zoom}")
    view.clean()


def test_symbols_and_numbers_can_be_reached_and_used_by_keyboard(open_page: Opener) -> None:
    view = open_page("/testbeds?kind=smart-city-challenge", "en")
    symbol = view.map_frame().locator(".atlas-point").first
    assert symbol.get_attribute("tabindex") == "0"
    assert symbol.get_attribute("aria-label")
    symbol.focus()
    symbol.press("Enter")
    view.page.wait_for_url(re.compile(r"[?&]testbed="))
    view.settle()
    expect(view.page.locator(".st-key-sources-testbed")).to_be_visible()
    view.clean()


def test_a_choice_in_the_list_moves_the_map(open_page: Opener) -> None:
    view = open_page("/testbeds", "en")
    before = view.map_frame().evaluate("() => window.map.getZoom()")
    box = view.page.locator(".st-key-param-testbed")
    box.get_by_role("combobox").click()
    view.page.keyboard.type("Osiria")
    view.page.keyboard.press("Enter")
    view.page.wait_for_url(re.compile(r"[?&]testbed="))
    view.settle()
    view.map_frame().wait_for_function(f"() => window.map.getZoom() > {before} + 2")
    view.clean()


def test_the_map_can_be_a_still_picture(open_page: Opener) -> None:
    view = open_page("/testbeds?map=picture", "ko")
    expect(view.page.locator(MAP_FRAME)).to_have_count(0)
    picture = view.page.get_by_test_id("stImage").locator("img, svg").first
    expect(picture).to_be_visible()
    view.clean()
