"""Drawings as addresses, which Streamlit passes on as they are."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache


@lru_cache(maxsize=16)
def svg_address(svg: str) -> str:
    """An SVG document as a ``data:`` address."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()
