"""Investment linkage: flows from pilots to rounds, and the rounds behind them."""

from __future__ import annotations

from typing import cast

import pandas as pd
import streamlit as st

from analytics.filters import PilotFilter
from analytics.linkage import Origin, Outcome, linkage_flows, linked_companies
from ui import findings, layout, pictures, state
from ui.data import ask
from ui.i18n import Words
from ui.kept import made_once
from ui.links import with_profiles

MOST_NODES = 20


@made_once
def _linked_table(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    ids = pictures.linked_order(frame)["org_id"]
    return with_profiles(pictures.linked_table(frame, t), "company", ids, t)


def show(chosen: PilotFilter, t: Words) -> None:
    """Origin → stage reached → first round after the pilot, in companies."""
    st.header(t("From pilot to round"), anchor=False)
    with st.grid(3, min_column_width=280):
        origin = state.choose_segment(
            "from", t("From"), ("sido", "program_id", "sector", "host_kind"),
            {"sido": t("Province"), "program_id": t("Programme"), "sector": t("Sector"),
             "host_kind": t("Kind of host")}.__getitem__, "sido",
        )  # fmt: skip
        outcome = state.choose_segment(
            "to", t("To"), ("round", "investor_kind", "investor"),
            {"round": t("First round after the pilot"), "investor_kind": t("Kind of investor"),
             "investor": t("Investor")}.__getitem__, "round",
        )  # fmt: skip
        top = state.choose_number("top", t("Largest groups shown"), 3, MOST_NODES, 8)
    flows = ask(linkage_flows, chosen, cast(Origin, origin), cast(Outcome, outcome), top)
    layout.figure(
        "linkage",
        findings.linkage_finding(flows, t),
        flows,
        lambda: pictures.linkage_chart(flows.frame, origin, outcome, t),
        pictures.linkage_table(flows.frame, origin, outcome, t),
        t,
        note=t(
            "Each company counts once, at its furthest pilot and its first round after the pilot"
        ),
    )  # fmt: skip
    linked = ask(linked_companies, chosen)
    layout.table(
        "linked", t("Rounds of pilot companies"), linked, _linked_table(linked.frame, t), t
    )
