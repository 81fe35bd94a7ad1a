import streamlit as st

from analytics.filters import PilotFilter
from analytics.funnel import Series, milestone_funnel, pilots_at, published_funnel, published_series
from ui import findings, frame, layout, pictures, state
from ui.data import ask, shared
from ui.series import choose_series
from ui.tables import readable
from ui.words import keys_in_order, wording

t = frame.words()
published = ask(published_series)
everything = ask(milestone_funnel, PilotFilter())
layout.head(
    t("PoC to market"),
    t(
        "{finding}; of {series} published series only {several} give more than one stage.",
        finding=findings.milestone_finding(everything, t),
        series=t.number(published.total),
        several=t.number(published.covered),
    ),
    t,
)

st.header(t("What programmes publish"), anchor=False)
st.markdown(
    t(
        "A funnel is drawn only from counts of one programme, one period, one unit and one side. "
        "A stage without a published count is a gap, not zero."
    )
)
picked = choose_series(published.frame, t)
series = ask(published_funnel, Series(picked.program_id, picked.code))
layout.figure(
    "published-funnel",
    findings.published_finding(picked.program_name, series, t),
    series,
    lambda: shared(
        "published-funnel",
        lambda: pictures.published_chart(series, picked.scope, picked.side, t),
        picked.program_id,
        picked.code,
        t.lang,
    ),
    pictures.published_table(series, t),
    t,
    note=t("Cumulative over the period") if picked.is_cumulative else t("Single edition"),
)

st.header(t("What became of the pilots we know by name"), anchor=False)
with st.grid(3, min_column_width=220):
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
    unit = state.choose_segment(
        "unit",
        t("Count"),
        ("pilots", "projects"),
        {"pilots": t("Company pilots"), "projects": t("Projects")}.__getitem__,
        "pilots",
    )
chosen = PilotFilter(sido=sido, sector=sector)
reached = ask(milestone_funnel, chosen, unit == "projects")
layout.figure(
    "milestone-funnel",
    findings.milestone_finding(reached, t),
    reached,
    lambda: shared(
        "milestone-funnel", lambda: pictures.milestone_chart(reached, t), chosen, unit, t.lang
    ),
    pictures.milestone_table(reached, t),
    t,
    note=t("A pilot without a later milestone is not known to have gone on; it has not failed"),
)
named = ask(pilots_at, chosen)
layout.table(
    "pilots",
    t("The pilots, furthest first"),
    named,
    readable(
        named.frame,
        "pilots",
        t,
        [
            "org_id",
            "technology_en",
            "technology_ko",
            "sector",
            "sido",
            "host_name_en",
            "host_name_ko",
            "program_id",
            "start_date",
            "stage",
            "outcome_en",
            "outcome_ko",
        ],
    ),
    t,
)
