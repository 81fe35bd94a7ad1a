"""The escaping boundary for text that goes into maps and Plotly labels."""

from __future__ import annotations

from collections.abc import Sequence

_MAP_ENTITIES = {ord(c): f"&#{ord(c)};" for c in "&<>\"'`$\\{}"}
_PLOTLY_ENTITIES = {ord(c): f"&#{ord(c)};" for c in "&<>"}
_CONTROLS = {code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}
# Characters that reorder or hide text around them, and letters that nobody sees.
_INVISIBLE = dict.fromkeys(
    (0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
     0xFEFF, *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080))
)  # fmt: skip
# Half characters and non-characters: no XML or UTF-8 can carry them.
_BROKEN = dict.fromkeys((*range(0xD800, 0xE000), 0xFFFE, 0xFFFF))
_REMOVED = _CONTROLS | _INVISIBLE | _BROKEN

MAX_LABEL = 300


def clean(text: object) -> str:
    """Text without control, direction, zero-width and broken characters."""
    return str(text).translate(_REMOVED)


def for_map(text: object) -> str:
    """Text that may stand in a folium tooltip.

    folium writes tooltips into a JavaScript template literal, Leaflet reads them as
    HTML, and branca runs the finished script through Jinja once more: the characters
    special to any of them become numeric entities.
    """
    return clean(text)[:MAX_LABEL].translate(_MAP_ENTITIES)


def for_plotly(text: object) -> str:
    """Text that may stand in a Plotly label, which reads a subset of HTML."""
    return clean(text)[:MAX_LABEL].translate(_PLOTLY_ENTITIES)


def shorten(text: str, width: int) -> str:
    """``text`` cut to ``width`` characters with an ellipsis."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def distinct(labels: Sequence[str]) -> list[str]:
    """Labels told apart: equal ones would share a line of a chart.

    A repeat gets trailing zero-width characters, which nobody sees.
    """
    seen: dict[str, int] = {}
    out = []
    for label in labels:
        out.append(label + "\u200b" * seen.get(label, 0))
        seen[label] = seen.get(label, 0) + 1
    return out
