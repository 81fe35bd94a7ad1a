"""A reader who opens everything: pages, profiles, the map, the sources, the files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Error, expect

from tests.e2e.browsing import DESKTOP, MAP_FRAME, PATIENCE, View
from tests.e2e.conftest import PATHS
from tests.security.canary import Canary
from tests.security.files import formulas
from tests.support import committed, read_rows

#: Profiles and the column whose values name what they are about.
PROFILES = {
    "/company": ("pilots", "org_id"),
    "/investor": ("investment_investors", "investor_id"),
    "/testbed": ("testbeds", "testbed_id"),
    "/program": ("program_editions", "program_id"),
}
#: Opens the tooltip of every point of the map, which Leaflet reads as HTML.
_TOOLTIPS = """() => Object.values(window.map._layers)
    .filter(layer => layer.feature && layer.openTooltip)
    .map(layer => { layer.openTooltip(); return 1; }).length"""
_MARKS = ".points path, .points .point, .sankey-node rect, .sankey-link, .scatterlayer .point"
HOVERED = 3


def views(folder: Path, number: int) -> list[str]:
    """Addresses that show every part of the site; ``number`` chooses whom and what."""

    def pick(table: str, column: str, step: int = 1) -> str:
        values = list(dict.fromkeys(row[column] for row in read_rows(folder, table) if row[column]))
        return values[number * step % len(values)]

    def with_query(path: str, **query: str) -> str:
        return f"{path}?{urlencode(query)}"

    province, company = pick("pilots", "sido"), pick("pilots", "org_id", 17)
    pilots = ",".join(row["pilot_id"] for row in read_rows(folder, "pilots")[number : number + 4])
    tables = list(committed().resources)
    plain = [path for path in PATHS if path not in PROFILES]
    profiles = [
        with_query(path, id=pick(table, column, 11)) for path, (table, column) in PROFILES.items()
    ]
    return [
        *plain,
        *profiles,
        with_query("/testbeds", place=province, testbed=pick("testbeds", "testbed_id", 7)),
        with_query("/funnel", places=f"{province},KR-11", sector=pick("pilots", "sector")),
        with_query("/investment", **{"from": "program_id", "to": "investor"}),
        with_query("/technologies", view="cards", list=pilots, compare=pilots),
        with_query("/technologies", view="map"),
        with_query("/technologies", pilot=pick("pilots", "pilot_id", 19)),  # its evidence
        with_query("/programs", program=pick("program_editions", "program_id", 13)),
        with_query("/partners", side="host"),
        with_query("/company", id=company[:-1] + "~"),  # near matches
        with_query("/data", table=tables[number % len(tables)]),
    ]


def _hover_charts(view: View) -> None:
    for chart in view.page.get_by_test_id("stPlotlyChart").all():
        for mark in chart.locator(_MARKS).all()[:HOVERED]:
            box = mark.bounding_box()
            if box and chart.is_visible():
                mark.scroll_into_view_if_needed()
                box = mark.bounding_box() or box
                view.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def _open_tooltips(view: View) -> int:
    if not view.page.locator(MAP_FRAME).count():
        return 0
    opened: int = view.map_frame().evaluate(_TOOLTIPS)
    return opened


def _sources(view: View, canary: Canary) -> Iterator[str]:
    """Open the first dialog of sources, and take the first file it offers."""
    buttons = view.page.locator("[class*='st-key-sources-'] button:visible")
    if not buttons.count() or view.page.get_by_role("dialog").count():
        return
    buttons.first.click()
    dialog = view.page.get_by_role("dialog")
    files = dialog.locator("[class*='st-key-csv-'] button:visible")
    expect(files.first).to_be_visible(timeout=PATIENCE)
    view.settle()
    yield from canary.findings(layout=False)
    with view.page.expect_download() as download:
        files.first.click()
    content = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    yield from formulas(csv.reader(io.StringIO(content, newline="")))


def walk(view: View, canary: Canary, path: str, *, thorough: bool) -> list[str]:
    """Everything wrong with one address; thorough: hovering, sources and files too."""
    found = []
    try:
        view.go(path)
        _open_tooltips(view)
        if view.page.locator(".st-key-try-again").count():
            found.append("the page could not be drawn")
        if thorough:
            _hover_charts(view)
        found += canary.findings()
        view.page.set_viewport_size({"width": DESKTOP, "height": 900})
        if thorough:
            found += _sources(view, canary)
            found += canary.findings(layout=False)
    except (AssertionError, Error) as error:
        found.append(f"{type(error).__name__}: {str(error)[:400]}")
    return [f"{path}: {finding}" for finding in dict.fromkeys(found)]
