"""Links to profiles: as lists on a page, and as cells of a table.

Streamlit opens every link of a table in a new tab and shows either the address, one
fixed text for all cells or a part of the address; names would have to travel in the
address and could not be sorted or searched. So names stay text, and a column of icons
beside them leads to the profiles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

import pandas as pd
import streamlit as st

from analytics.profiles import TABLE, Kind
from charts.text import clean
from ui.i18n import Words

_PROFILE = re.compile(rf"(?:{'|'.join(TABLE)})\?id=[^&\s]+&lang=[a-z]{{2}}")
_WEB = re.compile(r"https?://\S+")


def profile_url(kind: Kind, entity_id: object, t: Words) -> str | None:
    """Address of a profile, relative to the site; None when there is no id."""
    if entity_id is None or pd.isna(entity_id) or entity_id == "":
        return None
    return f"{kind}?id={quote(str(entity_id), safe='')}&lang={t.lang}"


def profile_link(kind: Kind, entity_id: str, label: str, t: Words) -> str:
    """A link to a profile in the same tab, as HTML; the label is plain text.

    Not ``st.page_link``: on a profile it marks every other profile of that kind as the
    page the reader is on.
    """
    address = escape(profile_url(kind, entity_id, t) or "")
    # the browser's own blue cannot be read on the dark page
    return f'<a href="{address}" target="_self" style="color:inherit">{escape(clean(label))}</a>'


def link_list(links: Iterable[str]) -> None:
    """Links as a list without bullets, one a line."""
    items = "".join(f'<li style="margin:.2rem 0">{link}</li>' for link in links)
    st.html(f'<ul style="list-style:none;padding:0;margin:0;word-break:keep-all">{items}</ul>')


def with_profiles(
    shown: pd.DataFrame, kind: Kind, ids: Sequence[object] | pd.Series, t: Words
) -> pd.DataFrame:
    """The table with a column of profile addresses after its first column."""
    linked = shown.copy()
    linked.insert(min(1, len(shown.columns)), t("Profile"), [profile_url(kind, i, t) for i in ids])
    return linked


def _matches(cell: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(cell, str) and pattern.fullmatch(cell) is not None


def _holds(column: pd.Series, pattern: re.Pattern[str]) -> bool:
    if pd.api.types.is_numeric_dtype(column.dtype):
        return False
    # most columns are told by their first known cell
    known = (v for v in column.array if isinstance(v, str) or not pd.isna(v))
    first = next(known, None)
    return _matches(first, pattern) and all(_matches(v, pattern) for v in known)


def link_columns(shown: pd.DataFrame) -> Mapping[str, Any]:
    """How to show the columns that hold nothing but profile or web addresses."""
    config: dict[str, Any] = {}
    for name, column in shown.items():
        if _holds(column, _PROFILE):
            config[str(name)] = st.column_config.LinkColumn(
                display_text=":material/open_in_new:", width="small"
            )
        elif _holds(column, _WEB):
            config[str(name)] = st.column_config.LinkColumn(display_text=r"https?://([^/]+)")
    return config


def without_profiles(shown: pd.DataFrame) -> pd.DataFrame:
    """The table for a file: addresses that mean something only on this site are left out."""
    profiles = [name for name, column in shown.items() if _holds(column, _PROFILE)]
    return shown.drop(columns=profiles) if profiles else shown
