"""Data & methods: where the data is thin, where pages disagree, and what is missing."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.quality import disagreements, missing_values, table_quality
from loaders.package import package
from ui import data_audit, data_prominent, layout, open_questions
from ui.data import ask
from ui.i18n import Words
from ui.kept import made_once
from ui.safe import http_url


def _share(part: int, whole: int, t: Words) -> str:
    return t.percent(part / whole) if whole else "–"


@made_once
def _quality_table(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    rows = [row for _, row in frame.iterrows()]
    return pd.DataFrame(
        {
            t("Table"): [package()[n].title[t.lang] for n in frame["table"]],
            t("Rows"): frame["rows"],
            t("Dated by the event"): [
                "–" if pd.isna(r["date_column"]) else _share(r["event_dated"], r["rows"], t)
                for r in rows
            ],
            t("Oldest fact"): [None if pd.isna(r["oldest"]) else r["oldest"] for r in rows],
            t("Newest fact"): [None if pd.isna(r["newest"]) else r["newest"] for r in rows],
            t("One source page only"): [_share(r["single"], r["sourced"], t) for r in rows],
            t("Disagreements"): frame["disagreements"],
        }
    )


def _column(table: str, column: object, t: Words) -> str | None:
    return None if pd.isna(column) else package()[table][str(column)].title[t.lang]


@made_once
def _disagreements_table(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    columns = zip(frame["table"], frame["column"], strict=True)
    return pd.DataFrame(
        {
            t("Table"): [package()[n].title[t.lang] for n in frame["table"]],
            t("Row"): frame["key"],
            t("Column"): [_column(table, column, t) for table, column in columns],
            t("Shown here"): frame["stated"],
            t("Another page says"): frame["other"],
            t("Page"): [http_url(u) for u in frame["url"]],
        }
    )


@made_once
def _missing_table(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    columns = zip(frame["table"], frame["column"], strict=True)
    return pd.DataFrame(
        {
            t("Table"): [package()[n].title[t.lang] for n in frame["table"]],
            t("Column"): [_column(table, column, t) for table, column in columns],
            t("Rows"): frame["rows"],
            t("Empty"): frame["missing"],
            t("Share empty"): [t.percent(s) for s in frame["share"]],
        }
    )


def section(t: Words) -> None:
    """The quality report."""
    st.header(t("How good the data is"), anchor=False)
    found = ask(table_quality)
    layout.table(
        "quality",
        t(
            "{n} of {total} sourced facts rest on more than one page",
            n=t.number(found.covered),
            total=t.number(found.total),
        ),
        found,
        _quality_table(found.frame, t),
        t,
    )
    differing = ask(disagreements)
    layout.table(
        "disagreements",
        t.plural(
            "{n} statement of another page differs from what is shown",
            "{n} statements of other pages differ from what is shown",
            len(differing.frame),
        ),
        differing,
        _disagreements_table(differing.frame, t),
        t,
    )
    data_prominent.section(t)
    missing = ask(missing_values)
    layout.table(
        "missing",
        t("What is known to be missing"),
        missing,
        _missing_table(missing.frame, t),
        t,
    )
    data_audit.section(t)
    open_questions.section(t)
