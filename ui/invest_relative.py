"""Investment linkage: rounds before and after a milestone."""

from __future__ import annotations

from typing import cast

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics.filters import PilotFilter
from analytics.relative import DATED, UNDATED_ANCHOR, UNDATED_ROUND, Anchor, rounds_relative
from analytics.result import Result
from charts.network import relative_rounds
from ui import layout, state
from ui.data import ask
from ui.i18n import Words
from ui.kept import made_once

DISCLOSED = "disclosed"
UNDISCLOSED = "undisclosed"


def _anchor_words(t: Words) -> dict[str, str]:
    return {
        "first-pilot": t("first pilot"),
        "field-demo": t("first field demonstration"),
        "contract": t("first contract or sale"),
    }


def _kind(row: pd.Series) -> str:
    return UNDISCLOSED if pd.isna(row["amount"]) else DISCLOSED


@made_once
def _chart(frame: pd.DataFrame, anchor: str, t: Words) -> go.Figure:
    dated = frame[frame["state"] == DATED].sort_values(["months", "investment_id"])
    drawn = pd.DataFrame(
        {
            "company": [t.name(r, "company") for _, r in dated.iterrows()],
            "months": dated["months"],
            "low": dated["months_low"],
            "high": dated["months_high"],
            "kind": [_kind(r) for _, r in dated.iterrows()],
            "hover": [
                f"{t.name(r, 'company')}: {t.code('investments', 'round', r['round'])}, "
                f"{t.date(r['date'])}, {t.money(r['amount'], r['currency'])}"
                for _, r in dated.iterrows()
            ],
        }
    )
    words = {DISCLOSED: t("amount disclosed"), UNDISCLOSED: t("amount not disclosed")}
    title = t("Months from the {anchor}", anchor=_anchor_words(t)[anchor])
    return relative_rounds(drawn, words, title)


@made_once
def _table(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    states = {
        DATED: t("drawn"),
        UNDATED_ROUND: t("not drawn: round without a date"),
        UNDATED_ANCHOR: t("not drawn: milestone without a date"),
    }
    rows = [r for _, r in frame.sort_values(["state", "months", "investment_id"]).iterrows()]
    return pd.DataFrame(
        {
            t("Company"): [t.name(r, "company") for r in rows],
            t("Round"): [t.code("investments", "round", r["round"]) for r in rows],
            t("Date of the round"): [t.date(r["date"]) for r in rows],
            t("Months from the milestone"): [
                "–" if pd.isna(r["months"]) else t.number(r["months"]) for r in rows
            ],
            t("Amount"): [t.money(r["amount"], r["currency"]) for r in rows],
            t("In the picture"): [states[r["state"]] for r in rows],
        }
    )


@made_once
def _finding(result: Result, anchor: str, t: Words) -> str:
    if result.frame.empty:
        return t("No round of the companies of this choice is known")
    dated = result.frame[result.frame["state"] == DATED]
    if dated.empty:
        return t(
            "None of {n} known rounds of these companies can be placed in time: the round or the "
            "{anchor} has no usable date",
            n=t.number(len(result.frame)),
            anchor=_anchor_words(t)[anchor],
        )
    hidden = int(dated["amount"].isna().sum())
    return t(
        "Of {n} dated rounds of these companies, {after} surely came after the {anchor}; {hidden} "
        "have no disclosed amount",
        n=t.number(len(dated)),
        after=t.number(int((dated["months_low"] > 0).sum())),
        anchor=_anchor_words(t)[anchor],
        hidden=t.number(hidden),
    )


def show(chosen: PilotFilter, t: Words) -> None:
    """Rounds on a time axis relative to the first pilot, field demonstration or contract."""
    st.header(t("Before and after"), anchor=False)
    words = _anchor_words(t)
    anchor = state.choose_segment(
        "anchor", t("Zero on the axis"), tuple(words), words.__getitem__, "first-pilot"
    )
    result = ask(rounds_relative, chosen, cast(Anchor, anchor))
    finding, table = _finding(result, anchor, t), _table(result.frame, t)
    if not (result.frame["state"] == DATED).any():
        layout.table("relative", finding, result, table, t)  # there is nothing to draw
        return
    layout.figure(
        "relative",
        finding,
        result,
        lambda: _chart(result.frame, anchor, t),
        table,
        t,
        note=t(
            "Marks stand at the latest day the dates allow; lines show what else they allow. A "
            "round near zero may lie on either side"
        ),
    )
