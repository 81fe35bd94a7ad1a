"""Rows of the data package as a reader sees them: words for codes, one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import streamlit as st
from streamlit.dataframe_util import convert_pandas_df_to_arrow_table

from analytics.profiles import Kind
from charts.text import clean
from loaders.package import Field, package
from ui.i18n import Words
from ui.kept import kept, made_once
from ui.links import link_columns, with_profiles
from ui.words import vocabulary

ROW_HEIGHT = 35
MOST_HEIGHT = 400
#: Columns that name whom a profile is about.
KEYS: Mapping[Kind, str] = {
    "company": "org_id",
    "testbed": "testbed_id",
    "program": "program_id",
}
_NAMED = ("regions", "stages", "sectors", "programs", "organizations", "testbeds", "municipalities")


def _readable(values: pd.Series, field: Field, resource: str, t: Words) -> pd.Series:
    target = field.reference.resource if field.reference else ""
    if target in _NAMED and target != resource:
        known = vocabulary(t, target)
    elif field.categories:
        known = {c.value: c.label[t.lang] for c in field.categories}
    else:
        known = {}
    if field.type == "list":
        return values.map(
            lambda cell: ", ".join(known.get(i, i) for i in str(cell).split(field.delimiter)),
            na_action="ignore",
        )
    if field.type == "boolean":
        return values.map({True: t("yes"), False: t("no")})
    if known:
        return values.map(lambda code: known.get(code, code), na_action="ignore")
    return values.map(clean, na_action="ignore") if field.type == "string" else values


def _order(resource: str, columns: Sequence[str], lang: str) -> list[str]:
    other = {"ko": "_en", "en": "_ko"}[lang]
    pairs = {c for pair in package()[resource].language_pairs for c in pair}
    kept = [c for c in columns if not (c in pairs and c.endswith(other))]
    # names lead, keys and sources follow: a reader looks for the name first
    names = [c for c in kept if c.startswith("name_")]
    last = [c for c in kept if c == "source_id"]
    return [*names, *[c for c in kept if c not in (*names, *last)], *last]


def readable(
    frame: pd.DataFrame, resource: str, t: Words, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Rows of ``resource`` in the reader's language, headed by the package's titles.

    Args:
        frame: rows with the columns of the resource (others are ignored).
        columns: which columns to show; a language pair is named by either member.
    """
    fields = package()[resource].by_name
    present = [c for c in (columns or list(fields)) if c in fields and c in frame]
    chosen = _order(resource, present, t.lang)
    shown = {_title(fields[c], t): _readable(frame[c], fields[c], resource, t) for c in chosen}
    return pd.DataFrame(shown)


@made_once
def linked(
    frame: pd.DataFrame, resource: str, kind: Kind, t: Words, columns: tuple[str, ...]
) -> pd.DataFrame:
    """`readable` rows with a column of links to their profiles of ``kind``."""
    shown = readable(frame, resource, t, columns)
    return with_profiles(shown, kind, frame[KEYS[kind]], t)


def _title(field: Field, t: Words) -> str:
    title = field.title[t.lang]
    for suffix in ("(English)", "(Korean)", "(영문)", "(국문)"):
        title = title.removesuffix(suffix).strip()
    return title


def table_height(rows: int) -> int:
    """Height in pixels of a table of so many rows; a longer one scrolls.

    Said beforehand, because the code that draws tables arrives after the page.
    """
    return min(ROW_HEIGHT * (rows + 1) + 2, MOST_HEIGHT)


def show(
    frame: pd.DataFrame,
    *,
    alt: str,
    height: int | Literal["auto"] = "auto",
    column_config: Mapping[str, Any] | None = None,
) -> None:
    """A read-only table; unknown cells show a dash, columns of addresses become links."""
    st.dataframe(
        kept(frame, "arrow", lambda: arrow(frame)),
        hide_index=True,
        width="stretch",
        height=table_height(len(frame)) if height == "auto" else height,
        alt=alt,
        placeholder="–",
        column_config=column_config or kept(frame, "links", lambda: link_columns(frame)),
    )


def arrow(frame: pd.DataFrame) -> pa.Table:
    """The rows as they travel; cells of different types in one column become text."""
    return convert_pandas_df_to_arrow_table(frame.reset_index(drop=True))
