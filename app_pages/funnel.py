import streamlit as st

from analytics.filters import PilotFilter
from analytics.funnel import milestone_funnel, published_series
from ui import (
    findings,
    frame,
    funnel_pilots,
    funnel_places,
    funnel_pooled,
    funnel_published,
    funnel_scale,
    funnel_time,
    layout,
    state,
)
from ui.data import ask

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
views = {
    "pilots": (t("Pilots by stage"), funnel_pilots.show),
    "published": (t("Published funnels"), funnel_published.show),
    "pooled": (t("Across programmes"), funnel_pooled.show),
    "time": (t("Time to market"), funnel_time.show),
    "places": (t("Compare places"), funnel_places.show),
    "scale": (t("If more cities did this"), funnel_scale.show),
}
view = state.choose_segment(
    "view", t("View"), tuple(views), lambda code: views[code][0], "pilots",
    label_visibility="collapsed",
)  # fmt: skip
views[view][1](t)
st.caption(
    t(
        "Selection: pilots and programmes that got into the news or published figures are not a "
        "random part of all. Shares say what is known, not what is typical."
    )
)
