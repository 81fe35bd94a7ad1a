"""Parts of the landing page: the three kinds of reader, and the linkage in small."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics.result import Result
from charts.bars import category_bars
from ui import frame
from ui.i18n import Words
from ui.kept import made_once


def _reader(name: str, question: str) -> None:
    st.markdown(f"**{name}**  \n:small[{question}]")


def readers(t: Words) -> None:
    """Three ways on: for policymakers, investors, founders and partners."""
    st.header(t("Which reader are you?"), anchor=False)
    with st.grid(3, min_column_width=260):
        with st.container(border=True, height="stretch"):
            _reader(
                t("Policymaker"),
                t("Where are the testbeds, and how many pilots turn into contracts?"),
            )
            frame.link("funnel", t("Compare Busan, Sejong and Cheonan"), t, view="places")
            frame.link("funnel", t("See published funnels"), t, view="published")
            frame.link("money", t("Who paid for what"), t)
        with st.container(border=True, height="stretch"):
            _reader(
                t("Investor"), t("Which technologies were really tried, and who invested next?")
            )
            frame.link("technologies", t("Screen validated technologies"), t)
            frame.link("investment", t("Follow pilots to investment rounds"), t)
        with st.container(border=True, height="stretch"):
            _reader(
                t("Founder or partner"),
                t("Who hosts pilots in my field, and what happened to those before me?"),
            )
            frame.link("partners", t("Find a programme or host that fits"), t)
            frame.link("programs", t("Browse programmes"), t)
            frame.link("testbeds", t("Find a testbed"), t)


def _words(t: Words) -> dict[str, str]:
    return {
        "companies": t("Pilot companies"),
        "with-round": t("with any known round"),
        "after": t("with a round after the first pilot"),
    }


@made_once
def linkage_chart(result: Result, t: Words) -> go.Figure:
    """Three bars: companies, with any round, with a round after."""
    numbers = [t.number(n) for n in result.frame["companies"]]
    drawn = pd.DataFrame(
        {
            "label": result.frame["step"].map(_words(t)),
            "value": result.frame["companies"],
            "text": numbers,
            "hover": numbers,
        }
    )
    return category_bars(drawn, axis_title=t("companies"))


@made_once
def linkage_table(result: Result, t: Words) -> pd.DataFrame:
    """The same as a table."""
    return pd.DataFrame(
        {t("Group"): result.frame["step"].map(_words(t)), t("Companies"): result.frame["companies"]}
    )
