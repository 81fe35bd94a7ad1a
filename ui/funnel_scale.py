"""PoC to market: what more cities with a programme like this would yield, and how unsure."""

from __future__ import annotations

from typing import Literal, cast

import pandas as pd
import streamlit as st

from analytics.replication import MIN_GROUPS, Forecast, Scenario, replicate
from charts.forest import forest
from ui import layout, state
from ui.data import ask, shared
from ui.funnel_pilots import pilot_filter
from ui.i18n import Words
from ui.words import vocabulary

MOST_CITIES = 200
MOST_PILOTS = 100


def _table(found: Forecast, t: Words) -> pd.DataFrame:
    frame, stages = found.result.frame, vocabulary(t, "stages")
    return pd.DataFrame(
        {
            t("Reaching this stage or a later one"): frame["target"].map(stages),
            t("Pilots in all"): frame["pilots"],
            t("Expected"): frame["mean"].round(1),
            t("Middle half"): [
                f"{a:.0f}–{b:.0f}" for a, b in zip(frame["low_50"], frame["high_50"], strict=True)
            ],
            t("Nine in ten"): [
                f"{a:.0f}–{b:.0f}" for a, b in zip(frame["low_90"], frame["high_90"], strict=True)
            ],
            t("Expected share"): [t.percent(r) for r in frame["rate"]],
            t("Spread of the share between cities"): [f"± {t.percent(s)}" for s in frame["spread"]],
        }
    )


def _chart(found: Forecast, t: Words) -> object:
    frame, stages = found.result.frame, vocabulary(t, "stages")
    total = frame["pilots"]
    drawn = pd.DataFrame(
        {
            "label": frame["target"].map(stages),
            "share": frame["mean"] / total,
            "low": frame["low_90"] / total,
            "high": frame["high_90"] / total,
            "n": 1.0,
            "hover": [
                t("{stage}: {mean} expected, nine times in ten {low} to {high}",
                  stage=stages[r["target"]], mean=t.number(r["mean"], 1),
                  low=t.number(r["low_90"]), high=t.number(r["high_90"]))
                for _, r in frame.iterrows()
            ],
        }
    )  # fmt: skip
    return forest(
        drawn, None, axis_title=t("Share of all pilots, with the 90 % prediction interval")
    )


def _finding(found: Forecast, scenario: Scenario, t: Words) -> str:
    if found.result.frame.empty:
        return t("No forecast: fewer than {n} groups to learn from", n=MIN_GROUPS)
    row = found.result.frame.set_index("target").loc["contract"]
    return t(
        "{cities} cities with {pilots} pilots each: {mean} contracts or sales expected, "
        "nine times in ten between {low} and {high}",
        cities=t.number(scenario.cities),
        pilots=t.number(scenario.pilots_each),
        mean=t.number(row["mean"], 1),
        low=t.number(row["low_90"]),
        high=t.number(row["high_90"]),
    )


def _assumptions(found: Forecast, t: Words) -> None:
    words = {
        "new-cities-resemble-known-groups": t(
            "New cities differ from one another as the known groups do."
        ),
        "pilots-of-a-city-share-its-rate": t("All pilots of a city share its rate of success."),
        "jeffreys-prior-on-mean-uniform-on-correlation": t(
            "Before any data: Jeffreys' prior on the average rate, uniform on the correlation "
            "within a city (beta-binomial)."
        ),
        "targets-forecast-separately": t("Each stage is forecast on its own."),
        "named-in-news-overstates": t(
            "Pilots known by name are mostly reported ones, so the shares are too high for a new "
            "programme."
        ),
        "silence-counts-as-no-success": t(
            "Only pilots known when they were chosen; later silence counts as no success, which "
            "may be too strict."
        ),
    }  # fmt: skip
    numbers = found.assumptions.dropna(subset="value").set_index("code")["value"]
    st.markdown(
        t(
            "Learned from {groups} groups with {pilots} pilots. Assumptions:",
            groups=t.number(numbers.get("groups", 0)),
            pilots=t.number(numbers.get("pilots-behind", 0)),
        )
    )
    listed = [words[c] for c in found.assumptions["code"] if c in words]
    st.markdown("\n".join(f"- {line}" for line in listed))


def show(t: Words) -> None:
    """A forecast from the fitted conversion rates, with adjustable assumptions."""
    st.header(t("If more cities did this"), anchor=False)
    with st.grid(4, min_column_width=200):
        cities = state.choose_number("cities", t("Cities"), 1, MOST_CITIES, 10)
        pilots = state.choose_number("each", t("Pilots in each"), 1, MOST_PILOTS, 8)
        by = state.choose_segment(
            "learn", t("Learn from differences between"), ("sido", "program_id"),
            {"sido": t("Provinces"), "program_id": t("Programmes")}.__getitem__, "sido",
        )  # fmt: skip
        entered = state.choose_segment(
            "entered", t("Pilots counted"), ("any", "selected"),
            {"any": t("All known by name"), "selected": t("Known when chosen")}.__getitem__,
            "any",
        )  # fmt: skip
    scenario = Scenario(
        cities, pilots,
        cast(Literal["sido", "program_id"], by), cast(Literal["any", "selected"], entered),
        chosen=pilot_filter(t),
    )  # fmt: skip
    found = ask(replicate, scenario)
    finding = _finding(found, scenario, t)
    if found.result.frame.empty:
        st.info(finding, icon=":material/info:")  # pilots may match, yet too few groups
        return
    layout.figure(
        "scale", finding, found.result,
        lambda: shared("scale", lambda: _chart(found, t), scenario, t.lang),
        _table(found, t), t,
    )  # fmt: skip
    _assumptions(found, t)
