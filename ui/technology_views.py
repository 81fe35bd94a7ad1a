"""The screened pilots as a table, as cards and on a map, and how to read the stages."""

from __future__ import annotations

from collections.abc import Hashable

import pandas as pd
import streamlit as st

from analytics.names import all_rows
from analytics.result import Result
from analytics.stages import FIRST_PILOT_STAGE, ladder_frame, rank_of
from analytics.technologies import TechnologyFilter, pilots_by_province
from charts.svgmap import province_picture
from charts.tokens import ACCENT, MAP_EMPTY
from loaders.boundaries import feature_collection
from ui import layout, shortlist, state
from ui.data import ask, shared
from ui.i18n import Words
from ui.kept import kept
from ui.safe import markdown
from ui.tables import show
from ui.technology_words import (
    host_word,
    place_word,
    publishers_word,
    rounds_word,
    stage_word,
    trl,
    words_table,
)
from ui.words import vocabulary

PAGE_SIZE = 24
ROW_HEIGHT = 35
VIEWS = ("table", "cards", "map")
_FILLS = ("#CFE3EA", "#9CC7D6", "#5FA3BF", "#2C80A3")


def _page(result: Result, view: Hashable, t: Words) -> pd.DataFrame:
    """The rows of the chosen page; says which they are."""
    pages = -(-result.covered // PAGE_SIZE)
    page = state.choose_page("page", pages, view)
    first = (page - 1) * PAGE_SIZE
    rows = kept(
        result,
        ("page", page),
        lambda: result.frame.iloc[first : first + PAGE_SIZE].reset_index(drop=True),
    )
    if pages > 1:
        st.caption(
            t(
                "Shown: {first}–{last} of {n}",
                first=t.number(first + 1),
                last=t.number(first + len(rows)),
                n=t.number(result.covered),
            )
        )
    return rows


def _table(rows: pd.DataFrame, t: Words) -> None:
    buttons = st.container(horizontal=True)
    event = st.dataframe(
        words_table(rows, t),
        key="technologies-table",
        hide_index=True,
        width="stretch",
        height="content",
        alt=t("Screened pilots"),
        placeholder="–",
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            t("Technology"): st.column_config.TextColumn(width=300),
            t("Company"): st.column_config.TextColumn(width=210),
        },
    )
    picked = [rows["pilot_id"][at] for at in event.selection.rows if at < len(rows)]
    with buttons:
        st.button(
            t("Open the evidence"),
            icon=":material/fact_check:",
            key="open-evidence",
            disabled=len(picked) != 1,
            on_click=state.set_one,
            args=("pilot", picked[0] if picked else ""),
            help=t("Select one row of the table first"),
        )
        shortlist.add_button(tuple(picked), t)


def _card(row: pd.Series, t: Words) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"### {markdown(t.text(row, 'technology'))}")
        st.markdown(markdown(t.name(row, "company")))
        with st.container(horizontal=True, gap="xsmall"):
            st.badge(markdown(stage_word(row, t)), color="gray" if row["ended"] else "blue")
            band = trl(row["trl_low"], row["trl_high"], t)
            if band != "–":
                st.badge(band, color="gray")
        sector = vocabulary(t, "sectors")[row["sector"]]
        lines = [
            f"{sector} · {place_word(row, t)} · {host_word(row, t)}",
            t("Last milestone: {date}", date=t.date(row["last_date"])),
            t.plural("{n} site of the company", "{n} sites of the company", int(row["sites"]))
            + " · "
            + t("other publishers: {n}", n=publishers_word(row, t)),
            t("Rounds: {rounds}", rounds=rounds_word(row, t)),
        ]
        for line in lines:
            st.caption(markdown(line))
        pilot = str(row["pilot_id"])
        with st.container(horizontal=True):
            st.button(
                t("Evidence"),
                key=f"evidence-{pilot}",
                icon=":material/fact_check:",
                on_click=state.set_one,
                args=("pilot", pilot),
            )
            shortlist.toggle_button(pilot, t, "card")


