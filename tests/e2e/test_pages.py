"""Every page of the site, in both languages: whole, quiet, and as wide as the window."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from loaders.package import Lang
from tests.e2e.browsing import DESKTOP, PHONE
from tests.e2e.conftest import PATHS, Opener
from ui.frame import PageEntry, entries
from ui.i18n import LANGUAGES, Words

pytestmark = pytest.mark.e2e


def _entry(path: str, lang: Lang) -> PageEntry:
    return next(e for e in entries(Words(lang)).values() if f"/{e.path}" == path)


def test_the_site_has_the_pages_these_tests_name() -> None:
    assert {"/", "/testbeds", "/funnel", "/investment", "/data"} <= set(PATHS)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", PATHS)
def test_page_is_whole_and_keeps_to_itself(open_page: Opener, path: str, lang: Lang) -> None:
    view = open_page(path, lang, width=PHONE)
    expect(view.page.locator("html")).to_have_attribute("lang", lang)
    expect(view.title).to_have_count(1)
    heading = view.title.inner_text()
    assert any("가" <= letter <= "힣" for letter in heading) == (lang == "ko"), heading
    expect(view.page).to_have_title(
        f"{_entry(path, lang).title} · {Words(lang)('Testbed Atlas Korea')}"
    )
    view.fits(PHONE)
    view.fits(DESKTOP)
    view.clean()


def test_dark_page_is_dark(open_page: Opener) -> None:
    view = open_page("/", "en", theme="dark")
    colour = view.page.get_by_test_id("stApp").evaluate("e => getComputedStyle(e).backgroundColor")
    red, green, blue = (int(part) for part in colour.strip("rgba()").split(",")[:3])
    assert max(red, green, blue) < 64
    view.clean()
