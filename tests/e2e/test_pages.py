"""Every page and its main views: whole, quiet, in its language, for every eye and screen.

A view is loaded once; light and dark, wide and narrow are then looked at without loading
it again. By default each view is audited in one of the ways in which it can be looked at,
chosen so that over all views every language, theme and width meet several times;
``make access`` looks at each view in all of them.
"""

from __future__ import annotations

import os
from itertools import product

import pytest
from playwright.sync_api import expect

from loaders.package import Lang
from tests.e2e.conftest import PATHS, Opener
from tests.e2e.reading import CLIPPED, GRAVE, MODERATE, OVERLAPS, audit, foreign_words
from tests.e2e.views import THEMES, WIDTHS, Case, all_cases, few_cases, shown
from ui.frame import PageEntry, entries
from ui.i18n import LANGUAGES, Words

pytestmark = pytest.mark.e2e

EVERYTHING = os.environ.get("ATLAS_ACCESS") == "full"
CASES = list(all_cases() if EVERYTHING else few_cases())
# in the short run the ends of the range and a phone; the pages grow steadily between them
SCREENS = (320, 390, 768, 1440, 2560) if EVERYTHING else (320, 390, 2560)
#: Most that parts of a page may move while it loads (Cumulative Layout Shift, "good").
MOST_SHIFT = 0.1


def _entry(path: str, lang: Lang) -> PageEntry:
    return next(e for e in entries(Words(lang)).values() if f"/{e.path}" == path)


def test_the_site_has_the_pages_these_tests_name() -> None:
    assert {"/", "/testbeds", "/funnel", "/investment", "/data"} <= set(PATHS)


def test_over_all_views_every_language_theme_and_width_meet() -> None:
    looked = [(case.lang, *look) for case in CASES for look in case.looks]
    for way in product(LANGUAGES, THEMES, WIDTHS):
        assert looked.count(way) >= 3, way
    assert {str(case.shown) for case in CASES} == {str(view) for view in shown()}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_view_is_whole_and_for_everyone(open_page: Opener, case: Case) -> None:
    (theme, width), *further = case.looks
    view = open_page(case.shown.path, case.lang, width=width, theme=theme)
    view.still()
    moved = view.shifts()
    assert sum(value for value, _ in moved) <= MOST_SHIFT, moved

    expect(view.page.locator("html")).to_have_attribute("lang", case.lang)
    expect(view.title).to_have_count(1)
    if case.shown.path in PATHS:
        heading, t = view.title.inner_text(), Words(case.lang)
        assert any("가" <= letter <= "힣" for letter in heading) == (case.lang == "ko"), heading
        title = f"{_entry(case.shown.path, case.lang).title} · {t('Testbed Atlas Korea')}"
        expect(view.page).to_have_title(title)

    if case.shown.prepare:
        case.shown.prepare(view)
        view.still()
    found = audit(view.page)
    for theme, width in further:
        view.page.emulate_media(color_scheme=theme)
        view.resize(width)
        found += audit(view.page)
    assert [f for f in found if f.impact in GRAVE] == []
    assert [f for f in found if f.rule not in MODERATE] == []
    assert foreign_words(view.page, case.lang) == []

    for screen in SCREENS:
        view.fits(screen)
        assert view.page.evaluate(OVERLAPS) == [], f"overlap at {screen} px"
        assert view.page.evaluate(CLIPPED) == [], f"cut off at {screen} px"
    view.clean()


def test_no_font_is_fetched_that_no_page_shows(open_page: Opener) -> None:
    """The theme names fonts that readers have; of Streamlit's own only the icons are shown."""
    view = open_page("/", "ko")
    view.still()
    names = view.page.evaluate("""performance.getEntriesByType("resource")
        .map(entry => entry.name.split("/").pop()).filter(name => name.endsWith(".woff2"))""")
    assert [name.split("-")[0] for name in names] == ["MaterialSymbols"]
    view.clean()


def test_theme_follows_the_system_without_loading_again(open_page: Opener) -> None:
    view = open_page("/accessibility", "en", theme="light")
    app = view.page.get_by_test_id("stApp")
    light = app.evaluate("e => getComputedStyle(e).backgroundColor")
    view.page.emulate_media(color_scheme="dark")
    expect(app).not_to_have_css("background-color", light)
    colour = app.evaluate("e => getComputedStyle(e).backgroundColor")
    red, green, blue = (int(part) for part in colour.strip("rgba()").split(",")[:3])
    assert max(red, green, blue) < 64
    view.clean()
