from typing import cast

import streamlit as st

from analytics.filters import PilotFilter
from analytics.linkage import Origin, Outcome, linkage_flows, linked_companies
from ui import findings, frame, layout, pictures, state
from ui.data import ask, shared
from ui.words import keys_in_order, wording

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
st.header(t("From pilot to round"), anchor=False)
with st.grid(2, min_column_width=300):
    origin = state.choose_segment(
        "from",
        t("From"),
        ("sido", "program_id", "sector"),
        {"sido": t("Province"), "program_id": t("Programme"), "sector": t("Sector")}.__getitem__,
        "sido",
    )
    outcome = state.choose_segment(
        "to",
        t("To"),
        ("round", "investor_kind"),
        {
            "round": t("First round after the pilot"),
            "investor_kind": t("Kind of investor"),
        }.__getitem__,
        "round",
    )
    sido = state.choose_many(
        "region",
        t("Province"),
        keys_in_order("regions"),
        wording(t, "regions"),
        placeholder=t("All provinces"),
    )
    sector = state.choose_many(
        "sector",
        t("Sector"),
        keys_in_order("sectors"),
        wording(t, "sectors"),
        placeholder=t("All sectors"),
    )
chosen = PilotFilter(sido=sido, sector=sector)
flows = ask(linkage_flows, chosen, cast(Origin, origin), cast(Outcome, outcome))
layout.figure(
    "linkage",
    findings.linkage_finding(flows, t),
    flows,
    lambda: shared(
        "linkage",
        lambda: pictures.linkage_chart(flows.frame, origin, outcome, t),
        chosen,
        origin,
        outcome,
        t.lang,
    ),
    pictures.linkage_table(flows.frame, origin, outcome, t),
    t,
    note=t("Each company counts once, at its furthest pilot and its first round after the pilot"),
)
linked = ask(linked_companies, chosen)
layout.table(
    "linked", t("Rounds of pilot companies"), linked, pictures.linked_table(linked.frame, t), t
)
