import streamlit as st

from analytics.matching import (
    HOST_WEIGHTS,
    PROGRAM_WEIGHTS,
    TECHNOLOGY_WEIGHTS,
    hosts_for,
    market,
    programs_for,
    technologies_for,
)
from ui import frame, layout, partner_needs, partner_reasons, partner_views, state
from ui.data import ask, shared
from ui.program_words import today_in_korea

t = frame.words()
# the answer stands first on the page but needs what is chosen below it; its place is kept
top = st.container(key="late-answer")
top.title(t("Find a partner"), anchor=False)
side = state.choose_segment(
    "side",
    t("I am"),
    ("startup", "host"),
    {"startup": t("a startup"), "host": t("a host, city or investor")}.__getitem__,
    "startup",
)
today = today_in_korea()
found = ask(market, today)
if side == "startup":
    need = partner_needs.startup_need(t)
    weights = partner_needs.choose_weights(PROGRAM_WEIGHTS, t)
    for_hosts = tuple((part, weight) for part, weight in weights if part in HOST_WEIGHTS)
    programs = shared(
        "partner-programs", lambda: programs_for(found, need, weights), need, weights, today
    )
    hosts = shared("partner-hosts", lambda: hosts_for(found, need, for_hosts), need, weights, today)
    finding = partner_views.programs_finding(programs, t)
    findings, is_empty = [finding, partner_views.hosts_finding(hosts, t)], need.is_empty
    st.header(t("Programmes for you"), anchor=False)
    partner_views.ranked(
        partner_views.Listing("partner-programs", programs, weights, t.name, "program"),
        partner_reasons.program_reasons(need, t),
        t,
        *(need, weights, today),
    )
    st.header(t("Hosts for you"), anchor=False)
    partner_views.ranked(
        partner_views.Listing("partner-hosts", hosts, for_hosts, t.name, "company"),
        partner_reasons.host_reasons(need, t),
        t,
        *(need, weights, today),
    )
else:
    wanted = partner_needs.host_need(t)
    weights = partner_needs.choose_weights(TECHNOLOGY_WEIGHTS, t)
    fitting = shared(
        "partner-technologies",
        lambda: technologies_for(found, wanted, weights),
        wanted,
        weights,
    )
    findings, is_empty = [partner_views.technologies_finding(fitting, t)], wanted.is_empty
    st.header(t("Technologies for you"), anchor=False)
    partner_views.ranked(
        partner_views.Listing(
            "partner-technologies",
            fitting,
            weights,
            lambda row: partner_reasons.technology_name(row, t),
            "company",
        ),
        partner_reasons.technology_reasons(wanted, t),
        t,
        *(wanted, weights),
    )
with top:
    layout.answer_line(partner_views.answer(findings, is_empty, t))
