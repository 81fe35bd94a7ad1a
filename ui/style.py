"""What the style page shows: colours, type, controls and states, each beside its use."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st

from analytics.filters import PilotFilter
from analytics.funnel import milestone_funnel
from analytics.linkage import linkage_steps
from charts.text import clean
from charts.tokens import ACCENT, MAP_EMPTY, MAP_LAND, MAP_LINE, MAP_SEA, NEUTRAL, OKABE_ITO, STAGES
from ui import findings, landing, layout, pictures
from ui.data import ask
from ui.i18n import Words
from ui.words import vocabulary


def _swatches(colors: Mapping[str, str]) -> str:
    """A list of colours with their names and values."""
    box = "display:inline-block;width:2.2em;height:2.2em;border:1px solid #8796A3;flex:none"
    entries = "".join(
        '<li style="display:flex;gap:.7em;align-items:center;min-width:15em;max-width:100%">'
        f'<span aria-hidden="true" style="{box};background:{color}"></span>'
        f'<span style="min-width:0;overflow-wrap:anywhere">{escape(clean(name))}<br>'
        f"<code>{color}</code></span></li>"
        for name, color in colors.items()
    )
    row = "list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.8em"
    return f'<ul style="{row}">{entries}</ul>'


def _show(colors: Mapping[str, str], name: str) -> None:
    """The swatches, in a container whose place the shell's style keeps."""
    with st.container(key=f"swatches-{name}"):
        st.html(_swatches(colors))


def colors(t: Words) -> None:
    """The ordered stage scale, the categories, and the colours of maps."""
    st.header(t("Colours"), anchor=False)
    st.markdown(t("Stages, from early to late; the end without adoption stands apart."))
    names = vocabulary(t, "stages")
    _show({names[code]: color for code, color in STAGES.items()}, "stages")
    st.markdown(t("Categories (Okabe–Ito), the accent and the neutral grey."))
    numbered = {str(n): color for n, color in enumerate(OKABE_ITO, start=1)}
    _show({**numbered, t("Accent"): ACCENT, t("Neutral"): NEUTRAL}, "categories")
    st.markdown(t("Maps"))
    _show(
        {
            t("Land"): MAP_LAND,
            t("Sea"): MAP_SEA,
            t("Border line"): MAP_LINE,
            t("No testbed"): MAP_EMPTY,
        },
        "maps",
    )


def type_scale(t: Words) -> None:
    """Headings and text in the sizes that pages use."""
    st.header(t("Type"), anchor=False)
    sample = t("Where Korea tries its city technology, and what came of it")
    for level in ("##", "###", "####"):  # the first is the title of the page
        st.markdown(f"{level} {sample}")
    st.markdown(sample)
    st.caption(sample)
    st.metric(t("Headline number"), t.number(1234))


def controls(t: Words) -> None:
    """Every control that pages use."""
    st.header(t("Controls"), anchor=False)
    options = (t("First"), t("Second"), t("Third"))
    with st.grid(3, min_column_width=240):
        st.selectbox(t("Choose one"), options)
        st.multiselect(t("Choose several"), options, default=options[:1])
        st.text_input(t("Search"), placeholder=t("Name, technology or programme"))
        st.segmented_control(t("View"), options, default=options[0])
        st.slider(t("Years"), 2015, 2026, (2018, 2024))
        st.toggle(t("Only with evidence"), value=True)
    with st.container(horizontal=True):
        st.button(t("Button"), icon=":material/check:")
        st.button(t("Quiet button"), type="tertiary", icon=":material/fact_check:")
        st.badge(t("Badge"), icon=":material/verified:")


def states(t: Words) -> None:
    """Nothing found, something wrong with the link, a failure, and waiting."""
    st.header(t("States"), anchor=False)
    st.info(t("Nothing in the data matches this choice."), icon=":material/search_off:")
    st.warning(
        t(
            "Part of the link was not understood and was ignored: {names}. "
            "The rest of the view is shown.",
            names="sector",
        ),
        icon=":material/link_off:",
    )
    st.error(t("This page could not be drawn just now."), icon=":material/error:")
    st.container(height=120, border=True).skeleton()


def charts(t: Words) -> None:
    """A figure as pages compose it: finding, chart, period and coverage, sources, table."""
    st.header(t("Charts"), anchor=False)
    funnel = ask(milestone_funnel, PilotFilter())
    linked = ask(linkage_steps, PilotFilter())
    left, right = st.columns(2, gap="large")
    with left:
        layout.figure(
            "style-stages",
            findings.milestone_finding(funnel, t),
            funnel,
            lambda: pictures.milestone_chart(funnel, t),
            pictures.milestone_table(funnel, t),
            t,
        )
    with right:
        layout.figure(
            "style-bars",
            findings.linkage_steps_finding(linked, t),
            linked,
            lambda: landing.linkage_chart(linked, t),
            landing.linkage_table(linked, t),
            t,
        )
