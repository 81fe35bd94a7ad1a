"""Escaping for text that goes into Streamlit's Markdown and into links."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from charts.text import clean

#: What stays as it is in an address; letters of any script may stand there too, encoded.
_IN_ADDRESS = "%/:?#[]@!$&'()*+,;=-._~"
#: Where icons, emoji, arrows and links are put into the finished text, escaped or not: behind
#: the colon of ``:name:``, inside ``->`` and ``--``, in ``http://``, ``www.`` and addresses of
#: mail. The joiner is invisible.
_REPLACED = re.compile(
    r"(?<=:)(?=[\w+/-]+:|//)|(?<=[-<>=])(?=[-<>=])|(?<=www)(?=\.)|(?<=@)(?=[-\w])", re.IGNORECASE
)
_JOINER = "\u2060"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:@&])")


def markdown(text: object) -> str:
    """Data as plain text inside Markdown: no markup, link, formula, icon, emoji or colour."""
    plain = _REPLACED.sub(_JOINER, " ".join(clean(text).split()))
    return _MARKDOWN.sub(r"\\\1", plain)


def markdown_link(label: object, address: str) -> str:
    """A Markdown link; whatever could end the address early is percent-encoded."""
    return f"[{markdown(label)}](<{quote(address, safe=_IN_ADDRESS)}>)"


def http_url(address: object) -> str | None:
    """The address when it is a plain web address, else None.

    Neither spaces nor a user's name in front of the host, which makes a link look like
    one to somewhere else.
    """
    text = clean(address).strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    web = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    return text if web and len(text.split()) == 1 else None
