"""The partner page's controls: what the reader needs, and how much each preference weighs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import streamlit as st

from analytics.matching import (
    MAX_WEIGHT,
    WHERE,
    HostNeed,
    StartupNeed,
    Weights,
    Where,
    weights_from,
)
from ui import layout, state
from ui.i18n import Words
from ui.partner_reasons import part_words
from ui.words import category_codes, keys_in_order, wording

MAX_AGE_ASKED = 50


def _or_any(words: Callable[[str], str], anything: str) -> Callable[[str], str]:
    return lambda code: words(code) if code else anything


def _one_of(name: str, label: str, resource: str, anything: str, t: Words) -> str:
    options = ["", *keys_in_order(resource)]
    return state.choose_one(name, label, options, _or_any(wording(t, resource), anything), "")


def _step(name: str, label: str, anything: str, t: Words) -> str:
    """A step of the ladder from the first pilot stage on."""
    steps = ("selected", "poc", "poc-completed", "field-demo", "adopted", "contract")
    words = _or_any(wording(t, "stages"), anything)
    return state.choose_one(name, label, ["", *steps], words, "")


def startup_need(t: Words) -> StartupNeed:
    """What the startup says, from the link."""
    where_words = {
        "anywhere": t("Anywhere"),
        "home": t("Only my province"),
        "outside-capital": t("Only outside the capital area"),
    }
    with st.grid(3, min_column_width=220):
        sector = _one_of("sector", t("Your sector"), "sectors", t("Not said"), t)
        need = state.choose_one(
            "need", t("What you need"),
            ["", *category_codes("programs", "stages_supported")],
            _or_any(lambda c: t.code("programs", "stages_supported", c), t("Not said")), "",
        )  # fmt: skip
        stage = _step("stage", t("How far your technology is"), t("Not said"), t)
        age = state.type_number(
            "age", t("Your company's age (years)"), 0, MAX_AGE_ASKED,
            placeholder=t("Not said"),
            help_text=t("Completed years. A programme without a known limit stays in."),
        )  # fmt: skip
        home = _one_of("home", t("Where you are based"), "regions", t("Not said"), t)
        where = state.choose_one(
            "where", t("Where it should be"), WHERE, where_words.__getitem__, "anywhere",
            help_text=t("What is known to be elsewhere is left out; what names no place stays in."),
        )  # fmt: skip
    if where == "home" and not home:
        st.caption(t("Say where you are based; until then no place is left out."))
    foreign = state.choose_switch(
        "foreign", t("Known to be open to foreign firms"),
        help_text=t("Few pages say so. Not known does not mean no."),
    )  # fmt: skip
    return StartupNeed(sector, stage, age, home, need, cast(Where, where), foreign)


def host_need(t: Words) -> HostNeed:
    """What the host, city or investor says, from the link."""
    kinds = category_codes("organizations", "kind")
    with st.grid(3, min_column_width=220):
        sector = _one_of("sector", t("Sector"), "sectors", t("Not said"), t)
        least = _step("stage", t("Reached at least"), t("Not said"), t)
        place = _one_of("home", t("Your province"), "regions", t("Not said"), t)
        host = state.choose_one(
            "host", t("Your kind of organisation"), ["", *kinds],
            _or_any(lambda c: t.code("organizations", "kind", c), t("Not said")), "",
        )  # fmt: skip
        words = state.type_text("q", t("Words"), placeholder=t("e.g. sensor, bus, water"))
    return HostNeed(sector, least, place, host, words)


def choose_weights(defaults: Mapping[str, int], t: Words) -> Weights:
    """Sliders for the weights, in the link when changed."""
    words = part_words(t)
    chosen = {p: state.level(f"w-{p}", 0, MAX_WEIGHT, weight) for p, weight in defaults.items()}
    title = t("Weights of the preferences")
    with layout.fold("weights", title, ":material/tune:") as weights:
        if not weights.open:
            return weights_from(defaults, chosen)
        st.markdown(
            t(
                "A score is the sum of its parts, each between 0 and its weight. A part that "
                "needs something you did not say is 0. Three pilots or more count in full; a "
                "programme that names no sector counts half; an edition of this or last year "
                "counts in full, of the year before half; a window that usually opens or closes "
                "within three months counts half of an open one."
            )
        )
        with st.grid(4, min_column_width=180):
            for part, weight in defaults.items():
                chosen[part] = state.choose_level(f"w-{part}", words[part], 0, MAX_WEIGHT, weight)
    return weights_from(defaults, chosen)
