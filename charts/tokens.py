"""Colours and measures shared by all charts; the same values stand in the theme file.

The ordered stage scale runs from light to dark in one hue family (viridis order:
safe for colour-blind readers, ordered in grey print too). Categories use the
Okabe–Ito palette, yellow last because it fades on white.
"""

from __future__ import annotations

from dataclasses import dataclass

ACCENT = "#0F6B8C"
NEUTRAL = "#8A94A0"

STAGES = {
    "applied": "#BFE0EB",
    "meetup": "#AAD5E3",
    "finalist": "#94C8DB",
    "selected": "#7CB9D1",
    "poc": "#66AAC7",
    "poc-completed": "#519ABC",
    "field-demo": "#3F8AB0",
    "adopted": "#317AA4",
    "contract": "#266A96",
    "commercialised": "#1D5B88",
    "exported": "#164C78",
    "ended-without-adoption": "#B4664A",
}

OKABE_ITO = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#E69F00",
    "#7A7A7A",
    "#F0E442",
)

FONT = (
    "Pretendard, 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR', "
    "system-ui, sans-serif"
)

# Land and lines of maps: readable on the light and on the dark page.
MAP_LAND = "#FDFDFB"
MAP_SEA = "#DCE7EE"
MAP_LINE = "#8796A3"
MAP_EMPTY = "#EEF2F4"


@dataclass(frozen=True, slots=True)
class Symbol:
    """How a kind is drawn on a map: a shape and a colour, so that neither is needed alone."""

    shape: str
    color: str


#: Shapes in the order of categories: paths in a square of 24.
SHAPES = {
    "circle": "M12 2a10 10 0 1 0 0 20 10 10 0 1 0 0-20z",
    "square": "M3 3h18v18H3z",
    "diamond": "M12 1l11 11-11 11L1 12z",
    "triangle": "M12 2l11 20H1z",
    "down": "M12 22L1 2h22z",
    "hexagon": "M6 2h12l6 10-6 10H6L0 12z",
    "star": "M12 1l3.2 7.3 7.8.7-5.9 5.2L18.9 22 12 17.9 5.1 22l1.8-7.8L1 9l7.8-.7z",
    "cross": "M8 1h8v7h7v8h-7v7H8v-7H1V8h7z",
}


def symbols(codes: list[str] | tuple[str, ...]) -> dict[str, Symbol]:
    """Shape and colour for each code, in the order given; repeats after eight."""
    shapes = list(SHAPES)
    colors = categorical(codes)
    return {c: Symbol(shapes[i % len(shapes)], colors[c]) for i, c in enumerate(codes)}


def categorical(codes: list[str] | tuple[str, ...]) -> dict[str, str]:
    """One colour for each code, in the order given; repeats after eight."""
    return {code: OKABE_ITO[i % len(OKABE_ITO)] for i, code in enumerate(codes)}
