"""Composition: page heads, figures, metrics. Every figure is drawn through here."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics.result import Result
from charts.base import CONFIG
from charts.text import clean
from ui import state
from ui.downloads import csv_button
from ui.i18n import Words
from ui.links import without_profiles
from ui.provenance import caption, sources_control
from ui.safe import markdown
from ui.tables import show

#: Rows of a long table shown at once.
ROWS_SHOWN = 50


def head(title: str, answer: str, t: Words) -> None:
    """Title of the page and its answer in one sentence."""
    st.title(title, anchor=False)
    st.html(f'<p style="font-size:1.15rem;line-height:1.5;margin:0">{escape(clean(answer))}</p>')


def metric(label: str, value: str, note: str, key: str, result: Result, t: Words) -> None:
    """A headline number with what it means and the way to its sources."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.metric(label, value)
        st.caption(note)
        sources_control(key, label, result, t)


def actions(key: str, title: str, result: Result, table: pd.DataFrame, t: Words) -> None:
    """Sources and file of a figure, side by side."""
    with st.container(horizontal=True):
        with st.container(width="content"):
            sources_control(key, title, result, t)
        csv_button(without_profiles(table), key, t, key)


def figure(
    key: str,
    finding: str,
    result: Result,
    chart: Callable[[], go.Figure],
    table: pd.DataFrame,
    t: Words,
    *,
    note: str = "",
) -> None:
    """A chart with its finding as title, its table, file, coverage and sources."""
    st.markdown(f"### {markdown(finding)}")
    if table.empty:
        st.info(t("Nothing in the data matches this choice."), icon=":material/search_off:")
        return
    st.plotly_chart(chart(), key=f"chart-{key}", alt=finding, config=CONFIG)
    st.caption(" · ".join(x for x in (caption(result, t), note) if x))
    actions(key, finding, result, table, t)
    with st.expander(t("Table of this figure"), icon=":material/table:"):
        show(table, alt=finding)


def table(key: str, title: str, result: Result, frame: pd.DataFrame, t: Words) -> None:
    """A table, in pages when it is long, with its file (all rows), coverage and sources."""
    if title:
        st.markdown(f"### {markdown(title)}")
    if frame.empty:
        st.info(t("Nothing in the data matches this choice."), icon=":material/search_off:")
        return
    show(_one_page(key, result, frame), alt=title or key)
    st.caption(caption(result, t))
    actions(key, title or key, result, frame, t)


def _one_page(key: str, result: Result, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of the page that the link asks for; a phone should not load hundreds."""
    pages = -(-len(frame) // ROWS_SHOWN)
    page = state.choose_page(f"{key}-page", pages, tuple(sorted(result.rows.items())))
    return frame.iloc[(page - 1) * ROWS_SHOWN : page * ROWS_SHOWN]