def _picture(provinces: pd.DataFrame, points: pd.DataFrame, finding: str, t: Words) -> str:
    counted = dict(zip(provinces["sido"], provinces["pilots"], strict=True))
    most = max(counted.values(), default=1)
    names = vocabulary(t, "regions")
    fills, titles = {}, {}
    for code, name in names.items():
        n = int(counted.get(code, 0))
        fills[code] = _FILLS[min(3, int(4 * (n - 1) / most))] if n else MAP_EMPTY
        titles[code] = f"{name}: " + t.plural("{n} pilot", "{n} pilots", n)
    dots = [(p.lon, p.lat, ACCENT) for p in points.itertuples()]
    return province_picture(
        feature_collection("provinces")["features"], fills, titles, dots, finding
    )


def _map(result: Result, chosen: TechnologyFilter, t: Words) -> None:
    provinces = ask(pilots_by_province, chosen)
    testbeds = ask(all_rows, "testbeds")
    points = testbeds[testbeds["testbed_id"].isin(result.frame["testbed_id"].dropna())]
    placed = int(provinces["pilots"].sum())
    finding = t(
        "{placed} of {n} pilots lie in a known province of Korea",
        placed=t.number(placed),
        n=t.number(result.covered),
    )
    left, right = st.columns(2, gap="large")
    with left:
        picture = shared(
            "technology-map", lambda: _picture(provinces, points, finding, t), chosen, t.lang
        )
        st.image(picture, width=420, alt=finding)
        st.caption(
            t(
                "The darker, the more pilots; dots are testbeds that are named. The others are "
                "abroad or their province is not known."
            )
        )
    with right:
        st.markdown(f"### {markdown(finding)}")
        if provinces.empty:
            st.info(t("No place in Korea is known."), icon=":material/location_off:")
            return
        shown = provinces.sort_values(["pilots", "sido"], ascending=[False, True])
        show(
            pd.DataFrame(
                {
                    t("Province"): shown["sido"].map(vocabulary(t, "regions")).to_numpy(),
                    t("Pilots"): shown["pilots"].to_numpy(),
                }
            ),
            alt=finding,
            height=ROW_HEIGHT * (len(shown) + 1) + 3,
        )


def results(result: Result, chosen: TechnologyFilter, order: str, view: str, t: Words) -> None:
    """The list in the chosen view."""
    if not result.covered:
        st.info(t("Nothing in the data matches this choice."), icon=":material/search_off:")
        return
    if view == "map":
        _map(result, chosen, t)
        return
    rows = _page(result, (chosen, order, view), t)
    if view == "table":
        _table(rows, t)
        return
    with st.grid(3, min_column_width=280):
        for _, row in rows.iterrows():
            _card(row, t)


def _ladder_table(t: Words) -> pd.DataFrame:
    steps = ask(ladder_frame)
    steps = steps[steps["rank"] >= ask(rank_of, FIRST_PILOT_STAGE)]
    everything = ask(all_rows, "stages")
    both = pd.concat([steps, everything[everything["kind"] == "end"]])
    return pd.DataFrame(
        {
            t("Stage"): [markdown(t.text(r, "name")) for _, r in both.iterrows()],
            t("Meaning"): [markdown(t.text(r, "definition")) for _, r in both.iterrows()],
            t("TRL band"): [
                trl(low, high, t)
                for low, high in zip(both["trl_low"], both["trl_high"], strict=True)
            ],
        }
    )


def ladder(t: Words) -> None:
    """Every step with its definition and band of readiness levels."""
    with layout.fold("stages", t("How to read the stages"), ":material/stairs:") as stages:
        if not stages.open:
            return
        st.markdown(
            t(
                "A stage is what a page says happened, never a judgement of ours. The band of "
                "technology readiness levels (TRL) is what a step usually means; no page "
                "measured it. A pilot without a later step is not known to have gone on: it "
                "has not failed."
            )
        )
        st.table(
            shared("technologies-ladder", lambda: _ladder_table(t), t.lang),
            hide_index=True,
            border="horizontal",
            alt=t("How to read the stages"),
        )
