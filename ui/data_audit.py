"""Data & methods: what a second look at facts drawn at random found."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.audits import Audit, audit_result, audited_facts
from loaders.package import package
from ui import layout
from ui.data import ask
from ui.i18n import Words
from ui.kept import made_once
from ui.safe import http_url, markdown


def _interval(low: float, high: float, t: Words) -> str | None:
    if pd.isna(low) or pd.isna(high):
        return None
    return t("{low} to {high}", low=t.percent(low), high=t.percent(high))


@made_once
def _by_table(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    bounds = zip(frame["low"], frame["high"], strict=True)
    return pd.DataFrame(
        {
            t("Table"): [package()[n].title[t.lang] for n in frame["table"]],
            t("Drawn"): frame["drawn"],
            t("Read again"): frame["read"],
            t("Correct"): frame["correct"],
            t("Share correct"): [None if pd.isna(s) else t.percent(s) for s in frame["share"]],
            t("95 % interval"): [_interval(low, high, t) for low, high in bounds],
        }
    )


@made_once
def _facts(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    rows = [row for _, row in frame.iterrows()]
    return pd.DataFrame(
        {
            t("Draw"): frame["draw"],
            t("Table"): [package()[n].title[t.lang] for n in frame["table"]],
            t("Row"): frame["key"],
            t("Verdict"): [t.code("audits", "verdict", code) for code in frame["verdict"]],
            t("What was found"): [t.text(row, "note") or None for row in rows],
            t("Page"): [None if pd.isna(u) else http_url(u) for u in frame["url"]],
        }
    )


def _sentence(found: Audit, t: Words) -> str:
    if found.tally.share is None or found.tally.interval is None:
        return t("None of the drawn facts could be read again.")
    low, high = found.tally.interval
    sentence = t(
        "{correct} of {read} facts drawn at random were correct: {share}, with a 95 % interval "
        "from {low} to {high} (seed {seed}, read again {date}). The others were corrected; "
        "{unreadable} more could not be read again.",
        correct=t.number(found.tally.correct),
        read=t.number(found.tally.read),
        share=t.percent(found.tally.share),
        low=t.percent(low),
        high=t.percent(high),
        seed=found.seed,
        date=t.date(found.last_day),
        unreadable=t.number(found.tally.unreadable),
    )
    before = [
        t(
            "An earlier re-check (seed {seed}) found {correct} of {read} correct.",
            seed=seed,
            correct=t.number(then.correct),
            read=t.number(then.read),
        )
        for seed, then in found.earlier
    ]
    return " ".join((sentence, *before))


def section(t: Words) -> None:
    """The result, how it was come by, and every fact that was drawn."""
    found = ask(audit_result)
    if found.seed is None:
        return
    st.header(t("Re-check of drawn facts"), anchor=False)
    st.markdown(markdown(_sentence(found, t)))
    st.markdown(
        t(
            "The seed and a fact’s key alone decide its place in the draw; facts were taken in "
            "that order and compared with their pages by somebody who had not written them. A "
            "fact whose page could not be read again was passed over, and pages that can be read "
            "may not be typical of those that cannot."
        )
    )
    layout.table(
        "audit-tables", t("Re-check by table"), found.result, _by_table(found.result.frame, t), t
    )
    facts = ask(audited_facts)
    title = t.plural("{n} drawn fact", "{n} drawn facts", facts.total)
    layout.table("audit", title, facts, _facts(facts.frame, t), t)
