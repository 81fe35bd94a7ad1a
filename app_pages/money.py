from typing import cast

import streamlit as st

from analytics.filters import PilotFilter
from analytics.money import (
    BASES,
    Dimension,
    MoneyFilter,
    foreign_amounts,
    money_by,
    money_by_basis,
    money_per_head,
    money_tree,
    planned_and_actual,
)
from analytics.support import support_and_rounds
from ui import filters, frame, layout, money_findings, money_views, state
from ui.data import ask, shared
from ui.words import category_codes

t = frame.words()
layout.head(
    t("Public money"), money_findings.money_answer(ask(money_by_basis, MoneyFilter()), t), t
)

st.header(t("Who paid for what"), anchor=False)
st.markdown(
    t(
        "Announced, budgeted, awarded and spent money are different things and are never added "
        "together. Only amounts that do not contain one another are summed. Amounts are nominal."
    )
)
with st.grid(3, min_column_width=240):
    scope = state.choose_segment(
        "scope",
        t("Programmes"),
        ("urban", "all"),
        {"urban": t("Urban technology"), "all": t("With general start-up money")}.__getitem__,
        "urban",
    )
    sido = filters.provinces(t)
    level = state.choose_many(
        "payer",
        t("Payer"),
        category_codes("funding", "payer_level"),
        lambda c: t.code("funding", "payer_level", c),
        placeholder=t("All payers"),
    )
chosen = MoneyFilter(sido=sido, payer_level=level, urban_only=scope == "urban")
bases = ask(money_by_basis, chosen)
layout.table(
    "bases",
    money_findings.bases_finding(bases, t),
    bases,
    shared("bases-table", lambda: money_views.bases_table(bases, t), chosen, t.lang),
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
    lambda: shared(
        "money-by",
        lambda: money_views.breakdown_chart(parts, basis, by, t),
        chosen,
        basis,
        by,
        t.lang,
    ),
    shared(
        "money-by-table",
        lambda: money_views.breakdown_table(parts, basis, by, t),
        chosen,
        basis,
        by,
        t.lang,
    ),
    t,
)

per_head = ask(money_per_head, chosen, basis)
layout.figure(
    "per-head",
    money_findings.per_head_finding(per_head, basis, t),
    per_head,
    lambda: shared(
        "per-head", lambda: money_views.per_head_chart(per_head, basis, t), chosen, basis, t.lang
    ),
    shared(
        "per-head-table", lambda: money_views.per_head_table(per_head, t), chosen, basis, t.lang
    ),
    t,
    note=t("Nominal sums over all years, over the residents of one year"),
)
foreign = ask(foreign_amounts, chosen)
layout.table(
    "foreign",
    t("Amounts in foreign currency"),
    foreign,
    shared("foreign-table", lambda: money_views.foreign_table(foreign, t), chosen, t.lang),
    t,
)

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
    shared("planned-table", lambda: money_views.planned_table(planned, t), chosen, t.lang),
    t,
)

st.header(t("Totals and their parts"), anchor=False)
tree = ask(money_tree, chosen)
layout.table(
    "tree",
    t("Amounts that contain one another"),
    tree,
    shared("tree-table", lambda: money_views.tree_table(tree, t), chosen, t.lang),
    t,
)

st.header(t("Public support, followed by private rounds"), anchor=False)
st.markdown(
    t(
        "“Followed by” is an order in time, not a cause. Few pages state the support of a "
        "single pilot; ceilings are not counted as amounts."
    )
)
support = ask(support_and_rounds, PilotFilter(sido=sido))
layout.table(
    "support",
    money_findings.support_finding(support, t),
    support,
    shared("support-table", lambda: money_views.support_table(support, t), sido, t.lang),
    t,
)
