"""Colours and measures shared by all charts; the same values stand in the theme file.

The ordered stage scale runs from light to dark in one hue family (viridis order:
safe for colour-blind readers, ordered in grey print too). Categories use the
Okabe–Ito palette, yellow last because it fades on white.
"""

from __future__ import annotations

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


def categorical(codes: list[str] | tuple[str, ...]) -> dict[str, str]:
    """One colour for each code, in the order given; repeats after eight."""
    return {code: OKABE_ITO[i % len(OKABE_ITO)] for i, code in enumerate(codes)}
