"""PoC to market: the pilots known by name, by the furthest stage they reached."""

from __future__ import annotations

import streamlit as st

from analytics.filters import PilotFilter
from analytics.funnel import milestone_funnel, pilots_at
from analytics.years import start_years
from ui import filters, findings, layout, pictures, state
from ui.data import ask
from ui.i18n import Words
from ui.tables import linked
from ui.words import category_codes, keys_in_order, wording

_COLUMNS = (
    "org_id", "technology_en", "technology_ko", "sector", "sido", "host_name_en",
    "host_name_ko", "program_id", "start_date", "stage", "outcome_en", "outcome_ko",
)  # fmt: skip


def pilot_filter(t: Words) -> PilotFilter:
    """The filters over pilots, from the link."""
    with st.grid(3, min_column_width=200):
        sido = filters.provinces(t)
        sector = filters.sectors(t)
        program = state.choose_many(
            "program", t("Programme"), keys_in_order("programs"), wording(t, "programs"),
            placeholder=t("All programmes"),
        )  # fmt: skip
        host = state.choose_many(
            "host", t("Kind of host"), category_codes("organizations", "kind"),
            lambda c: t.code("organizations", "kind", c), placeholder=t("All hosts"),
        )  # fmt: skip
        years = ask(start_years)
        year = state.choose_many(
            "start", t("Start year"), years, str, placeholder=t("All years and undated")
        )
    return PilotFilter(sido, sector, program, host, tuple(int(y) for y in year))


def show(t: Words) -> None:
    """The milestone funnel and the pilots behind it."""
    st.header(t("What became of the pilots we know by name"), anchor=False)
    st.markdown(
        t(
            "News reports starts and successes more than silence and ends. A pilot without a "
            "later milestone is not known to have gone on; it has not failed."
        )
    )
    chosen = pilot_filter(t)
    unit = state.choose_segment(
        "unit", t("Count"), ("pilots", "projects"),
        {"pilots": t("Company pilots"), "projects": t("Projects (consortia once)")}.__getitem__,
        "pilots",
    )  # fmt: skip
    reached = ask(milestone_funnel, chosen, unit == "projects")
    layout.figure(
        "milestone-funnel",
        findings.milestone_finding(reached, t),
        reached,
        lambda: pictures.milestone_chart(reached, t),
        pictures.milestone_table(reached, t),
        t,
    )
    named = ask(pilots_at, chosen)
    layout.table(
        "pilots",
        t("The pilots, furthest first"),
        named,
        linked(named.frame, "pilots", "company", t, _COLUMNS),
        t,
    )
