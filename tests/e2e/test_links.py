"""The address bar is the state: copied, shared in another language, broken, and walked back."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.browsing import WARNING, View, with_params
from tests.e2e.conftest import PATHS, Opener
from ui.i18n import LANGUAGES, Words

pytestmark = pytest.mark.e2e

PARAMETERS = [
    ("/testbeds", "kind"),
    ("/testbeds", "place"),
    ("/funnel", "unit"),
    ("/investment", "from"),
    ("/data", "table"),
]
LONG = "9" * 10_000
HACK = "<script>window.__hacked=1</script><img src=x onerror=window.__hacked=1>"


def _address(view: View) -> str:
    parts = urlsplit(view.page.url)
    return f"{parts.path}?{parts.query}"


def _menu(view: View, title: str) -> None:
    view.page.get_by_test_id("stTopNavLink").filter(has_text=title).click()


def test_filters_go_into_the_link_as_codes(open_page: Opener) -> None:
    view = open_page("/testbeds", "ko")
    view.choose("param-kind", Words("ko").code("testbeds", "kind", "living-lab"))
    view.wait_for_param("kind", "living-lab")
    view.choose("param-status", Words("ko").code("testbeds", "status", "operating"))
    view.wait_for_param("status", "operating")
    assert view.params == {"lang": "ko", "kind": "living-lab", "status": "operating"}
    view.clean()


def _switch(view: View, key: str) -> Locator:
    """The choices of a segmented control."""
    return view.page.locator(f".st-key-{key}").get_by_role("radio")


def _bars(view: View) -> list[str]:
    """The numbers at the bars of the pilots' chart: the same in every language."""
    texts = view.page.locator(".st-key-chart-milestone-funnel .bartext").all_text_contents()
    assert texts
    return ["".join(filter(str.isdigit, text)) for text in texts]


def test_copied_link_restores_the_view_in_the_other_language(open_page: Opener) -> None:
    korean = open_page("/funnel", "ko")
    unfiltered = _bars(korean)
    korean.choose("param-region", "부산")
    korean.wait_for_param("region", "KR-26")
    _switch(korean, "param-unit").nth(1).click()
    korean.wait_for_param("unit", "projects")
    copied = _address(korean)
    assert copied.isascii()

    english = open_page(copied.replace("lang=ko", "lang=en"), "")
    assert english.params == {**korean.params, "lang": "en"}
    assert "Busan" in english.chosen("param-region")
    expect(_switch(english, "param-unit").nth(1)).to_be_checked()
    assert _bars(english) == _bars(korean) != unfiltered
    english.clean()


@pytest.mark.parametrize("path", PATHS)
def test_hostile_link_is_ignored_and_said_so(open_page: Opener, path: str) -> None:
    hostile = dict.fromkeys(["kind", "status", "sector", "from", "to", "program", "testbed"], HACK)
    hostile |= {"region": "KR-99", "unit": "bogus", "place": "../../etc", "table": "../sources"}
    view = open_page(with_params(path, **hostile, lang="xx"), "")
    expect(view.page.locator(WARNING).filter(has_text="lang")).to_be_visible()
    assert view.page.evaluate("() => window.__hacked") is None
    assert view.params["lang"] in LANGUAGES
    view.clean()


@pytest.mark.parametrize(("path", "name"), PARAMETERS)
def test_endless_value_is_ignored_and_said_so(open_page: Opener, path: str, name: str) -> None:
    view = open_page(with_params(path, **{name: LONG}), "en")
    expect(view.page.locator(WARNING).filter(has_text=name)).to_be_visible()
    view.clean()


def test_search_text_is_shown_as_text(open_page: Opener) -> None:
    view = open_page(f"/data?q={quote(HACK)}", "en")
    assert view.page.evaluate("() => window.__hacked") is None
    view.clean()


