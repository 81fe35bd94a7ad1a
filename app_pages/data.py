from analytics.coverage import sourced_facts, tables_overview
from ui import (
    data_changes,
    data_cite,
    data_definitions,
    data_facts,
    data_quality,
    data_sources,
    frame,
    layout,
    state,
)
from ui.data import ask

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
# a view's body runs only when it is open
views = {
    "facts": (t("Facts and dictionary"), data_facts.section),
    "definitions": (t("Definitions"), data_definitions.section),
    "quality": (t("Quality and gaps"), data_quality.section),
    "sources": (t("Sources"), data_sources.section),
    "changes": (t("Changes"), data_changes.section),
    "cite": (t("Licence and citation"), data_cite.section),
}
view = state.choose_segment(
    "view", t("View"), tuple(views), lambda code: views[code][0], "facts",
    label_visibility="collapsed",
)  # fmt: skip
views[view][1](t)
