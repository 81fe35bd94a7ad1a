"""Four tasks by keyboard alone; no test here clicks or sets the focus by a script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Opener
from tests.e2e.keys import Keyboard
from tests.unit.fixtures_small import committed
from ui.i18n import Words

pytestmark = pytest.mark.e2e

T = Words("en")


def test_first_press_skips_the_menu(open_page: Opener) -> None:
    view = open_page("/funnel", "ko")
    keys = Keyboard(view)
    keys.press("Tab")
    assert keys.on(".atlas-skip")
    expect(view.page.get_by_test_id("stSkipToContent")).to_be_hidden()  # speaks English only
    skip = view.page.locator(".atlas-skip")
    expect(skip).to_be_in_viewport()
    keys.press("Enter")
    expect(view.title).to_be_focused()
    keys.to("[data-testid=stMain] button, [data-testid=stMain] input")
    assert keys.unseen() == []
    view.clean()


def test_from_korean_to_the_sources_of_a_figure_and_back(open_page: Opener) -> None:
    view = open_page("/", "ko")
    keys = Keyboard(view)
    keys.to(".st-key-language-switch")
    keys.press("ArrowRight", "Enter")
    view.wait_for_param("lang", "en")
    assert keys.on(".st-key-language-switch"), "the focus is kept when the page is drawn again"
    keys.to('[data-testid=stMain] a[href*="programs"]')
    keys.press("Enter")
    view.wait_for_path("/programs")
    keys.to(".st-key-sources-windows")
    keys.press("Enter")
    dialog = view.page.get_by_role("dialog")
    expect(dialog.locator("[class*='st-key-csv-'] button:visible").first).to_be_visible()
    view.settle()
    assert keys.on("[role=dialog]"), "the focus goes into the dialog"
    keys.press("Escape")
    expect(dialog).to_have_count(0)
    expect(view.page.locator(".st-key-sources-windows :focus")).to_have_count(1)
    assert keys.unseen() == []
    view.clean()


def test_technologies_of_a_sector_and_the_profile_of_one(open_page: Opener) -> None:
    sectors = committed("sectors").set_index("sector")["name_en"]
    view = open_page("/technologies", "en")
    keys = Keyboard(view)
    keys.to(".st-key-param-sector")
    keys.option(".st-key-param-sector", sectors["mobility"])
    view.wait_for_param("sector", "mobility")
    assert keys.on(".st-key-param-sector"), "the focus is kept when the page is drawn again"
    keys.press("Escape")
    keys.to(".st-key-param-view")
    keys.press("ArrowRight", "Enter")
    view.wait_for_param("view", "cards")
    assert keys.on(".st-key-param-view"), "the focus is kept when the page is drawn again"
    keys.to("[class*='st-key-evidence-']")
    keys.press("Enter")
    view.page.wait_for_url("**pilot=**")
    view.settle()
    keys.to('a[href*="company?id="]')
    assert keys.unseen() == []
    keys.press("Enter")
    view.wait_for_path("/company")
    expect(view.title).to_have_count(1)
    view.clean()


def test_testbed_is_chosen_from_the_list(open_page: Opener) -> None:
    testbeds = committed("testbeds").sort_values("name_en").iloc[4]
    view = open_page("/testbeds", "en")
    keys = Keyboard(view)
    keys.to(".st-key-param-testbed")
    keys.option(".st-key-param-testbed", testbeds["name_en"])
    view.wait_for_param("testbed", testbeds["testbed_id"])
    assert keys.on(".st-key-param-testbed"), "the focus is kept when the page is drawn again"
    heading = view.page.get_by_role("heading", level=3, name=testbeds["name_en"])
    expect(heading.first).to_be_visible()
    assert keys.unseen() == []
    view.clean()


def test_help_gives_the_focus_back(open_page: Opener) -> None:
    view = open_page("/accessibility", "en")
    keys = Keyboard(view)
    keys.to(".st-key-help")
    keys.press("Enter")
    dialog = view.page.get_by_role("dialog")
    expect(dialog.get_by_text(T("How to read the figures"))).to_be_visible()
    keys.press("Escape")
    expect(dialog).to_have_count(0)
    expect(view.page.locator(".st-key-help :focus")).to_have_count(1)
    assert keys.unseen() == []
    view.clean()
