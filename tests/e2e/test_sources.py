"""From a figure to its rows, its pages and its file."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.browsing import View
from tests.e2e.conftest import PATHS, Opener

pytestmark = pytest.mark.e2e

TABLE = '[data-testid="stDataFrame"]'
HEADING = '[role="columnheader"]'
CELL = '[role="gridcell"]'


def _open_first(view: View) -> Locator:
    """The dialog behind the first Sources button of the page."""
    view.page.locator("[class*='st-key-sources-'] button:visible").first.click()
    dialog = view.page.get_by_role("dialog")
    # the button for a file comes after the tables
    expect(dialog.locator("[class*='st-key-csv-'] button:visible").first).to_be_visible()
    view.settle()
    return dialog


def _cells(table: Locator, heading: str) -> list[str]:
    """What the column under ``heading`` holds in the rows that are drawn."""
    column = table.locator(HEADING, has_text=re.compile(f"^{re.escape(heading)}$"))
    number = column.get_attribute("aria-colindex")
    return table.locator(f'{CELL}[aria-colindex="{number}"]').all_inner_texts()


def _saved(view: View, button: Locator) -> tuple[bytes, list[list[str]]]:
    """The file that the button gives, as bytes and as rows."""
    with view.page.expect_download() as download:
        button.click()
    content = Path(download.value.path()).read_bytes()
    return content, list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("path", PATHS)
def test_sources_show_pages_rows_and_a_file(open_page: Opener, path: str) -> None:
    view = open_page(path, "en")
    dialog = _open_first(view)
    tables = dialog.locator(TABLE)
    assert tables.count() >= 2, "the pages, and the rows of at least one table"
    addresses = _cells(tables.first, "Page")
    assert addresses
    assert all(a.startswith(("http://", "https://")) for a in addresses)
    expect(tables.nth(1).locator(CELL).first).to_be_attached()

    button = dialog.locator("[class*='st-key-csv-'] button:visible").first
    content, rows = _saved(view, button)
    assert content.startswith(b"\xef\xbb\xbf")
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}
    shown = tables.nth(1).locator(HEADING).all_inner_texts()
    assert shown == rows[0][: len(shown)]
    view.clean()


def test_link_of_a_source_is_a_safe_link_for_the_keyboard_too(open_page: Opener) -> None:
    view = open_page("/funnel", "en")
    pages = _open_first(view).locator(TABLE).first
    address = _cells(pages, "Page")[0]
    pages.locator(".dvn-scroller").click(position={"x": 40, "y": 54})  # first row, first cell
    for column in (1, 2, 3):
        chosen = pages.locator(f'{CELL}[aria-selected="true"][aria-colindex="{column}"]')
        expect(chosen).to_have_count(1)
        view.page.keyboard.press("ArrowRight" if column < 3 else "Enter")
    link = view.page.locator(f'a[href="{address}"]')
    expect(link).to_be_visible()
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", re.compile("noopener"))


def test_korean_file_of_a_figure_has_the_rows_of_its_table(open_page: Opener) -> None:
    view = open_page("/investment", "ko")
    content, rows = _saved(view, view.page.locator(".st-key-csv-linkage button:visible").first)
    assert content.startswith(b"\xef\xbb\xbf")
    assert any("가" <= letter <= "힣" for letter in "".join(rows[0]))
    expander = view.page.get_by_test_id("stExpander").first
    expander.locator("summary").click()
    expect(expander.locator('[role="grid"]')).to_have_attribute("aria-rowcount", str(len(rows)))
    view.clean()
