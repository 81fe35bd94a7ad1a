"""Composition of the profile pages: one entity, or the way to one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics.directory import directory, near_matches
from analytics.gaps import unknowns
from analytics.money import sums_by_basis
from analytics.profiles import TABLE, Kind, Profile, everything, profile
from analytics.relations import places, portfolio, related
from analytics.result import Result
from analytics.sentences import gap_sentence
from analytics.timelines import UNDATED, dated_facts
from charts.text import clean
from loaders.engine import Runner
from loaders.package import package
from ui import frame, layout, profile_views, profile_words, state
from ui.briefs import brief_links
from ui.data import ask, engine, shared
from ui.i18n import Words
from ui.links import link_list, profile_link, with_profiles
from ui.pictures import money_table
from ui.provenance import sources_control
from ui.safe import markdown
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
    st.set_page_config(page_title=f"{clean(name)} · {t('Testbed Atlas Korea')}")
    layout.head(markdown(name), profile_words.answer(found, t), t)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(profile_words.kind_word(kind, t), width="content")
        with st.container(width="content"):
            sources_control("profile", name, everything(found), t)
    if kind == "program":
        brief_links(found.id, t)
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
        rows = [row for _, row in near.frame.iterrows()]
        words = [f"{t.name(r)} · {profile_words.kind_word(r['kind'], t)}" for r in rows]
        link_list(profile_link(r["kind"], r["id"], w, t) for r, w in zip(rows, words, strict=True))
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
    there = _derived("places", places, found)
    description = t("Provinces with a known place of {name}", name=name)
    picture = profile_views.place_picture(there, description, t)
    left, right = st.columns([3, 2], gap="large")
    with left:
        lines = (f"- **{title}**: {value}" for title, value in profile_views.facts_of(found, t))
        st.markdown("\n".join(lines))
    with right:
        if picture is None:
            st.info(t("No place in Korea is known."), icon=":material/location_off:")
            return
        note = t("Shaded: provinces with a seat or pilots; dots are testbeds.")
        table = profile_views.places_table(there, t)
        layout.picture("places", description, there, picture, table, t, note=note)


def _derived(name: str, function: Callable[[Runner, Profile], Result], found: Profile) -> Result:
    """``function`` of a profile, computed once for all visitors."""
    return shared(f"profile-{name}", lambda: function(engine(), found), found.kind, found.id)


def _story(found: Profile, t: Words) -> None:
    facts = shared("profile-facts", lambda: dated_facts(found), found.kind, found.id)
    finding = profile_words.timeline_finding(facts, t)
    st.header(t("In time"), anchor=False)
    if not facts.total:
        st.info(t("No dated fact is known"), icon=":material/event_busy:")
        return
    st.markdown(f"### {markdown(finding)}")

    def drawn() -> go.Figure | None:
        make = partial(profile_views.timeline_chart, found, facts, t)
        return shared("profile-timeline", make, found.kind, found.id, t.lang)

    table = profile_views.facts_table(facts, t)
    with layout.framed("timeline"):
        layout.chart("timeline", drawn, finding)
        show(table, alt=finding)
        layout.provenance("timeline", finding, facts, table, t)
    undated = facts.frame[facts.frame["mark"] == UNDATED]
    if len(undated):
        words = [profile_words.undated_line(f, t) for _, f in undated.head(MAX_LINKS).iterrows()]
        st.markdown(
            "**" + t("Without a date") + "**\n" + "\n".join(f"- {markdown(w)}" for w in words)
        )
    if len(undated) > MAX_LINKS:
        st.caption(t("And {n} more in the list.", n=t.number(len(undated) - MAX_LINKS)))


def _investor_view(found: Profile, t: Words) -> None:
    st.header(t("Investor view"), anchor=False)
    lines = profile_words.entry_sentences(found, t)
    st.markdown("\n".join(f"- {markdown(line)}" for line in lines))
    st.caption(
        t(
            "“After” means later in time, not because of. A date is an interval where a page gives "
            "only a month, a year or its own date; so is the delay."
        )
    )
    chosen = _derived("portfolio", portfolio, found)
    layout.table(
        "portfolio",
        t("Sectors, stages, provinces and rounds"),
        chosen,
        profile_views.portfolio_table(chosen, t),
        t,
    )


def _tables(found: Profile, t: Words) -> None:
    titles = {"investor": t("Pilots of the companies it invested in")}
    parts = (
        ("editions", t("Editions"), found.editions, profile_views.editions_table),
        ("counts", t("Published counts"), found.counts, profile_views.counts_table),
        ("figures", t("Other published figures"), found.indicators, profile_views.indicators_table),
        ("rounds", t("Investments"), found.rounds, profile_views.rounds_table),
        ("pilots", titles.get(found.kind, t("Pilots")), found.pilots, profile_views.own_pilots),
        ("hosted", t("Pilots that it hosted"), found.hosted, profile_views.hosted_table),
    )
    if any(result.total for _, _, result, _ in parts) or found.money.total:
        st.header(t("In detail"), anchor=False)
    for key, title, result, words in parts:
        if result.total:
            layout.table(f"profile-{key}", title, result, words(found, t), t)
    if found.money.total:
        sums = sums_by_basis(found.money.frame)
        title = t("Public money by basis")
        layout.table("profile-sums", title, sums, money_table(sums.frame, t), t)
        st.caption(t("Amounts on different bases are never added together."))
        layout.table(
            "profile-money",
            t("Public money, amount by amount"),
            found.money,
            profile_views.money_list(found, t),
            t,
        )


def _link(row: pd.Series, t: Words) -> str:
    times = f" ({t.number(row['n'])})" if row["n"] > 1 else ""
    return profile_link(row["kind"], row["id"], t.name(row) + times, t)


def _related(found: Profile, t: Words) -> None:
    others = _derived("related", related, found)
    st.header(t("Connected with"), anchor=False)
    if others.frame.empty:
        st.info(t("No connection with another entity is known."), icon=":material/link_off:")
        return
    st.caption(t("In parentheses: how many pilots, investments or amounts connect them."))
    with st.grid(3, min_column_width=260):
        for relation, part in profile_views.related_groups(others):
            with st.container(border=True, gap="xsmall"):
                st.markdown("**" + profile_words.relation_word(relation, t) + "**")
                links = [_link(row, t) for _, row in part.iterrows()]
                link_list(links[:MAX_LINKS])
                if len(links) > MAX_LINKS:
                    more = t("{n} more", n=t.number(len(links) - MAX_LINKS))
                    with st.expander(more, icon=":material/more_horiz:"):
                        link_list(links[MAX_LINKS:])


def _unknown(found: Profile, t: Words) -> None:
    gaps = unknowns(found, data_date())
    st.header(t("What we do not know"), anchor=False)
    if gaps.frame.empty:
        st.markdown(t("No gap is known in the rows about it."))
        return
    lines = [
        gap_sentence(code, n, total, t) for code, n, total in gaps.frame.itertuples(index=False)
    ]
    st.markdown("\n".join(f"- {line}" for line in lines))
    st.caption(t("Computed from the rows of this page; the data are of {date}.", date=data_date()))


def data_date() -> str:
    """Day of the data (ISO 8601)."""
    return str(package().descriptor["created"])[:10]
