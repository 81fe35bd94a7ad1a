"""The link by which a reader reports an error: prefilled, kept by nobody here.

``ATLAS_REPORT_URL`` says where reports go:

- ``mailto:curators@example.org`` (or nothing, then the reader's mail program asks for the
  recipient, which works in closed networks too): subject and body are filled in;
- a web address: ``title`` and ``body`` are added to its query, which issue trackers
  understand; one with ``{title}`` and ``{body}`` in it is filled in at these places.
"""

from __future__ import annotations

import os
from urllib.parse import quote, urlsplit

from charts.text import clean
from ui.i18n import Words

VARIABLE = "ATLAS_REPORT_URL"
#: Mail programs and servers cut longer addresses.
MAX_ADDRESS = 1900
MAX_TITLE = 120


def _filled(target: str, title: str, body: str) -> str:
    subject, text = quote(title, safe=""), quote(body, safe="")
    if "{title}" in target or "{body}" in target:
        return target.replace("{title}", subject).replace("{body}", text)
    first = "subject" if target.startswith("mailto:") else "title"
    joint = "&" if "?" in target else "?"
    return f"{target}{joint}{first}={subject}&body={text}"


def _target() -> str:
    """Where reports go; a scheme that a link should not have counts as not set."""
    target = os.environ.get(VARIABLE, "").strip()
    return target if urlsplit(target).scheme in ("mailto", "https", "http") else "mailto:"


def report_url(title: str, method: str, snapshot: str, link: str, t: Words) -> str:
    """Address of a report about a figure.

    Args:
        title: title of the figure, as shown.
        method: code of the figure: the function that computed it.
        snapshot: id of the data.
        link: address of the view; left out when the whole would become too long.
    """
    heading = f"{t('Error in a figure')}: {clean(title)[:MAX_TITLE]}"
    known = [f"{t('Figure')}: {method}", f"{t('Snapshot')}: {snapshot}"]
    question = t("What is wrong, and which page says so?")
    full = "\n".join([*known, f"{t('Link of the view')}: {link}", "", question, ""])
    address = _filled(_target(), heading, full)
    if len(address) <= MAX_ADDRESS:
        return address
    return _filled(_target(), heading, "\n".join([*known, "", question, ""]))
