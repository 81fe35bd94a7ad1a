"""Data & methods: the words of the site and what each figure counts."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.coverage import folded
from analytics.measures import Measure, by_function, glossary, measures
from loaders.package import package
from ui import layout, state
from ui.data import ask, engine
from ui.i18n import Words
from ui.kept import made_once
from ui.safe import markdown
from ui.tables import readable

#: Cards shown at once.
CARDS_SHOWN = 12


@made_once
def _glossary_table(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    tables = package().resources
    return pd.DataFrame(
        {
            t("Term in Korean"): frame["term_ko"],
            t("Term in English"): frame["term_en"],
            t("Meaning"): frame[f"definition_{t.lang}"],
            t("Used in"): [
                f"{tables[name].title[t.lang]} · {tables[name][column].title[t.lang]}"
                for name, column in zip(frame["table"], frame["column"], strict=True)
            ],
        }
    )


def _card(card: Measure, t: Words) -> None:
    titles = {
        "counted": t("Definition"),
        "base": t("Denominator"),
        "unit": t("Unit"),
        "why": t("Why it matters"),
        "caveat": t("What it leaves out"),
    }
    other = "en" if t.lang == "ko" else "ko"
    lines = [f"**{markdown(card.text('name', t.lang))}** · {markdown(card.text('name', other))}"]
    lines += [
        f"- {title}: {markdown(card.text(name, t.lang))}"
        for name, title in titles.items()
        if card.text(name, t.lang)
    ]
    lines.append(f"- {t('Last review')}: {card.reviewed}")
    with st.container(border=True, height="stretch"):
        st.markdown("\n".join(lines))


def _matches(card: Measure, query: str) -> bool:
    texts = (text for words in card.texts.values() for text in words.values())
    return folded(query) in "\n".join(folded(text) for text in texts)


def section(t: Words) -> None:
    """Glossary in both languages, and a card for each indicator."""
    st.header(t("Definitions"), anchor=False)
    terms = ask(glossary)
    layout.table("glossary", t("Glossary"), terms, _glossary_table(terms.frame, t), t)
    st.header(t("Indicators"), anchor=False)
    query = state.type_text("q", t("Search the indicators"), placeholder=t("Korean or English"))
    cards = sorted(by_function(engine()).values(), key=lambda c: folded(c.text("name", t.lang)))
    found = [card for card in cards if _matches(card, query)]
    if not found:
        st.info(t("Nothing in the data matches this choice."), icon=":material/search_off:")
        return
    page = state.choose_page("cards-page", -(-len(found) // CARDS_SHOWN), query)
    with st.grid(2, min_column_width=340):
        for card in found[(page - 1) * CARDS_SHOWN : page * CARDS_SHOWN]:
            _card(card, t)
    listed = ask(measures)
    with layout.framed("measures"):
        words = readable(listed.frame, "measures", t)
        layout.provenance("measures", t("Indicators"), listed, words, t)
