"""A place on the testbed page: choosing it, and everything known about it."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from analytics.places import (
    Place,
    money_in,
    pilots_in,
    place_names,
    programs_in,
    testbeds_in,
)
from analytics.result import Result, keys
from ui import layout, state
from ui.briefs import brief_links
from ui.data import ask
from ui.i18n import Words
from ui.kept import made_once
from ui.pictures import money_table
from ui.safe import markdown
from ui.tables import linked

#: The three places the atlas began with, one click away.
FIRST_PLACES = ("KR-26", "KR-50", "44130")
EVERYWHERE = "all"


def _names(t: Words) -> dict[str, str]:
    return _named(ask(place_names), t)


@made_once
def _named(frame: pd.DataFrame, t: Words) -> dict[str, str]:
    column = f"name_{t.lang}"
    return {EVERYWHERE: t("All of Korea")} | dict(zip(frame["code"], frame[column], strict=True))


def choose_place(t: Words) -> str:
    """Buttons for the first places and a box for every other; '' means all of Korea."""
    names = _names(t)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for code in (EVERYWHERE, *FIRST_PLACES):
            st.button(
                markdown(names[code]),
                key=f"place-{code}",
                type="primary"
                if state.one("place", list(names), EVERYWHERE) == code
                else "secondary",
                on_click=state.set_one,
                args=("place", "" if code == EVERYWHERE else code),
            )
        code = state.choose_one(
            "place",
            t("Place"),
            list(names),
            names.__getitem__,
            EVERYWHERE,
            help_text=t("Any province or municipality"),
        )
    return "" if code == EVERYWHERE else code


def narrow(listed: Result, code: str) -> Result:
    """The testbeds of the list that lie in the place."""
    return _narrowed(listed, code) if code else listed


@made_once
def _narrowed(listed: Result, code: str) -> Result:
    inside = set(ask(testbeds_in, Place(code)).frame["testbed_id"])
    frame = listed.frame[listed.frame["testbed_id"].isin(inside)].reset_index(drop=True)
    return replace(
        listed,
        frame=frame,
        rows={"testbeds": keys(frame["testbed_id"])},
        covered=int((frame["pilots"] > 0).sum()),
        total=len(frame),
    )


def profile(code: str, t: Words) -> None:
    """Testbeds, pilots, programmes and money of the place."""
    here, name = Place(code), _names(t)[code]
    testbeds, pilots = ask(testbeds_in, here), ask(pilots_in, here)
    programs, money = ask(programs_in, here), ask(money_in, here)
    st.header(t("{place}: what is known", place=markdown(name)), anchor=False)
    brief_links(code, t)
    with st.grid(4, min_column_width=150):
        for label, key, result, note in (
            (t("Testbeds"), "place-testbeds", testbeds, t("in this place")),
            (t("Pilots"), "place-pilots", pilots, t("whose place is known to lie here")),
            (t("Programmes"), "place-programs", programs, t("run here, or with a pilot here")),
            (
                t("Amounts for urban technology"),
                "place-money",
                money,
                t("{n} of them may be added", n=t.number(money.covered)),
            ),
        ):
            layout.metric(label, t.number(result.total), note, key, result, t)
    layout.table(
        "place-pilots-table",
        t("Pilots in {place}", place=name),
        pilots,
        linked(
            pilots.frame,
            "pilots",
            "company",
            t,
            (
                "org_id",
                "technology_en",
                "technology_ko",
                "sector",
                "host_name_en",
                "host_name_ko",
                "testbed_id",
                "program_id",
                "start_date",
                "stage",
                "outcome_en",
                "outcome_ko",
            ),
        ),
        t,
    )
    layout.table(
        "place-programs-table",
        t("Programmes of {place}", place=name),
        programs,
        linked(
            programs.frame,
            "programs",
            "program",
            t,
            (
                "name_en",
                "name_ko",
                "kind",
                "operator_en",
                "operator_ko",
                "demand_side_en",
                "demand_side_ko",
                "first_year",
                "description_en",
                "description_ko",
            ),
        ),
        t,
    )
    layout.table(
        "place-money-table",
        t("Public money for urban technology in {place}, by basis", place=name),
        money,
        money_table(money.frame, t),
        t,
    )
    general = ask(money_in, here, False)
    layout.table(
        "place-general-money-table",
        t("General start-up and SME money in {place}, by basis", place=name),
        general,
        money_table(general.frame, t),
        t,
    )
    st.caption(t("Amounts on different bases are never added together."))
