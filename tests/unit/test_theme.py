"""Contrast of every pair of colours that text and its ground can form (WCAG 2.2, 1.4.3, 1.4.11)."""

from __future__ import annotations

import re
import tomllib
from itertools import product

import pytest

from api.shell import render
from charts.tokens import ACCENT, FONT, MAP_LAND, MAP_LINE, NEUTRAL, OKABE_ITO, STAGES
from loaders.package import PROJECT_ROOT
from tests.unit.test_charts import luminance

THEME = tomllib.loads((PROJECT_ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
#: How Streamlit fades captions.
CAPTION = 0.6
TEXT, SHAPE = 4.5, 3.0
GROUNDS = ("backgroundColor", "secondaryBackgroundColor")


def contrast(a: str, b: str) -> float:
    lighter, darker = sorted((luminance(a), luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(front: str, back: str, share: float) -> str:
    parts = [
        round(share * int(front[i : i + 2], 16) + (1 - share) * int(back[i : i + 2], 16))
        for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02X}" for part in parts)


def test_the_measure_itself() -> None:
    """The two ends of the scale, and a pair with a published value (WebAIM: #777 on white)."""
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("theme", "front", "ground"),
    [*product(("light", "dark"), ("textColor", "linkColor", "primaryColor"), GROUNDS)],
)
def test_text_on_its_ground(theme: str, front: str, ground: str) -> None:
    assert contrast(THEME[theme][front], THEME[theme][ground]) >= TEXT


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_captions_on_the_page(theme: str) -> None:
    page = THEME[theme]["backgroundColor"]
    assert contrast(mixed(THEME[theme]["textColor"], page, CAPTION), page) >= TEXT


@pytest.mark.parametrize(("theme", "place"), [("light", 1), ("dark", 2)])
def test_tags_in_lists(theme: str, place: int) -> None:
    """The colour that the shell sets for the words of tags, on the accent."""
    shell = render("<title>x</title>", "en", "", "", "")
    found = re.search(r"light-dark\((#\w+),(#\w+)\)", shell)
    assert found
    color = found[place]
    full = color if len(color) == 7 else "#" + "".join(2 * c for c in color[1:])
    assert contrast(full.upper(), THEME[theme]["primaryColor"]) >= TEXT


@pytest.mark.parametrize("stage", STAGES)
def test_numbers_inside_bars(stage: str) -> None:
    """Plotly writes white or dark text into a bar, whichever stands out more."""
    assert max(contrast(STAGES[stage], ink) for ink in ("#FFFFFF", "#444444")) >= SHAPE


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("color", [ACCENT, NEUTRAL])
def test_bars_and_outlines_stand_out(theme: str, color: str) -> None:
    """Bars of any colour have an outline in the neutral grey."""
    limit = SHAPE if color == NEUTRAL else 2.5
    assert contrast(color, THEME[theme]["backgroundColor"]) >= limit


def test_borders_on_the_map() -> None:
    assert contrast(MAP_LINE, MAP_LAND) >= SHAPE - 0.2


def test_categories_differ_for_the_eye() -> None:
    assert len({round(luminance(color), 2) for color in OKABE_ITO}) >= 7


def test_pages_and_charts_have_the_same_fonts() -> None:
    assert THEME["font"] == THEME["headingFont"] == FONT
