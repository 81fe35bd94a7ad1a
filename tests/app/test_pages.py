"""Every page in both languages, run without a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ui.frame import PAGE_FOLDER, entries
from ui.i18n import LANGUAGES, Words
from ui.layout import FOLD

ROOT = Path(__file__).parents[2]
PAGES = {entry.path or "overview": entry.file for entry in entries(Words("en")).values()}
HANGUL = re.compile("[가-힣]")


#: Parts of a page that are drawn when they are opened.
FOLDS = {
    "technologies.py": ("filters", "stages"),
    "partners.py": ("weights", "partner-programs-left-out", "partner-hosts-left-out"),
}


def open_page(file: str, lang: str, **params: str) -> AppTest:
    at = AppTest.from_file(ROOT / "dashboard.py", default_timeout=120).run()
    at.switch_page(f"{PAGE_FOLDER}/{file}")
    at.query_params["lang"] = lang
    for name, value in params.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception, [e.value for e in at.exception]
    return at


def opened(at: AppTest, fold: str) -> AppTest:
    """The page with one of its folded parts opened."""
    at.session_state[f"{FOLD}{fold}"] = True
    at.run()
    assert not at.exception, [e.value for e in at.exception]
    return at


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("file", PAGES.values(), ids=PAGES.keys())
def test_page_opens_with_title_and_footer(file: str, lang: str) -> None:
    at = open_page(file, lang)
    assert len(at.title) == 1
    assert bool(HANGUL.search(at.title[0].value)) == (lang == "ko")
    assert any("CC BY 4.0" in c.value for c in at.caption)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("file", PAGES.values(), ids=PAGES.keys())
def test_labels_are_in_the_language(file: str, lang: str) -> None:
    """Widget labels and headings are ours, so they hold no word of the other language."""
    at = open_page(file, lang)
    for fold in FOLDS.get(file, ()):
        opened(at, fold)
    texts = [h.value for h in (*at.header, *at.subheader)]
    texts += [w.label for w in (*at.selectbox, *at.multiselect, *at.text_input) if w.label]
    for text in texts:
        if lang == "en":
            assert not HANGUL.search(text), text
        else:
            assert HANGUL.search(text), text


@pytest.mark.parametrize("file", PAGES.values(), ids=PAGES.keys())
def test_every_chart_says_its_finding(file: str) -> None:
    at = open_page(file, "ko")
    for chart in at.get("plotly_chart"):
        assert chart.proto.alt_text if hasattr(chart.proto, "alt_text") else chart.proto.alt


@pytest.mark.parametrize("file", PAGES.values(), ids=PAGES.keys())
def test_hostile_link_is_a_notice(file: str) -> None:
    hostile = "<script>alert(1)</script>"
    names = (
        "kind",
        "region",
        "status",
        "sector",
        "place",
        "testbed",
        "program",
        "series",
        "unit",
        "from",
        "to",
        "table",
    )
    at = open_page(file, hostile, **dict.fromkeys(names, hostile), q="=cmd|' /C calc'!A0" * 50)
    assert any("lang" in w.value for w in at.warning)
    assert not any("<script>" in w.value for w in at.warning)


def test_an_unknown_filter_value_is_named_in_the_notice() -> None:
    at = open_page("testbeds.py", "en", region="KR-99", kind="living-lab")
    assert any("region" in w.value and "kind" not in w.value for w in at.warning)
    assert at.multiselect(key="param-kind").value == ["living-lab"]
    assert at.multiselect(key="param-region").value == []


def test_filters_of_the_link_reach_the_widgets_and_the_finding() -> None:
    at = open_page("funnel.py", "en", sector="mobility", region="KR-50", unit="projects")
    assert at.multiselect(key="param-sector").value == ["mobility"]
    assert at.multiselect(key="param-region").value == ["KR-50"]
    findings = [m.value for m in at.markdown if "projects" in m.value and "field demon" in m.value]
    assert findings


def test_choice_in_a_widget_is_written_to_the_link() -> None:
    at = open_page("testbeds.py", "en")
    at.multiselect(key="param-kind").select("living-lab").run()
    assert not at.exception
    assert at.query_params["kind"] == "living-lab"
    at.multiselect(key="param-kind").unselect("living-lab").run()
    assert "kind" not in at.query_params


def test_a_choice_that_leaves_nothing_says_so() -> None:
    at = open_page("testbeds.py", "en", kind="national-pilot-city", region="KR-49")
    assert any("Nothing in the data" in i.value for i in at.info)
    at = open_page("funnel.py", "en", sector="education", region="KR-43")
    assert any("Nothing in the data" in i.value for i in at.info)
    at = open_page("investment.py", "ko", sector="education", region="KR-43")
    assert any("데이터가 없습니다" in i.value for i in at.info)


@pytest.mark.parametrize(
    ("code", "name"), [("KR-26", "Busan"), ("KR-50", "Sejong"), ("44130", "Cheonan-si")]
)
def test_named_places_show_their_profile(code: str, name: str) -> None:
    at = open_page("testbeds.py", "en", place=code)
    # names are data: what Markdown would read in them is escaped
    assert any(h.value.replace("\\", "") == f"{name}: what is known" for h in at.header)
    shown = {m.label: int(m.value.replace(",", "")) for m in at.metric}
    assert set(shown) == {"Testbeds", "Pilots", "Programmes", "Amounts for urban technology"}
    assert all(n > 0 for n in shown.values())


def test_language_follows_url_then_browser() -> None:
    at = AppTest.from_file(ROOT / "dashboard.py", default_timeout=120)
    at.context["locale"] = "en-GB"
    at.run()
    assert at.title[0].value.startswith("Where Korea")
    at.query_params["lang"] = "ko"
    at.run()
    assert HANGUL.search(at.title[0].value)
