"""Composition: page heads, figures, metrics. Every figure is drawn through here.

Each figure stands in a container whose key begins with `FIGURE`: what a figure must have
(definition, period, coverage, sources, table, description, file) is looked for there.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from zlib import crc32

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

from analytics.result import Result
from charts.base import FinishedFigure, config
from ui import state
from ui.downloads import csv_button, picture_format
from ui.i18n import Words
from ui.images import svg_address
from ui.kept import kept
from ui.links import without_profiles
from ui.provenance import caption, definition_line, facts_line, sources_control
from ui.safe import markdown
from ui.tables import show

#: Rows of a long table shown at once.
ROWS_SHOWN = 50
#: Key of the page's answer, which the shell's style sets larger.
ANSWER = "answer"
#: Most pixels that a drawn map is wide.
PICTURE_WIDTH = 420
#: Beginning of the key of the container that a figure stands in.
FIGURE = "figure-"
#: Beginning of the key of a part that opens and closes.
FOLD = "fold-"
#: Beginning of the key of a container with a table that explains and counts nothing.
ASIDE = "aside-"


def head(title: str, answer: str, t: Words) -> None:
    """Title of the page and its answer in one sentence."""
    st.title(title, anchor=False)
    answer_line(answer)


def answer_line(answer: str) -> None:
    """The answer of a page, where it is known later than the title."""
    with st.container(key=ANSWER):
        st.markdown(markdown(answer))


def framed(key: str) -> DeltaGenerator:
    """The container of a figure, for those that are not drawn by `figure` or `table`."""
    return st.container(key=f"{FIGURE}{key}")


#: Plotly's objects are not made for several threads: when many visitors ask a cold server for
#: one chart at once, a figure can come out with another template.
_DRAWING = RLock()


def aside(key: str) -> DeltaGenerator:
    """The container of a table that is no figure of the data: a dictionary, a comparison."""
    return st.container(key=f"{ASIDE}{key}")


def fold(key: str, label: str, icon: str, *, expanded: bool = False) -> ExpanderContainer:
    """A part that is drawn only while it is ``open``, for what few readers look at."""
    return st.expander(label, expanded=expanded, icon=icon, key=f"{FOLD}{key}", on_change="rerun")


def metric(label: str, value: str, note: str, key: str, result: Result, t: Words) -> None:
    """A headline number with what it means and the way to its sources and files."""
    with st.container(border=True, height="stretch", gap="xsmall", key=f"{FIGURE}{key}"):
        st.metric(label, value, help=definition_line(result, t) or None)
        st.caption(f"{note}\n\n{facts_line(result, t)}")

        def shown() -> pd.DataFrame:
            return pd.DataFrame({t("Number"): [label], t("Value"): [value], t("Note"): [note]})

        sources_control(key, label, result, t, shown)


def actions(key: str, title: str, result: Result, table: pd.DataFrame, t: Words) -> None:
    """Sources and file of a figure, side by side."""
    with st.container(horizontal=True):
        sources_control(key, title, result, t, lambda: table)
        csv_button(lambda: without_profiles(table), key, t, key)


def provenance(
    key: str, title: str, result: Result, table: pd.DataFrame, t: Words, note: str = ""
) -> None:
    """What stands under every figure: definition, period, coverage, sources and files."""
    st.caption(" · ".join(x for x in (caption(result, t), note) if x))
    actions(key, title, result, table, t)


def chart(key: str, draw: Callable[[], go.Figure | None], alt: str) -> None:
    """A Plotly chart, if there is one, with its description for those who do not see it."""
    with _DRAWING:
        drawn = draw()
        if drawn is None:
            return
        finished = kept(drawn, "finished", lambda: FinishedFigure(drawn))
    # with its height said, the place is kept while the code that draws it is on its way
    height = int(drawn.layout.height)
    st.plotly_chart(
        finished, key=f"chart-{key}", alt=alt, config=config(picture_format()), height=height
    )


def figure(
    key: str,
    finding: str,
    result: Result,
    draw: Callable[[], go.Figure],
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
    with framed(key):
        chart(key, draw, finding)
        provenance(key, finding, result, table, t, note)
        with st.expander(t("Table of this figure"), icon=":material/table:"):
            show(table, alt=finding)


def picture(
    key: str,
    finding: str,
    result: Result,
    svg: str,
    table: pd.DataFrame,
    t: Words,
    *,
    note: str = "",
) -> None:
    """A drawn picture (SVG) with its table, file, coverage and sources."""
    with framed(key):
        with st.container(key=f"drawn-{key}"):  # the shell's style keeps its place
            st.image(svg_address(svg), width=PICTURE_WIDTH, alt=finding)
        provenance(key, finding, result, table, t, note)
        with st.expander(t("Table of this figure"), icon=":material/table:"):
            show(table, alt=finding)


def table(key: str, title: str, result: Result, frame: pd.DataFrame, t: Words) -> None:
    """A table, in pages when it is long, with its file (all rows), coverage and sources."""
    if title:
        st.markdown(f"### {markdown(title)}")
    if frame.empty:
        st.info(t("Nothing in the data matches this choice."), icon=":material/search_off:")
        return
    with framed(key):
        show(_one_page(key, result, frame), alt=title or key)
        provenance(key, title or key, result, frame, t)


def _one_page(key: str, result: Result, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of the page that the link asks for; a phone should not load hundreds."""
    pages = -(-len(frame) // ROWS_SHOWN)
    view = kept(result, "view", lambda: crc32(repr(sorted(result.rows.items())).encode()))
    page = state.choose_page(f"{key}-page", pages, view)
    if pages < 2:
        return frame
    shown = slice((page - 1) * ROWS_SHOWN, page * ROWS_SHOWN)
    return kept(frame, ("page", page), lambda: frame.iloc[shown])
