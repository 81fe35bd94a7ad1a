"""Escaping for text that goes into Streamlit's Markdown and into links."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from charts.text import clean

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:@&])")


def markdown(text: object) -> str:
    """Data as plain text inside Markdown: no markup, link, formula, icon or colour."""
    return _MARKDOWN.sub(r"\\\1", " ".join(clean(text).split()))


def http_url(address: object) -> str | None:
    """The address when it is a plain web address (no space inside), else None."""
    text = clean(address).strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    plain = parts.scheme in ("http", "https") and parts.hostname and len(text.split()) == 1
    return text if plain else None
