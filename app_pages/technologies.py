import streamlit as st

from analytics.technologies import technologies
from ui import (
    frame,
    layout,
    shortlist,
    state,
    technology_evidence,
    technology_filters,
    technology_views,
    technology_words,
)
from ui.data import ask
from ui.provenance import caption, sources_control

t = frame.words()
chosen = technology_filters.from_link()
order = technology_filters.order_of_link(chosen.query)
result = ask(technologies, chosen.filter, order)
layout.head(t("Validated technologies"), technology_words.answer(result, t), t)
technology_views.ladder(t)

st.header(t("Screen the pilots"), anchor=False)
technology_filters.controls(chosen, t)
with st.container(horizontal=True):
    with st.container(width=260):
        technology_filters.choose_order(chosen.query, t)
    view = state.choose_segment(
        "view",
        t("View"),
        technology_views.VIEWS,
        {"table": t("Table"), "cards": t("Cards"), "map": t("Map")}.__getitem__,
        "table",
    )
st.caption(t("Order: {criteria}.", criteria=technology_filters.order_words(t)[order][1]))
with layout.framed("technologies"):
    technology_views.results(result, chosen.filter, order, view, t)
    if result.covered:
        st.caption(caption(result, t))
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="content"):
                sources_control("technologies", t("Screened pilots"), result, t)
            shortlist.export(result, "technologies", t)

shortlist.show_list(t)
technology_evidence.open_if_asked(t)
