"""Public money: plans beside what was awarded and spent, and totals with their parts."""

from __future__ import annotations

import streamlit as st

from analytics.money import MoneyFilter, money_tree, planned_and_actual
from ui import layout, money_findings, money_views
from ui.data import ask
from ui.i18n import Words


def show(chosen: MoneyFilter, t: Words) -> None:
    """The same money on each basis, and amounts that contain one another."""
    st.header(t("Planned against actual"), anchor=False)
    st.markdown(
        t(
            "The same programme and place in the same year, on each basis. The amounts may cover "
            "different payers or parts: open the rows before you compare."
        )
    )
    planned = ask(planned_and_actual, chosen)
    layout.table(
        "planned",
        money_findings.planned_finding(planned, t),
        planned,
        money_views.planned_table(planned, t),
        t,
    )

    st.header(t("Totals and their parts"), anchor=False)
    tree = ask(money_tree, chosen)
    layout.table(
        "tree",
        t("Amounts that contain one another"),
        tree,
        money_views.tree_table(tree, t),
        t,
    )
