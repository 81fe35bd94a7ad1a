import streamlit as st

from analytics.money import MoneyFilter, money_by_basis
from ui import (
    filters,
    frame,
    layout,
    money_findings,
    money_followed,
    money_paid,
    money_planned,
    state,
)
from ui.data import ask
from ui.words import category_codes

t = frame.words()
layout.head(
    t("Public money"), money_findings.money_answer(ask(money_by_basis, MoneyFilter()), t), t
)
views = {
    "paid": (t("Who paid for what"), money_paid.show),
    "planned": (t("Planned against actual"), money_planned.show),
    "followed": (t("Followed by private rounds"), money_followed.show),
}
view = state.choose_segment(
    "view", t("View"), tuple(views), lambda code: views[code][0], "paid",
    label_visibility="collapsed",
)  # fmt: skip
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
views[view][1](chosen, t)
