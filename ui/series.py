"""Choosing one published series: programme first, then its edition and unit."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from ui import state
from ui.i18n import Words
from ui.pictures import scope_word


@dataclass(frozen=True, slots=True)
class PickedSeries:
    """The chosen series and what it counts."""

    program_id: str
    program_name: str
    code: str
    scope: str
    side: str
    is_cumulative: bool


def _series_label(row: pd.Series, t: Words) -> str:
    period = t("year not stated") if pd.isna(row["edition_year"]) else str(row["edition_year"])
    kind = t("cumulative") if row["is_cumulative"] else t("single edition")
    count = t.plural("{n} stage", "{n} stages", int(row["stages"]))
    return f"{period} · {kind} · {scope_word(row['scope'], row['side'], t)} · {count}"


def choose_series(frame: pd.DataFrame, t: Words) -> PickedSeries:
    """Controls for programme and series; those with most stages come first."""
    programs = frame.drop_duplicates("program_id")
    names = {r["program_id"]: t.name(r) for _, r in programs.iterrows()}
    most = programs.set_index("program_id")["stages"]

    def program_label(code: str) -> str:
        return f"{names[code]} · " + t.plural("{n} stage", "{n} stages", int(most[code]))

    left, right = st.columns(2)
    with left:
        ids = list(names)
        program = state.choose_one("program", t("Programme"), ids, program_label, ids[0])
    mine = frame[frame["program_id"] == program].set_index("series")
    with right:
        codes = list(mine.index)
        code = state.choose_one(
            "series",
            t("Edition and unit"),
            codes,
            lambda c: _series_label(mine.loc[c], t),
            codes[0],
        )
    row = mine.loc[code]
    return PickedSeries(
        program, t.name(row), code, str(row["scope"]), str(row["side"]), bool(row["is_cumulative"])
    )
