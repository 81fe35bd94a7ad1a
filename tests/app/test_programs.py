"""The programme page, run without a browser, on a day when windows are open and on one when not."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import ui.program_words
from tests.app.test_pages import open_page as open_any_page
from tests.support import DATA, read_rows
from ui.i18n import LANGUAGES
from ui.layout import ROWS_SHOWN

SPRING = date(2025, 4, 10)

PROGRAMMES = len(read_rows(DATA, "programs"))


@pytest.fixture(autouse=True)
def spring(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fixed day: three calls are known to close within the month after it."""
    monkeypatch.setattr(ui.program_words, "today_in_korea", lambda: SPRING)


def open_page(lang: str, **params: str) -> AppTest:
    return open_any_page("programs.py", lang, **params)


def table(at: AppTest) -> pd.DataFrame:
    """The catalogue: the first table of the page."""
    frame = at.dataframe[0].value
    assert isinstance(frame, pd.DataFrame)
    return frame


def answer(at: AppTest) -> str:
    return str(at.markdown[0].value).replace("\\", "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_lists_every_programme(lang: str) -> None:
    at = open_page(lang)
    programme = next(iter(table(at).columns))
    seen = [*table(at)[programme]]
    for page in range(2, 6):
        seen += [*table(open_page(lang, **{"programs-page": str(page)}))[programme]]
    assert len(seen) == PROGRAMMES
    assert len(set(seen)) > 220  # a few programmes share a name
    assert len(at.get("plotly_chart")) == 1
    assert "2025-04-10" in answer(at)


def test_open_programmes_are_counted_and_listed() -> None:
    at = open_page("en", status="open")
    shown = table(at)
    assert f", {len(shown)} of {PROGRAMMES} programmes are known to take applications" in answer(at)
    assert len(shown) > 0
    assert shown["Window"].str.startswith("open").all()


@pytest.mark.parametrize(
    ("params", "column", "needle"),
    [
        ({"kind": "procurement"}, "Kind", "procurement"),
        ({"region": "KR-26"}, "Provinces", "Busan"),
        ({"need": "export"}, "Supports", "Export"),
        ({"foreign": "yes"}, "Foreign firms", "Open to foreign firms"),
        ({"sector": "robotics", "anysector": "no"}, "Sectors", "Robotics"),
    ],
)
def test_filters_of_the_link(params: dict[str, str], column: str, needle: str) -> None:
    shown = table(open_page("en", **params))
    assert 0 < len(shown) < PROGRAMMES
    assert shown[column].str.contains(needle, case=False).all()


def test_programmes_without_a_sector_are_said_to_be_so() -> None:
    shown = table(open_page("en", sector="robotics"))
    others = shown[~shown["Sectors"].str.contains("Robotics")]
    assert set(others["Sectors"]) == {"open to all, or not known"}


def test_an_impossible_choice_is_said() -> None:
    at = open_page("en", kind="procurement", region="KR-49", sector="education", anysector="no")
    assert any("Nothing in the data" in i.value for i in at.info)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_programme_with_its_editions(lang: str) -> None:
    at = open_page(lang, program="hyundai-enc-seoul-oi")
    editions = at.dataframe[-1].value
    column = "Edition" if lang == "en" else "회차"
    assert list(editions[column])[:4] == ["2025", "2024", "2023", "2022"]
    facts = " ".join(m.value for m in at.markdown)
    assert ("usually opens in March" if lang == "en" else "통상 3월") in facts


def test_deadlines_ahead_and_past() -> None:
    ahead = open_page("en")
    past = open_page("en", past="yes")
    counts = [
        int(next(c.value for c in at.caption if "in the file" in c.value).split()[0])
        for at in (ahead, past)
    ]
    assert 0 < counts[0] < counts[1]


def test_no_deadline_ahead_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.program_words, "today_in_korea", lambda: date(2031, 1, 1))
    at = open_page("en")
    assert any("No deadline ahead" in c.value for c in at.caption)


def test_a_wrong_age_in_the_link_is_a_notice() -> None:
    at = open_page("en", age="-1", least="7", program="<script>")
    assert any("age" in w.value and "least" in w.value for w in at.warning)
    assert len(table(at)) == ROWS_SHOWN
