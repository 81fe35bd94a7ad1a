"""From a figure to its rows, its pages and its file."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.browsing import View
from tests.e2e.conftest import PATHS, Opener

pytestmark = pytest.mark.e2e

TABLE = '[data-testid="stDataFrame"]'
HEADING = '[role="columnheader"]'
CELL = '[role="gridcell"]'
#: Pages in words only.
WITHOUT_FIGURES = ("/accessibility", "/style")
#: A source page in the dialog.
PAGE = 'li a[href^="http"]'


def _open_first(view: View) -> Locator:
    """The dialog behind the first Sources button of the page."""
    view.page.locator("[class*='st-key-sources-'] button:visible").first.click()
    dialog = view.page.get_by_role("dialog")
    # the report comes last
    expect(dialog.locator("a[href^='mailto:']")).to_be_visible()
    view.settle()
    return dialog


def _saved(view: View, button: Locator) -> tuple[bytes, list[list[str]]]:
    """The file that the button gives, as bytes and as rows."""
    with view.page.expect_download() as download:
        button.click()
    content = Path(download.value.path()).read_bytes()
    return content, list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("path", [path for path in PATHS if path not in WITHOUT_FIGURES])
def test_sources_show_pages_rows_and_a_file(open_page: Opener, path: str) -> None:
    view = open_page(path, "en")
    dialog = _open_first(view)
    assert dialog.locator(PAGE).count() > 0
    tables = dialog.locator(TABLE)
    assert tables.count() >= 1, "the rows of at least one table"
    expect(tables.first.locator(CELL).first).to_be_attached()

    files = "[class*='st-key-csv-']:not([class*='st-key-csv-file-']) button:visible"
    content, rows = _saved(view, dialog.locator(files).first)
    assert content.startswith(b"\xef\xbb\xbf")
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}
    shown = tables.first.locator(HEADING).all_inner_texts()
    assert shown == rows[0][: len(shown)]
    view.clean()


def test_link_of_a_source_is_a_safe_link_for_the_keyboard_too(open_page: Opener) -> None:
    view = open_page("/funnel", "en")
    link = _open_first(view).locator(PAGE).first
    link.focus()
    expect(link).to_be_focused()
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", re.compile("noopener"))


def test_archive_and_picture_of_a_figure(open_page: Opener) -> None:
    view = open_page("/money", "en")
    view.page.locator(".st-key-sources-money-by button:visible").first.click()
    dialog = view.page.get_by_role("dialog")
    expect(dialog.locator("a[href^='mailto:']")).to_be_visible()
    with view.page.expect_download() as download:
        dialog.locator(".st-key-zip-money-by button:visible").first.click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert {"README.md", "table.csv", "data.csv", "metadata.json"} <= set(archive.namelist())
    dialog.get_by_text("SVG", exact=True).click()
    view.page.wait_for_url(re.compile("picture=svg"))
    view.settle()
    chart = view.page.locator(".st-key-figure-money-by .js-plotly-plot")
    chart.hover()
    with view.page.expect_download() as picture:
        view.page.locator(".st-key-figure-money-by .modebar-btn").first.click()
    assert picture.value.suggested_filename.endswith(".svg")
    assert b"<svg" in Path(picture.value.path()).read_bytes()[:500]
    view.clean()


def test_korean_file_of_a_figure_has_the_rows_of_its_table(open_page: Opener) -> None:
    view = open_page("/investment", "ko")
    content, rows = _saved(view, view.page.locator(".st-key-csv-linkage button:visible").first)
    assert content.startswith(b"\xef\xbb\xbf")
    assert any("가" <= letter <= "힣" for letter in "".join(rows[0]))
    expander = view.page.get_by_test_id("stExpander").first
    expander.locator("summary").click()
    expect(expander.locator('[role="grid"]')).to_have_attribute("aria-rowcount", str(len(rows)))
    view.clean()
