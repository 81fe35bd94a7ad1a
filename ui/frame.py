"""The frame of every page: language, navigation, notices, footer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from loaders.package import PROJECT_ROOT, package
from ui import state
from ui.data import snapshot_id
from ui.i18n import LANGUAGES, Words, choose_language
from ui.images import svg_address

_SESSION = "lang"
# Not "pages": Streamlit takes a folder of that name for its first way of making sites of
# several pages, and would give the first visitor of a deep link the page without its frame.
PAGE_FOLDER = "app_pages"
#: The site's own icon as an address, so that no run reads the file.
ICON = svg_address((PROJECT_ROOT / "assets" / "icon.svg").read_text(encoding="utf-8"))
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page of the site; ``path`` is the address, '' the landing page."""

    file: str
    path: str
    title: str
    icon: str
    question: str
    in_menu: bool = True


@lru_cache(maxsize=len(LANGUAGES))
def entries(t: Words) -> Mapping[str, PageEntry]:
    """All pages in menu order."""
    found = (
        PageEntry(
            "overview.py",
            "",
            t("Overview"),
            ":material/home:",
            t("What is this ecosystem, how big is it, and how far along?"),
        ),
        PageEntry(
            "testbeds.py",
            "testbeds",
            t("Testbeds"),
            ":material/location_on:",
            t("Where can technology be tried, by whom, with what results?"),
        ),
        PageEntry(
            "funnel.py",
            "funnel",
            t("PoC to market"),
            ":material/filter_alt:",
            t("How many get from application to contract, and in which programmes?"),
        ),
        PageEntry(
            "investment.py",
            "investment",
            t("Investment"),
            ":material/account_tree:",
            t("Who invested after which pilots?"),
        ),
        PageEntry(
            "technologies.py",
            "technologies",
            t("Technologies"),
            ":material/verified:",
            t("Which technologies were really tried, how far did they get, and who says so?"),
        ),
        PageEntry(
            "programs.py",
            "programs",
            t("Programmes"),
            ":material/assignment:",
            t("What can be applied for, when, by whom, and what came back?"),
        ),
        PageEntry(
            "partners.py",
            "partners",
            t("Partners"),
            ":material/handshake:",
            t("Which programmes and hosts suit a startup, which technologies suit a host?"),
        ),
        PageEntry(
            "money.py",
            "money",
            t("Public money"),
            ":material/account_balance:",
            t("Who paid how much for what, planned against spent?"),
        ),
        PageEntry(
            "data.py",
            "data",
            t("Data & methods"),
            ":material/dataset:",
            t("Definitions, coverage, dictionary and every fact with its source."),
        ),
        PageEntry(
            "company.py",
            "company",
            t("Company profile"),
            ":material/domain:",
            t("What is known about one company or organisation, as a dated story with sources."),
            in_menu=False,
        ),
        PageEntry(
            "investor.py",
            "investor",
            t("Investor profile"),
            ":material/savings:",
            t("What one investor chose, with whom, and how soon after the first pilot."),
            in_menu=False,
        ),
        PageEntry(
            "testbed.py",
            "testbed",
            t("Testbed profile"),
            ":material/location_on:",
            t("What is known about one testbed: its pilots, programmes and money."),
            in_menu=False,
        ),
        PageEntry(
            "program.py",
            "program",
            t("Programme profile"),
            ":material/assignment:",
            t("What is known about one programme: editions, counts, pilots and money."),
            in_menu=False,
        ),
        PageEntry(
            "accessibility.py",
            "accessibility",
            t("Accessibility"),
            ":material/accessibility_new:",
            t("What this site does so that everyone can use it, and what is left."),
            in_menu=False,
        ),
        PageEntry(
            "style.py",
            "style",
            t("House style"),
            ":material/palette:",
            t("Colours, type, controls and states that all pages share."),
            in_menu=False,
        ),
    )
    return MappingProxyType({e.path or "overview": e for e in found})


@lru_cache(maxsize=len(LANGUAGES))
def _pages(t: Words) -> tuple[StreamlitPage, ...]:
    return tuple(
        st.Page(
            page_file(entry),
            title=entry.title,
            icon=entry.icon,
            help=entry.question,
            url_path=entry.path or None,
            default=not entry.path,
            visibility="visible" if entry.in_menu else "hidden",
        )
        for entry in entries(t).values()
    )


def pages(t: Words) -> list[StreamlitPage]:
    """All pages for the navigation: copies, because a run marks the page that it may call."""
    return [copy(page) for page in _pages(t)]


def page_file(entry: PageEntry) -> Path:
    """Script of a page."""
    return PROJECT_ROOT / PAGE_FOLDER / entry.file


def choose_words() -> Words:
    """The reader's language, kept in the URL so that a copied link keeps it."""
    in_url = st.query_params.get("lang")
    lang = choose_language(in_url, st.session_state.get(_SESSION), st.context.locale)
    if in_url is not None and in_url not in LANGUAGES:
        state.reject("lang")
    if in_url != lang:
        st.query_params["lang"] = lang
    st.session_state[_SESSION] = lang
    return Words(lang)


def words() -> Words:
    """The language that the frame chose for this run."""
    return Words(choose_language(None, st.session_state.get(_SESSION), None))


def head_controls(t: Words, help_control: Callable[[Words], None]) -> None:
    """Help, and Korean or English, at the head of every page."""
    names = {"ko": "한국어", "en": "English"}
    key = "language-switch"
    if st.session_state.get(key) != t.lang:
        st.session_state[key] = t.lang

    def changed() -> None:
        st.query_params["lang"] = st.session_state[key] or t.lang

    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        help_control(t)
        st.segmented_control(
            t("Language"),
            LANGUAGES,
            format_func=names.__getitem__,
            key=key,
            required=True,
            on_change=changed,
            label_visibility="collapsed",
        )


def link(path: str, label: str, t: Words, *, icon: str | None = None, **params: str) -> None:
    """A link to another page that keeps the language."""
    entry = entries(t)[path]
    st.page_link(
        f"{PAGE_FOLDER}/{entry.file}",
        label=label,
        icon=icon or entry.icon,
        query_params={**params, "lang": t.lang},
    )


def footer(t: Words) -> None:
    """Data date, snapshot, licence, sources."""
    created = str(package().descriptor["created"])[:10]
    st.divider()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            t(
                "Data as of {date} · snapshot {snapshot} · data [CC BY 4.0]({licence}), "
                "boundaries © National Geographic Information Institute (NGII)",
                date=created,
                snapshot=snapshot_id() or "—",
                licence=LICENCE_URL,
            )
        )
        link("data", t("Sources and definitions"), t)
        link("accessibility", t("Accessibility"), t)
