"""The section of open questions: what is doubtful about the data, and what was settled."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.questions import open_questions
from analytics.result import Result
from loaders.package import package
from ui import layout
from ui.data import ask
from ui.i18n import Words
from ui.kept import made_once


@made_once
def _table(result: Result, t: Words) -> pd.DataFrame:
    frame = result.frame
    rows = [row for _, row in frame.iterrows()]
    tables = package().resources
    return pd.DataFrame(
        {
            t("State"): [t.code("open_questions", "status", code) for code in frame["status"]],
            t("Question"): [t.text(row, "question") for row in rows],
            t("Raised by"): [t.code("open_questions", "rule", code) for code in frame["rule"]],
            t("Table"): [
                tables[name].title[t.lang] if name in tables else name for name in frame["table"]
            ],
            t("Row"): frame["key"],
            t("Recorded"): [t.date(day) for day in frame["opened"]],
            t("What settled it"): [t.text(row, "resolution") or None for row in rows],
        }
    )


def section(t: Words) -> None:
    """Heading, what the questions are, and the table of them, open ones first."""
    result = ask(open_questions)
    st.header(t("Open questions"), anchor=False)
    st.markdown(
        t(
            "Pages contradict each other, and some rows look doubtful. Checks search the data for "
            "such places. Each one is either mended or listed here; a question stays listed with "
            "its answer when it is settled."
        )
    )
    unsettled = int((result.frame["status"] == "open").sum())
    title = t.plural("{n} open question", "{n} open questions", unsettled)
    layout.table("questions", title, result, _table(result, t), t)
