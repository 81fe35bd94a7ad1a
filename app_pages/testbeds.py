import streamlit as st

from analytics.filters import TestbedFilter
from analytics.testbeds import testbed_list
from ui import filters, findings, frame, layout, place, state, testbed_map
from ui.data import ask
from ui.words import category_codes

t = frame.words()
everywhere = ask(testbed_list, TestbedFilter())
layout.head(t("Testbeds"), findings.testbeds_finding(everywhere, t) + ".", t)

st.header(t("Map"), anchor=False)
where = place.choose_place(t)
with st.grid(4, min_column_width=200):
    kind = state.choose_many(
        "kind",
        t("Kind"),
        category_codes("testbeds", "kind"),
        lambda c: t.code("testbeds", "kind", c),
        placeholder=t("All kinds"),
    )
    sido = filters.provinces(t)
    status = state.choose_many(
        "status",
        t("Status"),
        category_codes("testbeds", "status"),
        lambda c: t.code("testbeds", "status", c),
        placeholder=t("All states"),
    )
    sector = filters.sectors(t, t("Sector of its pilots"))
chosen = TestbedFilter(kind, sido, status, sector)
listed = place.narrow(ask(testbed_list, chosen), where)

left, right = st.columns([3, 2], gap="large")
with left:
    testbed_map.draw(listed, where, t)
with right:
    testbed_map.details(everywhere, t)

layout.table(
    "testbeds",
    findings.testbeds_finding(listed, t),
    listed,
    testbed_map.listed_table(listed.frame, t),
    t,
)
if where:
    place.profile(where, t)