def test_good_parts_of_a_broken_link_are_kept(open_page: Opener) -> None:
    view = open_page("/testbeds?kind=living-lab,bogus&region=KR-99", "en")
    expect(
        view.page.locator(WARNING).filter(has_text="kind").filter(has_text="region")
    ).to_be_visible()
    assert Words("en").code("testbeds", "kind", "living-lab") in view.chosen("param-kind")


def test_menu_keeps_the_language(open_page: Opener) -> None:
    view = open_page("/", "en")
    _menu(view, "PoC to market")
    view.wait_for_path("/funnel")
    expect(view.title).to_have_text("PoC to market")
    view.wait_for_param("lang", "en")
    view.clean()


def test_language_switch_keeps_the_view(open_page: Opener) -> None:
    view = open_page("/testbeds?kind=living-lab&place=KR-26", "en")
    view.page.get_by_test_id("stMain").get_by_text("한국어", exact=True).click()
    view.wait_for_param("lang", "ko")
    expect(view.title).to_have_text(Words("ko")("Testbeds"))
    expect(view.page.locator("html")).to_have_attribute("lang", "ko")
    assert view.params == {"kind": "living-lab", "place": "KR-26", "lang": "ko"}
    word = Words("ko").code("testbeds", "kind", "living-lab")
    expect(view.page.locator(".st-key-param-kind")).to_contain_text(word)
    expect(view.page.locator(".st-key-param-place").get_by_role("combobox")).to_have_value(
        re.compile("부산")
    )
    view.clean()


def test_filters_still_work_after_a_language_switch(open_page: Opener) -> None:
    view = open_page("/testbeds?kind=living-lab", "en")
    view.page.get_by_test_id("stMain").get_by_text("한국어", exact=True).click()
    view.wait_for_param("lang", "ko")
    expect(view.title).to_have_text(Words("ko")("Testbeds"))
    view.choose("param-kind", Words("ko").code("testbeds", "kind", "startup-park"))
    view.wait_for_param("kind", "living-lab,startup-park")
    expect(view.page.locator(WARNING).filter(has_text="kind")).to_have_count(0)
    view.clean()


def test_back_from_a_link_returns_to_the_earlier_view(open_page: Opener) -> None:
    view = open_page("/investment?region=KR-26", "en")
    view.page.get_by_role("link", name=Words("en")("Sources and definitions")).click()
    view.wait_for_path("/data")
    expect(view.title).to_have_text(Words("en")("Data & methods"))
    view.page.go_back()
    view.wait_for_path("/investment")
    expect(view.title).to_have_text(Words("en")("Investment linkage"))
    assert view.params == {"region": "KR-26", "lang": "en"}
    assert "Busan" in view.chosen("param-region")
    view.clean()


def test_back_from_the_menu_returns_to_the_earlier_page(open_page: Opener) -> None:
    # The front end empties the address before it leaves a page by the menu, and makes a
    # history entry of that: the earlier filters lie one step further back.
    view = open_page("/investment?region=KR-26", "en")
    _menu(view, "PoC to market")
    view.wait_for_path("/funnel")
    expect(view.title).to_have_text("PoC to market")
    view.page.go_back()
    view.wait_for_path("/investment")
    expect(view.title).to_have_text(Words("en")("Investment linkage"))
    view.page.go_back()
    view.wait_for_param("region", "KR-26")
    expect(view.page.locator(".st-key-param-region")).to_contain_text("Busan")
    view.clean()


def test_back_undoes_a_filter(open_page: Opener) -> None:
    view = open_page("/testbeds", "en")
    view.page.locator(".st-key-place-KR-26 button").click()
    view.wait_for_param("place", "KR-26")
    view.page.go_back()
    expect(view.page.get_by_test_id("stMetric")).to_have_count(0)
    assert view.params == {"lang": "en"}
    view.clean()


def test_back_leaves_the_first_page_at_once(open_page: Opener) -> None:
    view = open_page("/data", "ko")
    view.page.goto(f"{view.site.url}/robots.txt")
    view.go("/")
    assert view.param("lang") == "ko"
    view.page.go_back()
    expect(view.page.get_by_text("User-agent: *")).to_be_visible()
