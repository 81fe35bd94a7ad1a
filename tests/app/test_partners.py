"""The partner page, run without a browser."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import ui.program_words
from tests.app.test_pages import open_page as open_any_page
from tests.app.test_pages import opened
from tests.support import DATA, read_rows
from ui.i18n import LANGUAGES
from ui.layout import ROWS_SHOWN

PROGRAMMES = len(read_rows(DATA, "programs"))


@pytest.fixture(autouse=True)
def fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.program_words, "today_in_korea", lambda: date(2026, 11, 22))


def open_page(lang: str, **params: str) -> AppTest:
    named = {name.replace("_", "-"): value for name, value in params.items()}
    return open_any_page("partners.py", lang, **named)


def tables(at: AppTest) -> list[pd.DataFrame]:
    """The ranked lists, without the counts of what was left out."""
    frames = [d.value for d in at.dataframe]
    return [f for f in frames if "Score" in f or "점수" in f]


def answer(at: AppTest) -> str:
    return str(at.markdown[0].value).replace("\\", "")


NEED = {"sector": "robotics", "age": "6", "need": "poc", "where": "outside-capital"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_startup_sees_programmes_and_hosts(lang: str) -> None:
    programs, hosts = tables(open_page(lang, **NEED))
    score = "Score" if lang == "en" else "점수"
    for frame in (programs, hosts):
        assert len(frame) > 10
        assert frame[score].is_monotonic_decreasing


def test_robotics_startup_outside_the_capital_gets_reasons() -> None:
    programs, _ = tables(open_page("en", **NEED))
    best = programs.head(10)["Reasons"]
    assert best.str.contains("Robotics|names no sector").all()
    assert best.str.contains("supports: Proof of concept").sum() >= 7
    assert not best.str.contains("in Seoul|in Incheon|in Gyeonggi").any()
    assert best.str.contains("limit on|younger than").all()


def test_score_is_the_sum_of_the_parts_that_are_shown() -> None:
    parts = [
        "Names the sector",
        "Gives what is needed",
        "Similar pilots",
        "Pilots that went further",
        "Recent edition",
        "Publishes counts",
        "Window",
        "Near",
    ]
    programs, _ = tables(open_page("en", **NEED))
    # each part is rounded to one digit
    assert (programs[parts].sum(axis=1) - programs["Score"]).abs().max() <= 0.05 * (len(parts) + 1)


def test_weights_of_the_link_change_the_order() -> None:
    plain, _ = tables(open_page("en", **NEED))
    at = open_page("en", **NEED, w_further="5", w_sector="0", w_recent="0")
    weighted, _ = tables(at)
    assert list(plain["Name"]) != list(weighted["Name"])
    assert not at.slider
    opened(at, "weights")
    assert {s.label: s.value for s in at.slider}["Pilots that went further"] == 5
    assert set(weighted["Names the sector"]) == {0}


def test_left_out_counts_are_shown() -> None:
    at = opened(open_page("en", **NEED), "partner-programs-left-out")
    counts = next(d.value for d in at.dataframe if "Criterion" in d.value)
    assert set(counts["Criterion"]) == {
        "known to be elsewhere",
        "age limit of the newest edition",
    }
    shown = 0
    for page in range(1, 6):
        programs, _ = tables(open_page("en", **NEED, **{"partner-programs-page": str(page)}))
        shown += len(programs)
        if len(programs) < ROWS_SHOWN:
            break
    dropped = PROGRAMMES - shown
    assert any(f"Left out: {dropped} of {PROGRAMMES} programmes" in c.value for c in at.caption)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_host_sees_technologies(lang: str) -> None:
    at = open_page(lang, side="host", sector="mobility", home="KR-26", host="government")
    (technologies,) = tables(at)
    reasons = technologies["Reasons" if lang == "en" else "이유"]
    assert reasons.head(3).str.contains("Busan" if lang == "en" else "부산").all()


def test_nothing_said_is_said() -> None:
    for side in ("startup", "host"):
        assert "evidence alone ranks" in answer(open_page("en", side=side))
    assert "evidence alone" not in answer(open_page("en", sector="robotics"))


def test_no_match_is_explained() -> None:
    at = open_page("en", side="host", sector="education", stage="contract", q="autonomous")
    assert any("No match. Most are left out by" in i.value for i in at.info)
    assert tables(at) == []


def test_bad_weights_and_sides_are_notices() -> None:
    at = open_page("en", side="investor", w_near="99", age="x")
    assert any(all(n in w.value for n in ("side", "w-near", "age")) for w in at.warning)
    opened(at, "weights")
    assert {s.label: s.value for s in at.slider}["Near"] == 2
