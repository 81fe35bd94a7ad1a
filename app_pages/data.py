import streamlit as st

from analytics.coverage import find_rows, sourced_facts, tables_overview
from loaders.package import package
from ui import frame, layout, state
from ui.catalogue import coverage_table, dictionary
from ui.data import ask
from ui.tables import readable

t = frame.words()
tables = ask(tables_overview)
layout.head(
    t("Data & methods"),
    t(
        "{rows} sourced facts in {tables} tables, from {pages} public pages.",
        rows=t.number(sourced_facts(tables.frame)),
        tables=t.number(len(tables.frame)),
        pages=t.number(int(tables.frame.set_index("table").loc["sources", "rows"])),
    ),
    t,
)
st.header(t("What the data holds"), anchor=False)
layout.table("coverage", t("The tables"), tables, coverage_table(tables.frame, t), t)

st.header(t("Browse the facts"), anchor=False)
names = list(package().resources)
left, right = st.columns(2)
with left:
    chosen = state.choose_one(
        "table", t("Table"), names, lambda n: package()[n].title[t.lang], "programs"
    )
with right:
    query = state.type_text("q", t("Search in the table"), placeholder=t("Korean or English"))
found = ask(find_rows, chosen, query)
layout.table("browse", package()[chosen].title[t.lang], found, readable(found.frame, chosen, t), t)
st.header(t("Data dictionary"), anchor=False)
st.dataframe(dictionary(chosen, t), hide_index=True, alt=t("Data dictionary"))
