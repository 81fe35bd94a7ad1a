"""Composition of the profile pages: one entity, or the way to one."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.directory import directory, near_matches
from analytics.gaps import unknowns
from analytics.money import sums_by_basis
from analytics.profiles import TABLE, Kind, Profile, everything, profile
from analytics.relations import places, portfolio, related
from analytics.result import Result
from analytics.timelines import dated_facts
from charts.base import CONFIG
from loaders.package import package
from ui import frame, layout, profile_views, profile_words, state
from ui.data import ask, shared
from ui.i18n import Words
from ui.links import profile_link, with_profiles
from ui.pictures import money_table
from ui.provenance import caption, sources_control
from ui.safe import http_url, markdown
from ui.tables import show

#: Links shown at once under one heading; the rest opens on request.
MAX_LINKS = 12


def page(kind: Kind, t: Words) -> None:
    """The profile that the link asks for, or a way to find one."""
    entity_id = state.text("id")
    found = ask(profile, kind, entity_id) if entity_id else None
    if found is None:
        _search(kind, entity_id, t)
        return
    name = t.name(found.entity.frame.iloc[0])
    st.set_page_config(page_title=f"{name} · {t('Testbed Atlas Korea')}")
    layout.head(markdown(name), profile_words.answer(found, t), t)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(profile_words.kind_word(kind, t))
        sources_control("profile", name, everything(found), t)
    _facts(found, name, t)
    _story(found, t)
    if kind == "investor":
        _investor_view(found, t)
    _tables(found, t)
    _related(found, t)
    _unknown(found, t)


def _search(kind: Kind, asked: str, t: Words) -> None:
    entry = frame.entries(t)[kind]
    if asked:
        answer = t("Nothing of this kind has the id “{id}”. These names come near.", id=asked)
    else:
        answer = t("Search for a name, or open one from the list.")
    layout.head(entry.title, answer, t)
    query = state.type_text("q", t("Search by name or id"), placeholder=t("Korean or English"))
    if query or asked:
        near = ask(near_matches, query or asked, kind)
        st.header(t("Near matches"), anchor=False)
        if near.frame.empty:
            st.info(t("No name in the data resembles this."), icon=":material/search_off:")
        for _, row in near.frame.iterrows():
            word = profile_words.kind_word(row["kind"], t)
            profile_link(row["kind"], row["id"], f"{t.name(row)} · {word}", t)
    st.header(t("All of them"), anchor=False)
    everyone = ask(directory, kind)
    names = pd.DataFrame(
        {
            t("Name in Korean"): everyone.frame["name_ko"],
            t("Name in English"): everyone.frame["name_en"],
        }
    )
    linked = with_profiles(names, kind, everyone.frame["id"], t)
    layout.table("directory", package()[TABLE[kind]].title[t.lang], everyone, linked, t)


def _facts(found: Profile, name: str, t: Words) -> None:
    st.header(t("Facts"), anchor=False)
    there = ask_places(found)
    description = t("Provinces with a known place of {name}", name=name)
    picture = profile_views.place_picture(there, description, t)
    left, right = st.columns([3, 2], gap="large")
    with left:
        lines = []
        for title, value in profile_views.facts_of(found, t):
            address = http_url(value)
            text = f"[{markdown(value)}](<{address}>)" if address else markdown(value)
            lines.append(f"- **{markdown(title)}**: {text}")
        st.markdown("\n".join(lines))
    with right:
        if picture is None:
            st.info(t("No place in Korea is known."), icon=":material/location_off:")
            return
        st.image(picture, width=280, alt=description)
        note = t("Shaded: provinces with a seat or pilots; dots are testbeds.")
        st.caption(" · ".join([note, *([caption(there, t)] if there.total else [])]))


def ask_places(found: Profile) -> Result:
    """Places of a profile; computed once for all visitors."""
    return ask(_places, found.kind, found.id)


def _places(run: object, kind: Kind, entity_id: str) -> Result:  # noqa: ARG001
    raise NotImplementedError
