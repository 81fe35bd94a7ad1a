"""Every page of the menu, in both languages: whole, quiet, and as wide as the window."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import DESKTOP, PHONE
from tests.e2e.conftest import Opener
from ui.frame import entries
from ui.i18n import LANGUAGES, Words

pytestmark = pytest.mark.e2e

PATHS = [f"/{entry.path}" for entry in entries(Words("en")).values()]


def test_the_menu_has_the_pages_these_tests_name() -> None:
    assert {"/", "/testbeds", "/funnel", "/investment", "/data"} <= set(PATHS)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", PATHS)
def test_page_is_whole_and_keeps_to_itself(open_page: Opener, path: str, lang: str) -> None:
    view = open_page(path, lang, width=PHONE)
    expect(view.page.locator("html")).to_have_attribute("lang", lang)
    expect(view.title).to_have_count(1)
    assert view.title.inner_text().strip()
    view.fits(PHONE)
    view.fits(DESKTOP)
    view.clean()


@pytest.mark.parametrize("path", PATHS)
def test_heading_is_in_the_readers_language(open_page: Opener, path: str) -> None:
    korean = open_page(path, "ko").title.inner_text()
    english = open_page(path, "en").title.inner_text()
    assert any("가" <= letter <= "힣" for letter in korean)
    assert english.isascii()


@pytest.mark.parametrize("path", PATHS)
def test_window_title_names_the_page(open_page: Opener, path: str) -> None:
    entry = next(e for e in entries(Words("en")).values() if f"/{e.path}" == path)
    view = open_page(path, "en")
    expect(view.page).to_have_title(f"{entry.title} · Testbed Atlas Korea")


def test_dark_page_is_dark(open_page: Opener) -> None:
    view = open_page("/", "en", theme="dark")
    colour = view.page.get_by_test_id("stApp").evaluate("e => getComputedStyle(e).backgroundColor")
    red, green, blue = (int(part) for part in colour.strip("rgba()").split(",")[:3])
    assert max(red, green, blue) < 64
    view.clean()
