"""Data & methods: licence and citation."""

from __future__ import annotations

import streamlit as st

from loaders.citation import Cited, apa, bibtex, cff
from ui.data import engine
from ui.frame import LICENCE_URL
from ui.i18n import LANGUAGES, Words


def section(t: Words) -> None:
    """What readers may do with the data, and how to name it."""
    st.header(t("Licence"), anchor=False)
    st.markdown(
        t(
            "The tables are under [Creative Commons Attribution 4.0]({licence}): copy, change and "
            "share them for any purpose, name the source and say what you changed. Boundaries: "
            "© National Geographic Information Institute (NGII). The pages that carry the facts "
            "keep the rights of their owners.",
            licence=LICENCE_URL,
        )
    )
    st.header(t("How to cite"), anchor=False)
    st.markdown(
        t(
            "Name the snapshot: it is a fingerprint of the data, and the same snapshot always "
            "gives the same numbers. A single figure has its own citation in its ZIP file."
        )
    )
    cited = Cited(snapshot=engine().snapshot_id)
    for lang in sorted(LANGUAGES, key=lambda code: code != t.lang):
        name = {"ko": "한국어", "en": "English"}[lang]
        st.markdown(f"**APA · {name}**")
        st.code(apa(lang, cited), language=None, wrap_lines=True)
    st.markdown("**BibTeX**")
    st.code(bibtex(cited), language=None, wrap_lines=True)
    st.download_button(
        t("CITATION.cff"),
        data=lambda: cff(cited).encode(),
        file_name="CITATION.cff",
        mime="text/plain",
        icon=":material/download:",
        type="tertiary",
        key="cff",
        on_click="ignore",
        help=t("For reference managers and repositories"),
    )
