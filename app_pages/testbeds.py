import streamlit as st

from analytics.filters import TestbedFilter
from analytics.testbeds import testbed_list
from ui import filters, findings, frame, layout, place, state, testbed_map
from ui.data import ask, shared
from ui.links import with_profiles
from ui.tables import readable
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
    testbed_map.draw(listed, where, t, chosen)
with right:
    testbed_map.details(everywhere, t)

layout.table(
    "testbeds",
    findings.testbeds_finding(listed, t),
    listed,
    shared(
        "testbeds-table",
        lambda: with_profiles(
            readable(
                listed.frame,
                "testbeds",
                t,
                [
                    "name_en",
                    "name_ko",
                    "sido",
                    "sigungu_en",
                    "sigungu_ko",
                    "kind",
                    "status",
                    "status_as_of",
                    "operator_en",
                    "operator_ko",
                    "designated_year",
                ],
            ).assign(**{t("Pilots known"): listed.frame["pilots"].to_numpy()}),
            "testbed",
            listed.frame["testbed_id"],
            t,
        ),
        chosen,
        where,
        t.lang,
    ),
    t,
)
if where:
    place.profile(where, t)
