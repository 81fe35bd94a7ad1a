"""Public money: support of pilots, and the private rounds that came later."""

from __future__ import annotations

import streamlit as st

from analytics.filters import PilotFilter
from analytics.money import MoneyFilter
from analytics.support import support_and_rounds
from ui import layout, money_findings, money_views
from ui.data import ask
from ui.i18n import Words


def show(chosen: MoneyFilter, t: Words) -> None:
    """Pilots with public support whose company raised money afterwards."""
    st.header(t("Public support, followed by private rounds"), anchor=False)
    st.markdown(
        t(
            "“Followed by” is an order in time, not a cause. Few pages state the support of a "
            "single pilot; ceilings are not counted as amounts."
        )
    )
    support = ask(support_and_rounds, PilotFilter(sido=chosen.sido))
    layout.table(
        "support",
        money_findings.support_finding(support, t),
        support,
        money_views.support_table(support, t),
        t,
    )
