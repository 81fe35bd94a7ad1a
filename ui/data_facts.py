"""Data & methods: the tables, every fact in them, and their dictionary."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.coverage import find_rows, tables_overview
from loaders.package import package
from ui import layout, state
from ui.catalogue import coverage_table, dictionary
from ui.data import ask, shared
from ui.i18n import Words
from ui.kept import made_once
from ui.tables import readable, show


@made_once
def _rows(frame: pd.DataFrame, table: str, t: Words) -> pd.DataFrame:
    return readable(frame, table, t)


def section(t: Words) -> None:
    """What the data holds, one table to look through, and what its columns mean."""
    st.header(t("What the data holds"), anchor=False)
    tables = ask(tables_overview)
    layout.table("coverage", t("The tables"), tables, coverage_table(tables.frame, t), t)
    st.header(t("Browse the facts"), anchor=False)
    names = list(package().resources)
    left, right = st.columns(2)
    with left:
        chosen = state.choose_one(
            "table", t("Table"), names, lambda n: package()[n].title[t.lang], "programs"
        )
    with right:
        query = state.type_text("q", t("Search in the table"), placeholder=t("Korean or English"))
    found = ask(find_rows, chosen, query)
    title = package()[chosen].title[t.lang]
    layout.table("browse", title, found, _rows(found.frame, chosen, t), t)
    st.header(t("Data dictionary"), anchor=False)
    with layout.aside("dictionary"):
        words = shared("dictionary", lambda: dictionary(chosen, t), chosen, t.lang)
        show(words, alt=t("Data dictionary"))
