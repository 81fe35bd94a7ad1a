"""Data & methods: the pages that carry the facts, with filters."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.source_pages import UNDATED, PageFilter, publication_years, source_pages
from ui import layout, state
from ui.data import ask
from ui.i18n import Words
from ui.kept import made_once
from ui.safe import http_url
from ui.words import category_codes


@made_once
def _table(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    return pd.DataFrame(
        {
            t("Publisher"): [t.text(row, "publisher") for _, row in frame.iterrows()],
            t("Published"): [t.date(d) for d in frame["published"]],
            t("Language"): [t.code("sources", "language", code) for code in frame["language"]],
            t("Facts carried"): frame["facts"],
            t("Page"): [http_url(u) for u in frame["url"]],
        }
    )


def section(t: Words) -> None:
    """Every source page, filtered by publisher, language and year."""
    st.header(t("Sources"), anchor=False)
    with st.grid(3, min_column_width=220):
        text = state.type_text("q", t("Publisher or address"), placeholder=t("Korean or English"))
        language = state.choose_many(
            "language",
            t("Language"),
            category_codes("sources", "language"),
            lambda code: t.code("sources", "language", code),
            placeholder=t("All languages"),
        )
        year = state.choose_many(
            "published",
            t("Year published"),
            ask(publication_years),
            lambda code: t("undated") if code == UNDATED else code,
            placeholder=t("All years and undated"),
        )
    found = ask(source_pages, PageFilter(text, language, year))
    title = t("{n} of {total} source pages", n=t.number(found.covered), total=t.number(found.total))
    layout.table("pages", title, found, _table(found.frame, t), t)
