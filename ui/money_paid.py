"""Public money: who paid how much for what, each basis by itself."""

from __future__ import annotations

from typing import cast

import streamlit as st

from analytics.money import (
    BASES,
    Dimension,
    MoneyFilter,
    foreign_amounts,
    money_by,
    money_by_basis,
    money_per_head,
)
from ui import layout, money_findings, money_views, state
from ui.data import ask
from ui.i18n import Words


def show(chosen: MoneyFilter, t: Words) -> None:
    """Sums by basis and group, per resident, and amounts in foreign currency."""
    st.header(t("Who paid for what"), anchor=False)
    st.markdown(
        t(
            "Announced, budgeted, awarded and spent money are different things and are never added "
            "together. Only amounts that do not contain one another are summed. Amounts are "
            "nominal."
        )
    )
    bases = ask(money_by_basis, chosen)
    layout.table(
        "bases",
        money_findings.bases_finding(bases, t),
        bases,
        money_views.bases_table(bases, t),
        t,
    )

    with st.grid(2, min_column_width=280):
        basis = state.choose_segment(
            "basis", t("Basis"), BASES, lambda b: money_views.basis_word(b, t), "awarded"
        )
        by = cast(
            Dimension,
            state.choose_segment(
                "by",
                t("By"),
                ("sido", "payer_level", "program_id", "year_code"),
                {
                    "sido": t("Province"),
                    "payer_level": t("Payer"),
                    "program_id": t("Programme"),
                    "year_code": t("Year"),
                }.__getitem__,
                "sido",
            ),
        )
    parts = ask(money_by, chosen, by)
    layout.figure(
        "money-by",
        money_findings.breakdown_finding(parts, basis, by, t),
        parts,
        lambda: money_views.breakdown_chart(parts, basis, by, t),
        money_views.breakdown_table(parts, basis, by, t),
        t,
    )

    per_head = ask(money_per_head, chosen, basis)
    layout.figure(
        "per-head",
        money_findings.per_head_finding(per_head, basis, t),
        per_head,
        lambda: money_views.per_head_chart(per_head, basis, t),
        money_views.per_head_table(per_head, t),
        t,
        note=t("Nominal sums over all years, over the residents of one year"),
    )
    foreign = ask(foreign_amounts, chosen)
    layout.table(
        "foreign",
        t("Amounts in foreign currency"),
        foreign,
        money_views.foreign_table(foreign, t),
        t,
    )
