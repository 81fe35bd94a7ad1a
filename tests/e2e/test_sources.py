"""From a figure to its rows, its pages and its file."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.browsing import View
from tests.e2e.conftest import Opener
from ui.frame import entries
from ui.i18n import Words

pytestmark = pytest.mark.e2e

PATHS = [f"/{entry.path}" for entry in entries(Words("en")).values()]
TABLE = '[data-testid="stDataFrame"]'


def _open_first(view: View) -> Locator:
    """The dialog behind the first Sources button of the page."""
    view.page.locator("[class*='st-key-sources-'] button").first.click()
    dialog = view.page.get_by_role("dialog")
    # the last table of the dialog comes with the button for its file
    expect(dialog.locator("[class*='st-key-csv-'] button").first).to_be_visible()
    view.settle()
    return dialog


def _cells(table: Locator, heading: str) -> list[str]:
    """What the column under ``heading`` holds in the rows that are drawn."""
    column = table.get_by_role("columnheader", name=heading, exact=True)
    number = column.get_attribute("aria-colindex")
    return table.locator(f'[role="gridcell"][aria-colindex="{number}"]').all_inner_texts()


def _click_cell(view: View, table: Locator, cell: Locator) -> None:
    """Click on a cell: it is painted, so its place is asked of the grid by the keyboard focus."""
    cell.focus()
    view.page.keyboard.press("Enter")


def _saved(view: View, button: Locator) -> tuple[bytes, list[list[str]]]:
    """The file that the button gives, as bytes and as rows."""
    with view.page.expect_download() as download:
        button.click()
    content = Path(download.value.path()).read_bytes()
    return content, list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("path", PATHS)
def test_sources_show_pages_and_rows(open_page: Opener, path: str) -> None:
    view = open_page(path, "en")
    dialog = _open_first(view)
    tables = dialog.locator(TABLE)
    assert tables.count() >= 2, "pages, and rows of at least one table"
    addresses = _cells(tables.first, "Page")
    assert addresses
    assert all(a.startswith(("http://", "https://")) for a in addresses)
    assert tables.nth(1).get_by_role("gridcell").count() > 0
    view.clean()


def test_link_of_a_source_opens_its_page_in_a_window_of_its_own(open_page: Opener) -> None:
    view = open_page("/funnel", "en")
    pages = _open_first(view).locator(TABLE).first
    address = _cells(pages, "Page")[0]
    cell = pages.get_by_role("gridcell").filter(has_text=address).first
    with view.page.context.expect_page() as opened:
        _click_cell(view, pages, cell)
    assert opened.value.evaluate("() => window.opener") is None
    assert view.watch.foreign == [address]


@pytest.mark.parametrize("path", PATHS)
def test_file_is_what_excel_reads_as_korean(open_page: Opener, path: str) -> None:
    view = open_page(path, "ko")
    button = _open_first(view).locator("[class*='st-key-csv-'] button").first
    content, rows = _saved(view, button)
    assert content.startswith(b"\xef\xbb\xbf")
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}
    assert any("가" <= letter <= "힣" for letter in "".join(rows[0]))
    view.clean()


def test_file_of_a_figure_has_the_rows_of_its_table(open_page: Opener) -> None:
    view = open_page("/investment", "en")
    _, rows = _saved(view, view.page.locator(".st-key-csv-linkage button"))
    view.page.get_by_test_id("stExpander").first.click()
    table = view.page.get_by_test_id("stExpander").first.locator(TABLE)
    grid = table.get_by_role("grid")
    expect(grid).to_have_attribute("aria-rowcount", str(len(rows)))
    headings = table.get_by_role("columnheader").all_inner_texts()
    assert headings == rows[0][: len(headings)]
