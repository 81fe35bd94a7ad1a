"""PoC to market: places side by side."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.compare import compare_places
from analytics.places import place_names
from ui import layout, state
from ui.data import ask
from ui.i18n import Words
from ui.kept import made_once
from ui.money_views import basis_word
from ui.place import FIRST_PLACES

MOST_PLACES = 6


@made_once
def _table(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    columns = {
        t("Testbeds"): "testbeds",
        t("Pilots"): "pilots",
        t("Projects (consortia once)"): "projects",
        t("Companies"): "companies",
        t("Field demonstration or later"): "field_demo",
        t("Contract, sale or export"): "contract",
        t("Programmes"): "programs",
        t("Companies funded after their pilot"): "funded_after",
    }
    table: dict[str, list[object]] = {
        t("Place"): [t.text(row, "name") for _, row in frame.iterrows()]
    }
    table |= {title: list(frame[column]) for title, column in columns.items()}
    for basis in ("announced", "budgeted", "awarded", "spent"):
        title = t("Money {basis}", basis=basis_word(basis, t))
        table[title] = [
            t("nothing addable known") if pd.isna(v) else t.money(v, "KRW")
            for v in frame[f"{basis}_krw"]
        ]
    return pd.DataFrame(table).set_index(t("Place")).T.rename_axis(t("Measure")).reset_index()


@made_once
def _finding(frame: pd.DataFrame, t: Words) -> str:
    parts = [
        t("{place} {sold} of {pilots}", place=t.text(r, "name"), sold=t.number(r["contract"]),
          pilots=t.number(r["pilots"]))
        for _, r in frame.iterrows()
    ]  # fmt: skip
    return t("Pilots known to have reached a contract or sale: {parts}", parts=", ".join(parts))


def show(t: Words) -> None:
    """Up to six places in one table."""
    st.header(t("Places side by side"), anchor=False)
    names = ask(place_names)
    words = dict(zip(names["code"], names[f"name_{t.lang}"], strict=True))
    picked = state.choose_many(
        "places", t("Places (up to six)"), list(words), words.__getitem__,
        placeholder=", ".join(words[c] for c in FIRST_PLACES), most=MOST_PLACES,
    )  # fmt: skip
    found = ask(compare_places, picked or FIRST_PLACES)
    layout.table(
        "places", _finding(found.result.frame, t), found.result,
        _table(found.result.frame, t).astype(str), t,
    )  # fmt: skip
    st.caption(
        t(
            "A province holds its municipalities: lines must not be added up. Places differ in "
            "how much was reported about them."
        )
    )
