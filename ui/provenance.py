"""Under every figure: coverage, the rows behind it and the pages that carry them."""

from __future__ import annotations

import importlib
import inspect

import pandas as pd
import streamlit as st

from analytics.evidence import pages_behind, rows_behind
from analytics.result import Result
from loaders.package import package
from ui.data import ask
from ui.downloads import csv_button
from ui.i18n import Words
from ui.safe import http_url, markdown
from ui.tables import readable, show

MAX_ROWS_SHOWN = 500


def unit_word(unit: str, n: int, t: Words) -> str:
    """``n`` things of a unit, in words."""
    forms = {
        "pilots": t.plural("{n} pilot", "{n} pilots", n),
        "projects": t.plural("{n} project", "{n} projects", n),
        "companies": t.plural("{n} company", "{n} companies", n),
        "testbeds": t.plural("{n} testbed", "{n} testbeds", n),
        "provinces": t.plural("{n} province", "{n} provinces", n),
        "programs": t.plural("{n} programme", "{n} programmes", n),
        "stages": t.plural("{n} stage", "{n} stages", n),
        "series": t.plural("{n} series", "{n} series", n),
        "amounts": t.plural("{n} amount", "{n} amounts", n),
        "years": t.plural("{n} year", "{n} years", n),
        "stage-pairs": t.plural("{n} pair of stages", "{n} pairs of stages", n),
        "places": t.plural("{n} place", "{n} places", n),
        "rounds": t.plural("{n} round", "{n} rounds", n),
        "editions": t.plural("{n} edition", "{n} editions", n),
        "investors": t.plural("{n} investor", "{n} investors", n),
        "hosts": t.plural("{n} host", "{n} hosts", n),
        "technologies": t.plural("{n} technology", "{n} technologies", n),
        "nodes": t.plural("{n} node", "{n} nodes", n),
        "links": t.plural("{n} link", "{n} links", n),
        "tables": t.plural("{n} table", "{n} tables", n),
        "rows": t.plural("{n} row", "{n} rows", n),
        "facts": t.plural("{n} fact", "{n} facts", n),
    }
    return forms[unit]


def caption(result: Result, t: Words) -> str:
    """Period and coverage of a figure in one line."""
    parts = []
    if result.first_year is not None:
        parts.append(t("Period: {years}", years=t.years(result.first_year, result.last_year)))
    parts.append(
        t(
            "Coverage: {covered} of {total}",
            covered=t.number(result.covered),
            total=unit_word(result.unit, result.total, t),
        )
    )
    return " · ".join(parts)


def pages_table(pages: pd.DataFrame, t: Words) -> pd.DataFrame:
    """Pages as publisher, date and link."""
    return pd.DataFrame(
        {
            t("Publisher"): [t.text(row, "publisher") for _, row in pages.iterrows()],
            t("Published"): [t.date(d) for d in pages["published"]],
            t("Page"): [http_url(u) for u in pages["url"]],
        }
    )


def _show_pages(result: Result, t: Words) -> None:
    pages = ask(pages_behind, tuple(sorted(result.rows.items())))
    st.markdown("**" + t.plural("{n} source page", "{n} source pages", len(pages)) + "**")
    show(
        pages_table(pages, t),
        alt=t("Source pages"),
        column_config={t("Page"): st.column_config.LinkColumn(display_text=r"https?://([^/]+)")},
    )


def method_text(method: str) -> str:
    """The documentation of the function that computed a figure."""
    module, _, name = method.rpartition(".")
    function = getattr(importlib.import_module(module), name)
    return inspect.getdoc(function) or ""


def _show_method(result: Result, t: Words) -> None:
    if not result.method:
        return
    with st.expander(t("How it is computed"), icon=":material/function:"):
        st.caption(t("The function's own documentation, in English: {name}", name=result.method))
        st.code(method_text(result.method), language=None, wrap_lines=True)


def _show_rows(result: Result, t: Words, key: str) -> None:
    for table, ids in sorted(result.rows.items()):
        rows = ask(rows_behind, table, ids)
        words = readable(rows, table, t)
        title = package()[table].title[t.lang]
        st.markdown(f"**{title}: " + t.plural("{n} row", "{n} rows", len(rows)) + "**")
        show(words.head(MAX_ROWS_SHOWN), alt=title, height=260)
        if len(words) > MAX_ROWS_SHOWN:
            st.caption(t("The first {n} rows are shown; the file has all.", n=MAX_ROWS_SHOWN))
        csv_button(words, table, t, f"{key}-{table}")


@st.fragment
def sources_control(key: str, title: str, result: Result, t: Words) -> None:
    """A button that opens the rows and pages behind a figure.

    A fragment: opening it redraws nothing else, and nothing is sent before.
    """

    @st.dialog(markdown(title), width="large")
    def opened() -> None:
        st.caption(caption(result, t))
        _show_method(result, t)
        _show_pages(result, t)
        _show_rows(result, t, key)

    if st.button(
        t("Sources"),
        key=f"sources-{key}",
        type="tertiary",
        icon=":material/fact_check:",
        help=t("Open the rows and the pages behind this figure"),
    ):
        opened()
