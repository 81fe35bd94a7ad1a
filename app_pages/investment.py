import streamlit as st

from analytics.filters import PilotFilter
from analytics.linkage import linkage_flows
from ui import (
    filters,
    findings,
    frame,
    invest_flows,
    invest_network,
    invest_relative,
    layout,
    state,
)
from ui.data import ask

t = frame.words()
overall = ask(linkage_flows, PilotFilter(), "sido", "round")
layout.head(t("Investment linkage"), findings.linkage_finding(overall, t) + ".", t)
st.markdown(
    t(
        "“After” means later in time, not because of. Dates are often only a month, a year or the "
        "day of a news page; a round counts as after the pilot only when no reading of the dates "
        "says otherwise."
    )
)
views = {
    "flows": (t("Flows"), invest_flows.show),
    "relative": (t("Before and after"), invest_relative.show),
    "network": (t("Network"), invest_network.show),
}
view = state.choose_segment(
    "view", t("View"), tuple(views), lambda code: views[code][0], "flows",
    label_visibility="collapsed",
)  # fmt: skip
with st.grid(2, min_column_width=300):
    sido = filters.provinces(t)
    sector = filters.sectors(t)
views[view][1](PilotFilter(sido=sido, sector=sector), t)
